package rpc

import (
	"testing"

	"github.com/ddinstrument/ddinstrument/internal/libtest"
)

func TestNATS(t *testing.T) {
	for version, flags := range versions {
		t.Run(version, func(t *testing.T) {
			exe := libtest.Build(t, libtest.Program{Package: "./appnats", Flags: flags})
			for _, c := range natsCases {
				t.Run(c.way, func(t *testing.T) {
					r := libtest.Exec(t, exe, libtest.Program{Args: []string{libtest.NATS(t), c.way}})
					wants(t, r, c.out, c.want)
					checkNATSTags(t, r)
				})
			}
		})
	}
}

var natsCases = []struct{ way, out, want string }{
	{"callback", "orders.new traceparent1 tracestate1 x-datadog-parent-id1 x-datadog-sampling-priority1 x-datadog-tags1 x-datadog-trace-id1\norders.old Mine2 traceparent1 tracestate1 x-datadog-parent-id1 x-datadog-sampling-priority1 x-datadog-tags1 x-datadog-trace-id1\nMine2 Traceparent1\n", `
nats nats.publish "orders.new"
  app nats.consume "orders.new"
    app http.request "GET /order"
      app http.request "GET /order"
nats nats.publish "orders.old"
  app nats.consume "orders.old"
    app http.request "GET /order"
      app http.request "GET /order"
`},
	{"request", "42\n42\nnats: no responders available for request\n", `
nats nats.request "nobody" error
nats nats.request "prices"
  app nats.consume "prices"
    app http.request "GET /price"
      app http.request "GET /price"
    nats nats.publish "_INBOX"
nats nats.request "prices"
  app nats.consume "prices"
    app http.request "GET /price"
      app http.request "GET /price"
    nats nats.publish "_INBOX"
`},
	{"sync", "nats: timeout\n", `
app http.request "GET /none"
  app http.request "GET /none"
nats nats.publish "orders"
  app nats.consume "orders"
    app http.request "GET /first"
      app http.request "GET /first"
nats nats.publish "orders"
  app nats.consume "orders"
    app http.request "GET /second"
      app http.request "GET /second"
`},
	// The first subscription is over with its message: what comes after that is nothing of it.
	{"once", "", `
nats nats.publish "orders"
  app nats.consume "orders"
nats nats.publish "orders"
  app nats.consume "orders"
    app http.request "GET /last"
      app http.request "GET /last"
`},
	{"large", "nats: maximum payload exceeded\n", `
app nats.consume "large"
nats nats.publish "large"
nats nats.publish "large" error
`},
	{"publish", "nats: no response from stream\n", `
nats nats.publish "nowhere" error
nats nats.publish "orders.1"
nats nats.publish "orders.2"
`},
	{"consume", "", `
nats nats.publish "orders.1"
  app nats.consume "orders.1"
    app http.request "GET /orders.1"
      app http.request "GET /orders.1"
nats nats.publish "orders.2"
  app nats.consume "orders.2"
    app http.request "GET /orders.2"
      app http.request "GET /orders.2"
`},
	// A message is done with when it is acknowledged.
	{"messages", "", `
app http.request "GET /after"
  app http.request "GET /after"
app http.request "GET /after"
  app http.request "GET /after"
nats nats.publish "orders.1"
  app nats.consume "orders.1"
    app http.request "GET /orders.1"
      app http.request "GET /orders.1"
nats nats.publish "orders.2"
  app nats.consume "orders.2"
    app http.request "GET /orders.2"
      app http.request "GET /orders.2"
`},
	{"next", "", `
nats nats.publish "orders.1"
  app nats.consume "orders.1"
    app http.request "GET /orders.1"
      app http.request "GET /orders.1"
nats nats.publish "orders.2"
  app nats.consume "orders.2"
    app http.request "GET /orders.2"
      app http.request "GET /orders.2"
`},
	{"fetch", "orders.1\norders.2\n", `
nats nats.publish "orders.1"
  app nats.consume "orders.1"
nats nats.publish "orders.2"
  app nats.consume "orders.2"
`},
	// The first message is worked on until the next one is fetched.
	{"legacy", "", `
nats nats.publish "orders.1"
  app nats.consume "orders.1"
    app http.request "GET /orders.1"
      app http.request "GET /orders.1"
    nats nats.publish "orders.2"
      app nats.consume "orders.2"
        app http.request "GET /orders.2"
          app http.request "GET /orders.2"
`},
	// What JetStream's own subjects are for has no spans.
	{"kv", "red\n", `
`},
}

// checkNATSTags looks at what the spans of messages have in common.
func checkNATSTags(t *testing.T, r libtest.Result) {
	for _, s := range r.Spans() {
		kind := map[string]string{"nats.publish": "producer", "nats.request": "client", "nats.consume": "consumer"}[s.Name]
		if kind == "" {
			continue
		}
		if s.Meta["span.kind"] != kind || s.Meta["messaging.system"] != "nats" || s.Meta["messaging.destination.name"] != s.Resource ||
			s.Meta["component"] != "nats-io/nats.go" || s.Type != "queue" {
			t.Errorf("%s: type %q, tags %v", s.Name, s.Type, s.Meta)
		}
		if kind != "consumer" && s.Meta["network.destination.name"] != "127.0.0.1" {
			t.Errorf("%s: %v", s.Name, s.Meta)
		}
	}
}
