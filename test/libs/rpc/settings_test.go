package rpc

import (
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/internal/libtest"
)

// TestSettings: with tracing off nothing is sent, neither to the agent nor along with what the program sends; and the names that
// libraries go by need not be services.
func TestSettings(t *testing.T) {
	for app, args := range map[string][]string{
		"./appgrpc": {"unary"}, "./appkafkago": startKafka(t), "./appkgo": startKafka(t), "./appnats": {libtest.NATS(t), "callback"},
	} {
		t.Run(strings.TrimPrefix(app, "./"), func(t *testing.T) {
			exe := libtest.Build(t, libtest.Program{Package: app})
			r := libtest.Exec(t, exe, libtest.Program{Args: args, Env: []string{"DD_TRACE_REMOVE_INTEGRATION_SERVICE_NAMES_ENABLED=true"}})
			for _, s := range r.Spans() {
				if s.Service != "app" {
					t.Errorf("%s is of %s", s.Name, s.Service)
				}
			}
			if len(r.Traces) == 0 || r.Code != 0 {
				t.Errorf("%d traces, exit status %d", len(r.Traces), r.Code)
			}
			switch app {
			case "./appkafkago", "./appkgo":
				args = startKafka(t) // without the messages that are there now
			}
			r = libtest.Exec(t, exe, libtest.Program{Args: args, Env: []string{"DD_TRACE_ENABLED=false"}})
			if len(r.Traces) != 0 || r.Code != 0 || r.Stderr != "" {
				t.Errorf("with tracing off: %d traces, exit status %d: %s", len(r.Traces), r.Code, r.Stderr)
			}
			if want := off[app]; r.Stdout != want {
				t.Errorf("with tracing off it printed\n%s\nwant\n%s", r.Stdout, want)
			}
		})
	}
}

// off is what programs print when nothing is added to their messages.
var off = map[string]string{
	"./appgrpc":    "user [] 0\n",
	"./appkafkago": strings.Replace(kafkaGoOut, "orders 0 2 1", "orders 0 2 0", 1), // no id
	"./appkgo":     kgoOut,
	"./appnats":    "orders.new \norders.old Mine2 Traceparent1\nMine2 Traceparent1\n",
}
