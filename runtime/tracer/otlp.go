//go:build go1.21

package tracer

import (
	"os"
	"runtime"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/config"
	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/otlp"
	"github.com/ddinstrument/ddinstrument/runtime/internal/transport"
)

// otlpOptions are for a sender to a receiver of OpenTelemetry's protocol. It is asked nothing: it takes one form, or
// none.
func (set *settings) otlpOptions() transport.Options {
	to := set.OTLP
	h := otlp.Header{
		Service: *set.service, Version: set.Version, Env: set.Env, Instance: set.runtimeID, ProcessID: int(set.processID),
		Go: runtime.Version(), Tracer: Version,
	}
	h.Host, _ = os.Hostname()
	h.Container, _ = config.Container()
	for _, t := range to.Resource {
		h.Resource = append(h.Resource, [2]string{t.Key, t.Value})
	}
	form := transport.Form{Type: otlp.ContentType, Encoder: otlp.New(h), Final: otlp.Final, Reason: otlp.Reason}
	return transport.Options{
		Agent: to.Address, Headers: to.Headers, Forms: []transport.Form{form}, Timeout: to.Timeout,
		Answer: func(body []byte) { partly(to.Address.URL, body) },
	}
}

// partly tells of spans that a receiver has not taken, though it has taken the rest.
func partly(url string, body []byte) {
	const period = time.Minute
	switch n, message := otlp.Rejected(body); {
	case n > 0:
		diag.Every(period, "rejected", "%s does not take %d spans (%s): they are dropped", url, n, message)
	case message != "":
		diag.Once("rejected "+message, "%s takes all spans, and says: %s", url, message)
	}
}
