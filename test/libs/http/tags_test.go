package http

import (
	"maps"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/agent"
)

// one returns the only span of a kind.
func one(t *testing.T, spans []agent.Span, kind string) agent.Span {
	t.Helper()
	var found []agent.Span
	for _, s := range spans {
		if s.Meta["span.kind"] == kind {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d spans are of kind %s, want 1", len(found), kind)
	}
	return found[0]
}

// ours are the tags that the tracer itself sets.
func ours(key string) bool {
	return strings.HasPrefix(key, "_dd.p.") || strings.HasPrefix(key, "_sampling") || key == "runtime-id" || key == "language" ||
		key == "process_id" || strings.HasPrefix(key, "_dd.agent_psr") || strings.HasPrefix(key, "_dd.limit") ||
		strings.HasPrefix(key, "_dd.rule") || key == "_dd.top_level" || strings.HasPrefix(key, "_dd.code") || strings.HasPrefix(key, "_dd.tracer") ||
		key == "_dd.base_service" || key == "_dd.origin" || key == "_dd.hostname" || strings.HasPrefix(key, "git.") || key == "_dd.git" || key == "_dd.tags.process"
}

// TestTags compares all that a span of a server and one of a client hold.
func TestTags(t *testing.T) {
	spans := app.run(t, "proxy").Spans()
	var client, server agent.Span
	for _, s := range spans {
		switch {
		case s.Meta["http.route"] != "":
			server = s
		case s.ParentID == 0:
			client = s
		}
	}
	for _, c := range []struct {
		span agent.Span
		typ  string
		meta map[string]string
		nums map[string]float64
	}{
		{server, "web", map[string]string{
			"component": "net/http", "span.kind": "server", "http.method": "GET", "http.status_code": "200", "http.route": "/back/{x}",
			"http.url": "http://HOST/back/1", "http.host": "HOST", "http.useragent": "Go-http-client/1.1",
		}, map[string]float64{"_dd.measured": 1}},
		{client, "http", map[string]string{
			"component": "net/http", "span.kind": "client", "http.method": "GET", "http.status_code": "200",
			"http.url": "http://HOST/back/1", "network.destination.name": "127.0.0.1",
		}, map[string]float64{"network.destination.port": 1}},
	} {
		meta, nums := map[string]string{}, map[string]float64{}
		for k, v := range c.span.Meta {
			if !ours(k) {
				meta[k] = ports.ReplaceAllString(v, "HOST")
			}
		}
		for k, v := range c.span.Metrics {
			if k == "network.destination.port" && v > 1000 {
				v = 1
			}
			if !ours(k) {
				nums[k] = v
			}
		}
		if c.span.Name != "http.request" || c.span.Type != c.typ || c.span.Service != "app" {
			t.Errorf("the span is %s %s of %s, want http.request %s of app", c.span.Name, c.span.Type, c.span.Service, c.typ)
		}
		if !maps.Equal(meta, c.meta) || !maps.Equal(nums, c.nums) {
			t.Errorf("tags %v %v\nwant %v %v", meta, nums, c.meta, c.nums)
		}
	}
}

// TestErrorType: a status is an error of a type, without a stack.
func TestErrorType(t *testing.T) {
	for _, s := range app.run(t, "failing").Spans() {
		_, stack := s.Meta["error.stack"]
		if strings.HasPrefix(s.Meta["error.message"], "404: ") && (stack || s.Meta["error.type"] != "*errors.errorString") {
			t.Errorf("the error is %s, with a stack: %v", s.Meta["error.type"], stack)
		}
	}
}

// TestEnvironment: what the environment says of HTTP.
func TestEnvironment(t *testing.T) {
	for _, c := range []struct {
		scene, name string
		env         []string
	}{
		{"failing", "failing-statuses", []string{"DD_TRACE_HTTP_SERVER_ERROR_STATUSES=404", "DD_TRACE_HTTP_CLIENT_ERROR_STATUSES=500-599"}},
		{"urls", "urls-without", []string{"DD_TRACE_HTTP_URL_QUERY_STRING_DISABLED=true", "DD_TRACE_HTTP_CLIENT_TAG_QUERY_STRING=false"}},
		{"urls", "urls-own", []string{"DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP=q=[0-9]"}},
		{"plainmux", "plainmux-121", []string{"GODEBUG=httpmuxgo121=1"}},
		{"failing", "failing-quantized", []string{"DD_TRACE_HTTP_HANDLER_RESOURCE_NAME_QUANTIZE=1", "DD_TRACE_HTTP_CLIENT_RESOURCE_NAME_QUANTIZE=1"}},
		{"tagged", "tagged", []string{"DD_TRACE_HEADER_TAGS=X-Tenant:tenant", "DD_TRACE_CLIENT_IP_ENABLED=1"}},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, c.name, app.run(t, c.scene, c.env...).Traces) })
	}
}

// TestOff: without tracing nothing is sent along, to nobody.
func TestOff(t *testing.T) {
	for _, scene := range []string{"client", "foreign", "serve"} {
		if r := app.run(t, scene, "DD_TRACE_ENABLED=false"); len(r.Traces) > 0 {
			t.Errorf("%s: %d traces arrive", scene, len(r.Traces))
		}
	}
}

// TestMany: each of many requests at a time has a trace of its own, whose spans hang together.
func TestMany(t *testing.T) {
	traces := app.run(t, "many").Traces
	if len(traces) != 500 {
		t.Errorf("there are %d traces, want 500", len(traces))
	}
	for _, trace := range traces {
		byID := map[uint64]agent.Span{}
		kinds := map[string]int{}
		for _, s := range trace.Spans {
			byID[s.SpanID] = s
			kinds[s.Meta["span.kind"]]++
		}
		client := 0
		for _, s := range trace.Spans {
			up, known := byID[s.ParentID]
			switch kind := s.Meta["span.kind"]; {
			case s.ParentID == 0 && kind == "client":
				client++
			case !known, kind == "server" && up.Meta["span.kind"] != "client", kind == "client" && up.Meta["span.kind"] != "server",
				kind == "" && (up.Meta["span.kind"] != "client" || up.ParentID != 0): // a Read of the body, which the first client sends
				t.Fatalf("a span of kind %q is below one of kind %q", kind, up.Meta["span.kind"])
			}
		}
		if client != 1 || kinds["client"] != 2 || kinds["server"] != 2 {
			t.Fatalf("a trace has spans of kinds %v, and %d roots", kinds, client)
		}
	}
}

// TestIdentity: ids that another tracer of the program has put into a request stay there.
func TestIdentity(t *testing.T) {
	spans := app.run(t, "foreign").Spans()
	client, server := one(t, spans, "client"), one(t, spans, "server")
	if client.TraceID == 12345 || server.ParentID != 6789 || server.TraceID != 12345 {
		t.Errorf("trace %d; then trace %d, parent %d", client.TraceID, server.TraceID, server.ParentID)
	}
}
