//go:build go1.21

package tracer

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// receiver takes what OTLP brings, and says of the first request that it does not like two of its spans.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	bodies [][]byte
	head   string // of the last request
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.head = req.Method + " " + req.URL.Path + " " + req.Header.Get("Content-Type") + " " + req.Header.Get("Api-Key")
	if r.bodies = append(r.bodies, body); len(r.bodies) == 1 {
		w.Write([]byte("\x0a\x09\x08\x02\x12\x05older"))
	}
}

// TestOTLP only sees to it that requests get there; what is in them, test/otlp has a collector say.
func TestOTLP(t *testing.T) {
	r := new(receiver)
	r.Server = httptest.NewServer(r)
	defer r.Close()
	environment(t, "DD_SERVICE=shop", "DD_TRACE_OTLP_ENDPOINT="+r.URL, "OTEL_EXPORTER_OTLP_HEADERS=api-key=k%20")
	var log bytes.Buffer
	restart(t, &log)
	send := func(priority string) {
		_, s := Trace(context.Background(), "sandwich.make", Tag("manual."+priority, true))
		s.Finish()
		if err := Flush(context.Background()); err != nil {
			t.Error(err)
		}
	}
	send("keep")
	send("drop")
	send("keep")
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.bodies) != 2 || !bytes.Contains(r.bodies[1], []byte("sandwich.make")) || r.head != "POST /v1/traces application/x-protobuf k" {
		t.Errorf("%d requests, the last one %s: %q", len(r.bodies), r.head, r.bodies)
	}
	if want := "ddinstrument: " + r.URL + "/v1/traces does not take 2 spans (older): they are dropped\n"; log.String() != want {
		t.Errorf("%s, want %s", &log, want)
	}
}

// TestOTLPOrAgent: what is set in code goes before the environment.
func TestOTLPOrAgent(t *testing.T) {
	environment(t, "DD_TRACE_OTLP_ENDPOINT=http://127.0.0.1:1")
	r := record(t)
	Start(WithAgent(r.URL))
	_, s := Trace(context.Background(), "f")
	s.Finish()
	Flush(context.Background())
	if n := len(r.traces(t)); n != 1 || strings.Contains(r.log.String(), "127.0.0.1:1") {
		t.Errorf("%d traces; %s", n, r.log.String())
	}
}
