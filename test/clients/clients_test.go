package clients

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/ddinstrument/ddinstrument/agent"
)

func TestMain(m *testing.M) {
	if name := os.Getenv("CLIENT"); name != "" {
		if err := programs[name](); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func start(t *testing.T, opts agent.Options) *agent.Server {
	t.Helper()
	s, err := agent.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// run runs a program, and returns what it says.
func run(t *testing.T, cmd *exec.Cmd, env ...string) (stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	cmd.Env = append(cmd.Environ(), env...)
	if failed := cmd.Run(); failed != nil {
		t.Fatalf("%v\n%s", failed, &err)
	}
	return out.String(), err.String()
}

func runClient(t *testing.T, name string, env ...string) (stdout, stderr string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return run(t, exec.Command(exe), append(env, "CLIENT="+name)...)
}

// checkQuiet: a tracer has nothing to say but how it is set up.
func checkQuiet(t *testing.T, stderr string) {
	t.Helper()
	for line := range strings.Lines(stderr) {
		if !strings.Contains(line, "INFO") && !strings.Contains(line, "DATADOG TRACER CONFIGURATION") {
			t.Errorf("it says: %s", line)
		}
	}
}

// one is the only trace, by the names of its spans.
func one(t *testing.T, s *agent.Server) map[string]agent.Span {
	t.Helper()
	traces, totals := s.Traces(), s.Store().Totals()
	if totals.Refused > 0 {
		t.Errorf("refused: %s", totals.LastRefused)
	}
	if len(traces) != 1 || len(traces[0].Spans) != 2 {
		t.Fatalf("received %+v", traces)
	}
	spans := map[string]agent.Span{}
	for _, span := range traces[0].Spans {
		spans[span.Name] = span
	}
	return spans
}

// checkRequest looks at the trace that all clients make.
func checkRequest(t *testing.T, root, child agent.Span) {
	t.Helper()
	if root.TraceIDHigh == 0 || child.ParentID != root.SpanID || root.ParentID != 0 || root.Duration <= 0 || root.Start > child.Start {
		t.Errorf("ids and times: %+v, %+v", root, child)
	}
	if root.Service != "shop" || root.Resource != "GET /pay" || root.Type != "web" || root.Error != 0 ||
		root.Meta["vip"] != "true" || root.Metrics["items"] != 3 || root.Meta["span.kind"] != "server" || root.Meta["env"] != "ci" || root.Meta["version"] != "1.2" {
		t.Errorf("the root: %+v", root)
	}
	message := child.Meta["error.message"] + child.Meta["error.msg"]
	if child.Resource != "SELECT 1" || child.Error != 1 || message != errDatabase.Error() || child.Meta["error.type"] != "*errors.errorString" ||
		child.Meta["text"] != "né\"e<b>" {
		t.Errorf("the child: %+v", child)
	}
}

// checkExtra looks at the event and the link.
func checkExtra(t *testing.T, child agent.Span) {
	t.Helper()
	if len(child.Links) != 1 {
		t.Fatalf("links: %+v", child.Links)
	}
	if l := child.Links[0]; l.TraceID != (agent.TraceID{High: 11, Low: 10}) || l.SpanID != 12 || l.Attributes["a"] != "b" {
		t.Errorf("the link: %+v", l)
	}
	if len(child.Events) == 0 {
		t.Fatal("no event")
	}
	e := child.Events[0]
	if e.Name != "retry" || e.Attributes["attempt"] != int64(2) || e.Attributes["why"] != "busy" || fmt.Sprint(e.Attributes["list"]) != "[a b]" ||
		e.Time < child.Start || e.Time > child.Start+child.Duration {
		t.Errorf("the event: %+v", e)
	}
}

// TestDDTraceGo: in both forms, with and without statistics, over TCP and a
// unix socket.
func TestDDTraceGo(t *testing.T) {
	tests := map[string]struct {
		env   []string
		path  string
		stats bool
	}{
		"v1.0":            {nil, "/v1.0/traces", false},
		"v0.4":            {[]string{"DD_TRACE_AGENT_PROTOCOL_VERSION=0.4"}, "/v0.4/traces", false},
		"with statistics": {[]string{"DD_TRACE_STATS_COMPUTATION_ENABLED=true"}, "/v1.0/traces", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, agent.Options{})
			var mu sync.Mutex
			answers := map[string]int{}
			front := httptest.NewServer(withStatistics(s.URL(), func(path string, status int) {
				mu.Lock()
				defer mu.Unlock()
				answers[path] = max(answers[path], status)
			}))
			defer front.Close()
			url := s.URL()
			if test.stats {
				url = front.URL
			}
			_, stderr := runClient(t, "dd-trace-go", append(test.env, "DD_TRACE_AGENT_URL="+url, "DD_TELEMETRY_HEARTBEAT_INTERVAL=1",
				"DD_REMOTE_CONFIG_POLL_INTERVAL_SECONDS=0.5")...)
			checkQuiet(t, stderr)
			spans := one(t, s)
			checkRequest(t, spans["web.request"], spans["db.query"])
			checkExtra(t, spans["db.query"])
			if !test.stats {
				return
			}
			for _, path := range []string{"/info", test.path, "/v0.6/stats", "/telemetry/proxy/api/v2/apmtelemetry", "/v0.7/config"} {
				if answers[path] != 200 {
					t.Errorf("%s: status %d (all: %v)", path, answers[path], answers)
				}
			}
		})
	}
}

func TestDDTraceGoSocket(t *testing.T) {
	path := t.TempDir() + "/apm.socket"
	s := start(t, agent.Options{Socket: path})
	_, stderr := runClient(t, "dd-trace-go", "DD_TRACE_AGENT_URL=unix://"+path)
	checkQuiet(t, stderr)
	spans := one(t, s)
	checkRequest(t, spans["web.request"], spans["db.query"])
}

func TestOpenTelemetry(t *testing.T) {
	for _, compression := range []string{"none", "gzip"} {
		t.Run(compression, func(t *testing.T) {
			s := start(t, agent.Options{OTLPAddr: "127.0.0.1:0"})
			_, stderr := runClient(t, "otel", "OTEL_EXPORTER_OTLP_ENDPOINT="+s.OTLPURL(), "OTEL_EXPORTER_OTLP_COMPRESSION="+compression)
			if stderr != "" {
				t.Errorf("it says: %s", stderr)
			}
			spans := one(t, s)
			checkRequest(t, spans["http.server.request"], spans["postgresql.query"])
			checkExtra(t, spans["postgresql.query"])
		})
	}
}

func TestRuntime(t *testing.T) {
	s := start(t, agent.Options{OTLPAddr: "127.0.0.1:0", Socket: t.TempDir() + "/apm.socket"})
	for name, env := range map[string]string{
		"v1.0": "DD_TRACE_AGENT_URL=" + s.URL(),
		"v0.4": "DD_TRACE_AGENT_PROTOCOL_VERSION=0.4 DD_TRACE_AGENT_URL=" + s.URL(),
		"OTLP": "DD_TRACE_OTLP_ENDPOINT=" + s.OTLPURL(),
	} {
		t.Run(name, func(t *testing.T) {
			seq := s.Store().List(agent.Query{}).Seq
			_, stderr := runClient(t, "runtime", append(strings.Fields(env), "DD_SERVICE=shop", "DD_ENV=ci", "DD_VERSION=1.2")...)
			if stderr != "" {
				t.Errorf("it says: %s", stderr)
			}
			list := s.Store().List(agent.Query{After: seq})
			if len(list.Traces) != 1 {
				t.Fatalf("received %+v", list)
			}
			trace, _ := s.Store().Trace(list.Traces[0].ID)
			if len(trace.Spans) != 2 || trace.Spans[0].Name != "web.request" || trace.Spans[1].Name != "db.query" {
				t.Fatalf("received %+v", trace)
			}
			checkRequest(t, trace.Spans[0], trace.Spans[1])
			if trace.Spans[1].Service != "db" {
				t.Errorf("the child's service: %q", trace.Spans[1].Service)
			}
		})
	}
}
