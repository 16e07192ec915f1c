package otlp

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
)

var bg = context.Background()

// start starts a collector and the tracer, whose spans go there.
func start(t *testing.T, env ...string) *collector {
	t.Helper()
	c := startCollector(t)
	for _, e := range append([]string{"DD_SERVICE=shop", "DD_ENV=ci", "DD_VERSION=1.2.3", "DD_TRACE_OTLP_ENDPOINT=" + c.URL}, env...) {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	tracer.Start()
	t.Cleanup(tracer.Stop)
	return c
}

func flush(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(bg, 20*time.Second)
	defer cancel()
	if err := tracer.Flush(ctx); err != nil {
		t.Fatalf("Flush: %v", err)
	}
}

// span is one that has come, and its resource.
type span struct {
	*trace.Span
	resource, tags map[string]any
}

// spans returns all that has come, by name.
func (c *collector) spans(t *testing.T) map[string]span {
	t.Helper()
	found := map[string]span{}
	for _, r := range c.requests(t) {
		for _, rs := range r.ResourceSpans {
			for _, ss := range rs.ScopeSpans {
				if ss.Scope.Name != "github.com/ddinstrument/ddinstrument/runtime/tracer" || ss.Scope.Version != tracer.Version {
					t.Errorf("scope %v", ss.Scope)
				}
				for _, s := range ss.Spans {
					found[s.Name] = span{s, attributes(t, rs.Resource.Attributes), attributes(t, s.Attributes)}
				}
			}
		}
	}
	return found
}

func attributes(t *testing.T, list []*common.KeyValue) map[string]any {
	t.Helper()
	m := map[string]any{}
	for _, kv := range list {
		if _, twice := m[kv.Key]; twice {
			t.Errorf("attribute %q comes twice", kv.Key)
		}
		m[kv.Key] = value(kv.Value)
	}
	return m
}

func value(v *common.AnyValue) any {
	switch v := v.Value.(type) {
	case *common.AnyValue_StringValue:
		return v.StringValue
	case *common.AnyValue_BoolValue:
		return v.BoolValue
	case *common.AnyValue_IntValue:
		return v.IntValue
	case *common.AnyValue_DoubleValue:
		return v.DoubleValue
	case *common.AnyValue_ArrayValue:
		var list []any
		for _, e := range v.ArrayValue.Values {
			list = append(list, value(e))
		}
		return list
	}
	return nil
}

// equal compares; of a value that is a func(string) bool, that it is true.
func equal(t *testing.T, what string, got, want map[string]any) {
	t.Helper()
	for key, w := range want {
		g, ok := got[key]
		if test, isTest := w.(func(string) bool); isTest {
			if text, isText := g.(string); !isText || !test(text) {
				t.Errorf("%s: %s is %v", what, key, g)
			}
		} else if !ok || fmt.Sprintf("%T %v", g, g) != fmt.Sprintf("%T %v", w, w) {
			t.Errorf("%s: %s is %T %v, want %T %v", what, key, g, g, w, w)
		}
	}
	for key, g := range got {
		if _, ok := want[key]; !ok {
			t.Errorf("%s has %s: %v", what, key, g)
		}
	}
}

func filled(s string) bool { return s != "" }

func contains(part string) func(string) bool {
	return func(s string) bool { return strings.Contains(s, part) }
}

// TestSpans has one span with everything that a span can have, and looks at all of it.
func TestSpans(t *testing.T) {
	c := start(t, "OTEL_EXPORTER_OTLP_HEADERS=api-key=secret", "OTEL_RESOURCE_ATTRIBUTES=k8s.pod.name=p%201,service.name=other")
	before := time.Now().UnixNano()
	remote := tracer.Extract(tracer.TextMap{"traceparent": "00-640cfd8d000000000000000000000005-0000000000000006-01", "tracestate": "dd=s:2;o:rum,v=1"})
	other := tracer.Extract(tracer.TextMap{"traceparent": "00-640cfd8d000000000000000000000007-0000000000000008-01", "tracestate": "v=2"})

	ctx, root := tracer.Trace(remote.Context(bg), "web.request", tracer.Type("web"), tracer.Resource("GET /a/{b}"))
	root.SetTags(map[string]any{"string": "水", "empty": "", "bool": true, "int": -7, "float": 0.25, "version": "mine", "service.version": "mine, too"})
	root.AddLink(other, tracer.Tag("why", "batch"))
	root.RecordError(errors.New("dealt with"), tracer.Tag("attempt", 2), tracer.Tag("list", []string{"a", "b"}), tracer.Tag("large", int64(1)<<62+1))
	next := tracer.TextMap{}
	tracer.Inject(ctx, next)
	_, child := tracer.Trace(ctx, "sql.query", tracer.Service("db"), tracer.Type("sql"), tracer.Tag("span.kind", "client"))
	err := fmt.Errorf("no %w", os.ErrNotExist)
	child.Finish(&err)
	root.Finish()
	flush(t)
	after := time.Now().UnixNano()
	spans := c.spans(t)
	r, d := spans["web.request"], spans["sql.query"]
	if r.Span == nil || d.Span == nil || len(spans) != 2 || c.keys[0] != "secret" {
		t.Fatalf("%v, key %s", spans, c.keys)
	}

	host, _ := os.Hostname()
	resource := map[string]any{
		"service.name": "shop", "service.version": "1.2.3", "deployment.environment": "ci", "deployment.environment.name": "ci", "k8s.pod.name": "p 1",
		"service.instance.id": filled, "host.name": host, "process.pid": int64(os.Getpid()), "process.runtime.name": "go", "process.runtime.version": contains("go1."),
		"telemetry.sdk.name": "ddinstrument", "telemetry.sdk.language": "go", "telemetry.sdk.version": tracer.Version,
	}
	if _, ok := r.resource["container.id"]; ok {
		resource["container.id"] = filled
	}
	equal(t, "resource", r.resource, resource)
	resource["service.name"] = "db"
	delete(resource, "service.version")
	equal(t, "resource of db", d.resource, resource)

	equal(t, "web.request", r.tags, map[string]any{
		"dd.span.Resource": "GET /a/{b}", "span.type": "web", "sampling.priority": "2.000000", "datadog.trace.id": "5", "datadog.span.id": fmt.Sprint(number(r.SpanId)),
		"string": "水", "empty": "", "bool": "true", "int": -7.0, "float": 0.25, "service.version": "mine, too", "deployment.environment": "ci",
		"language": "go", "runtime-id": filled, "process.pid": float64(os.Getpid()), "_dd.origin": "rum", "_dd.p.tid": "640cfd8d00000000",
		"_sampling_priority_v1": 2.0, "_dd.top_level": 1.0,
	})
	equal(t, "sql.query", d.tags, map[string]any{
		"dd.span.Resource": "sql.query", "span.type": "sql", "datadog.trace.id": "5", "datadog.span.id": fmt.Sprint(number(d.SpanId)),
		"span.kind": "client", "deployment.environment": "ci", "_dd.top_level": 1.0,
		"error.type": filled, "error.message": "no file does not exist", "error.stack": contains("TestSpans"),
	})

	const id = "640cfd8d000000000000000000000005"
	if hex.EncodeToString(r.TraceId) != id || hex.EncodeToString(d.TraceId) != id || number(r.ParentSpanId) != 6 || number(d.ParentSpanId) != number(r.SpanId) {
		t.Errorf("ids: %x %x %x, %x %x %x", r.TraceId, r.SpanId, r.ParentSpanId, d.TraceId, d.SpanId, d.ParentSpanId)
	}
	if !strings.HasSuffix(next["tracestate"], ",v=1") || strings.Contains(next["x-datadog-tags"], "tracestate") {
		t.Errorf("what goes on: %v", next)
	}
	if r.TraceState != "v=1" || d.TraceState != "v=1" {
		t.Errorf("tracestate: %q, %q", r.TraceState, d.TraceState)
	}
	if r.Kind != trace.Span_SPAN_KIND_SERVER || d.Kind != trace.Span_SPAN_KIND_CLIENT || r.Flags != 1 || d.Flags != 1 {
		t.Errorf("kinds: %v, %v; flags: %x, %x", r.Kind, d.Kind, r.Flags, d.Flags)
	}
	if r.Status.Code != trace.Status_STATUS_CODE_OK || r.Status.Message != "" || d.Status.Code != trace.Status_STATUS_CODE_ERROR || d.Status.Message != "no file does not exist" {
		t.Errorf("status: %v, %v", r.Status, d.Status)
	}
	times := []int64{before, int64(r.StartTimeUnixNano), int64(d.StartTimeUnixNano), int64(d.EndTimeUnixNano), int64(r.EndTimeUnixNano), after}
	for i := range times[1:] {
		if times[i] > times[i+1] {
			t.Errorf("times: %d", times)
		}
	}
	if len(r.Events) != 1 || len(d.Events) != 0 || r.Events[0].Name != "exception" || int64(r.Events[0].TimeUnixNano) < before || int64(r.Events[0].TimeUnixNano) > after {
		t.Fatalf("events: %v, %v", r.Events, d.Events)
	}
	equal(t, "event", attributes(t, r.Events[0].Attributes), map[string]any{
		"exception.type": filled, "exception.message": "dealt with", "exception.stacktrace": contains("TestSpans"),
		"attempt": int64(2), "list": []any{"a", "b"}, "large": int64(1)<<62 + 1,
	})
	if len(r.Links) != 1 || len(d.Links) != 0 {
		t.Fatalf("links: %v, %v", r.Links, d.Links)
	}
	l := r.Links[0]
	if hex.EncodeToString(l.TraceId) != "640cfd8d000000000000000000000007" || number(l.SpanId) != 8 || l.TraceState != "v=2" || l.Flags != 1 {
		t.Errorf("link: %v", l)
	}
	equal(t, "link", attributes(t, l.Attributes), map[string]any{"why": "batch"})
}

func number(b []byte) (v uint64) {
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	return v
}

// TestForms: what is long, many, or no text at all, the collector takes too.
func TestForms(t *testing.T) {
	c := start(t)
	ctx, root := tracer.Trace(bg, "root", tracer.Tag("long", strings.Repeat("x", 25000)), tracer.Tag("\xff", "\xff\x00"), tracer.Service("broken \xc3"))
	for i := range 2000 {
		_, s := tracer.Trace(ctx, fmt.Sprint("child ", i), tracer.Service(fmt.Sprint("service ", i%7)))
		s.Finish()
	}
	root.Finish()
	flush(t)
	spans := c.spans(t)
	if len(spans) != 2001 {
		t.Errorf("%d spans", len(spans))
	}
	r := spans["root"]
	if len(r.tags["long"].(string)) != 25000 || r.tags["\uFFFD"] != "\uFFFD\x00" || r.resource["service.name"] != "broken \uFFFD" {
		t.Errorf("%v %v", r.resource, r.tags)
	}
	services := map[any]int{}
	for s := range maps.Values(spans) {
		services[s.resource["service.name"]]++
		if string(s.TraceId) != string(r.TraceId) {
			t.Errorf("%s is of trace %x, not %x", s.Name, s.TraceId, r.TraceId)
		}
	}
	if len(services) != 8 || services["service 0"] != 286 {
		t.Errorf("%v", services)
	}
}
