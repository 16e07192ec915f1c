//go:build go1.21

package tracer

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

const w3cParent = "00-640cfd8d0000000000000000000010e1-00f067aa0ba902b7-01"

// TestPropagation has traces come in one style or several, and looks at the span that continues them.
func TestPropagation(t *testing.T) {
	for _, c := range []struct {
		name    string
		env     string // DD_TRACE_PROPAGATION_...
		headers []string
		want    string
	}{
		{"W3C", "STYLE=tracecontext", []string{"traceparent", w3cParent, "tracestate", "a=1,dd=s:2;o:rum;p:0000000000000007;t.dm:-4;t.x:1~2"},
			"10e1 640cfd8d00000000 parent f067aa0ba902b7 priority 2 _dd.origin=rum _dd.p.dm=-4 _dd.p.x=1=2 _dd.parent_id=0000000000000007"},
		{"both agree", "STYLE=", []string{"traceparent", w3cParent, "tracestate", "dd=s:2;p:0000000000000007", traceIDKey, "4321", parentIDKey, "67667974448284343", priorityKey, "1", tagsKey, "_dd.p.tid=640cfd8d00000000"},
			"10e1 640cfd8d00000000 parent f067aa0ba902b7 priority 1"},
		{"somebody between", "STYLE=", []string{"traceparent", w3cParent, "tracestate", "a=1", traceIDKey, "4321", parentIDKey, "7", tagsKey, "_dd.p.tid=640cfd8d00000000"},
			"10e1 640cfd8d00000000 parent f067aa0ba902b7 priority 1 _dd.parent_id=0000000000000007"},
		{"two traces", "STYLE=", []string{"traceparent", w3cParent, "tracestate", "a=1", traceIDKey, "4322", parentIDKey, "7"},
			"10e2 parent 7 priority 1 map[attributes:map[context_headers:tracecontext reason:terminated_context] flags:2147483649 span_id:67667974448284343 trace_id:4321 trace_id_high:7209415885545537536 tracestate:a=1]"},
		{"first only", "EXTRACT_FIRST=true", []string{"traceparent", w3cParent, traceIDKey, "4322", parentIDKey, "7"}, "10e2 parent 7 priority 1"},
		{"restart", "BEHAVIOR_EXTRACT=restart", []string{traceIDKey, "4322", parentIDKey, "7", priorityKey, "-1", "baggage", "user.id=me"},
			"new priority 1 baggage.user.id=me map[attributes:map[context_headers:datadog reason:propagation_behavior_extract] flags:2147483648 span_id:7 trace_id:4322 trace_id_high:0]"},
		{"ignore", "BEHAVIOR_EXTRACT=ignore", []string{traceIDKey, "4322", parentIDKey, "7"}, "new priority 1"},
		{"none", "STYLE_EXTRACT=none", []string{traceIDKey, "4322", parentIDKey, "7"}, "new priority 1"},
		{"baggage alone", "STYLE=", []string{"baggage", "user.id=me,a=b"}, "new priority 1 baggage.user.id=me"},
		{"b3", "STYLE=b3", []string{"b3", "00000000000010e1-0000000000000007-d"}, "10e1 parent 7 priority 2"},
		{"b3multi", "STYLE=b3multi", []string{"x-b3-traceid", "10e1", "x-b3-spanid", "7", "x-b3-sampled", "0"}, "10e1 parent 7 priority 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := record(t, "DD_TRACE_PROPAGATION_"+c.env)
			_, s := Trace(arrived(c.headers...), "s")
			s.Finish()
			equal(t, "the span", showArrived(r.span(t), c.headers), c.want)
		})
	}
}

// showArrived is what a span has from elsewhere.
func showArrived(s recorded, headers []string) string {
	text := "new"
	if id := fmt.Sprintf("%x", s.Trace); id == "10e1" || id == "10e2" {
		text = strings.TrimSpace(id+" "+s.Meta["_dd.p.tid"]) + fmt.Sprintf(" parent %x", s.Parent)
	} else if s.Parent != 0 {
		text += " with a parent"
	}
	text += fmt.Sprint(" priority ", s.Metrics["_sampling_priority_v1"])
	for _, key := range []string{"_dd.origin", "_dd.p.dm", "_dd.p.x", "_dd.parent_id", "baggage.user.id"} {
		if v := s.Meta[key]; v != "" && (key != "_dd.p.dm" || v == "-4") {
			text += " " + key + "=" + v
		}
	}
	for _, l := range s.Links {
		text += fmt.Sprint(" ", l)
	}
	return text
}

// TestHandedOn injects in a span of a trace that has come, and where there is none.
func TestHandedOn(t *testing.T) {
	record(t)
	ctx := arrived("traceparent", w3cParent, "tracestate", "a=1,dd=s:2;o:rum;p:0000000000000007;t.dm:-4,b=2", "baggage", "k=v")
	out := TextMap{}
	Inject(ctx, out) // as it came
	equal(t, "traceparent", out["traceparent"], w3cParent)
	equal(t, "tracestate", out["tracestate"], "dd=s:2;o:rum;p:0000000000000007;t.dm:-4,a=1,b=2")
	in, s := Trace(ctx, "s")
	defer s.Finish()
	s.SetBaggageItem("user.id", "me")
	out = TextMap{}
	Inject(in, out)
	id := fmt.Sprintf("%016x", s.id)
	equal(t, "traceparent", out["traceparent"], w3cParent[:36]+id+"-01")
	equal(t, "tracestate", out["tracestate"], "dd=s:2;o:rum;p:"+id+";t.dm:-4,a=1,b=2")
	equal(t, "tags", out[tagsKey], "_dd.p.tid=640cfd8d00000000,_dd.p.dm=-4")
	equal(t, "baggage", out["baggage"], "k=v,user.id=me")
	s.SetTag("manual.drop", true)
	out = TextMap{}
	Inject(in, out)
	equal(t, "dropped", out["traceparent"][52:]+" "+out["tracestate"], "-00 dd=s:-1;o:rum;p:"+id+",a=1,b=2")
}

// TestInjectStyles has each process of a chain speak another style.
func TestInjectStyles(t *testing.T) {
	for _, style := range []string{"datadog", "tracecontext", "b3", "b3multi"} {
		r := record(t, "DD_TRACE_PROPAGATION_STYLE="+style)
		ctx, s := Trace(bg, "s")
		h := http.Header{}
		Inject(ctx, h)
		_, child := Trace(Extract(h).Context(bg), "child")
		child.Finish()
		s.Finish()
		chunks := r.traces(t)
		if len(chunks) != 2 || chunks[0][0].Trace != chunks[1][0].Trace || chunks[0][0].Parent != chunks[1][0].ID ||
			chunks[0][0].Meta["_dd.p.tid"] != chunks[1][0].Meta["_dd.p.tid"] {
			t.Errorf("%s: %v %v", style, h, chunks)
		}
	}
	record(t, "DD_TRACE_PROPAGATION_STYLE_INJECT=none")
	ctx, s := Trace(bg, "s")
	defer s.Finish()
	h := http.Header{}
	Inject(ctx, h)
	equal(t, "none", len(h), 0)
}

// TestNewTraceBelow: a trace that begins because of a context without ids is one, also where functions do not hand on
// theirs.
func TestNewTraceBelow(t *testing.T) {
	r := record(t)
	ctx := arrived("baggage", "k=v")
	handler := siteA.EnterFrom(ctx)
	leafIn(ctx)
	leafIn(nil)
	handler.ExitNone()
	equal(t, "spans", names(r.one(t)), "a a>leaf a>leaf")
}

func TestBaggage(t *testing.T) {
	r := record(t)
	ctx := arrived("baggage", "k=v,l=w")
	equal(t, "before a span", fmt.Sprint(Baggage(ctx)), "map[k:v l:w]")
	in, s := Trace(ctx, "s")
	_, child := Trace(in, "child")
	child.SetBaggageItem("a", "1")
	child.SetBaggageItem("l", "")
	child.SetBaggageItem("", "x")
	child.SetBaggageItem("big", strings.Repeat("x", maxItem))
	equal(t, "of the parent", s.BaggageItem("a")+s.BaggageItem("l"), "1")
	equal(t, "all", fmt.Sprint(Baggage(nil)), "map[a:1 k:v]")
	equal(t, "what came", fmt.Sprint(Baggage(ctx)), "map[k:v l:w]")
	var none *Span
	none.SetBaggageItem("a", "b")
	equal(t, "no span", none.BaggageItem("a"), "")
	var group sync.WaitGroup
	for i := 0; i < 100; i++ {
		i := i
		group.Add(1)
		go func() {
			defer group.Done()
			s.SetBaggageItem(fmt.Sprint("key", i%70), "v")
		}()
	}
	group.Wait()
	equal(t, "items", len(Baggage(nil)), 64)
	child.Finish()
	s.Finish()
	s.SetBaggageItem("a", "2")
	equal(t, "after the end", s.BaggageItem("a"), "1")
	equal(t, "a trace without", len(Baggage(bg)), 0)
	if log := r.log.String(); strings.Count(log, "baggage") != 2 {
		t.Errorf("log: %s", log)
	}
}

func TestAddLink(t *testing.T) {
	r := record(t)
	other := StartSpan("other")
	_, s := Trace(bg, "s")
	s.AddLink(other, Tag("n", 1), Tag("k", "v"), Service("x"))
	s.AddLink(Extract(TextMap{"TraceParent": w3cParent, "tracestate": "a=1"}))
	s.AddLink(Extract(TextMap{}))
	s.AddLink((*Span)(nil))
	s.AddLink(nil)
	s.Finish()
	s.AddLink(other)
	(*Span)(nil).AddLink(other)
	got := r.span(t)
	equal(t, "links", len(got.Links), 2)
	equal(t, "to a span", fmt.Sprint(got.Links[0]), fmt.Sprintf("map[attributes:map[k:v n:1] flags:2147483649 span_id:%d trace_id:%d trace_id_high:%d]", other.id, other.trace.low, other.trace.high))
	equal(t, "to one elsewhere", fmt.Sprint(got.Links[1]), "map[flags:2147483649 span_id:67667974448284343 trace_id:4321 trace_id_high:7209415885545537536 tracestate:a=1]")
	other.Finish()
}

// TestCarriers has carriers that do not work.
func TestCarriers(t *testing.T) {
	r := record(t)
	ctx, s := Trace(bg, "s")
	Inject(ctx, http.Header(nil)) // panics
	Inject(ctx, TextMap(nil))
	Inject(ctx, nil)
	s.Finish()
	equal(t, "nil", Extract(nil), nil)
	equal(t, "no header", Extract(http.Header(nil)), nil)
	equal(t, "its context", Extract(http.Header(nil)).Context(bg), bg)
	if log := r.log.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, "Inject") {
		t.Errorf("log: %s", log)
	}
}

// TestStopped: what comes from another process goes on to the next, also when this one sends no spans.
func TestStopped(t *testing.T) {
	for _, off := range []func(){func() { record(t, "DD_TRACE_ENABLED=false") }, func() { record(t, "DD_TRACE_ENABLED="); Stop() }} {
		off()
		out := TextMap{}
		ctx, s := Trace(arrived(traceIDKey, "4321", parentIDKey, "7", "baggage", "k=v"), "s")
		Inject(ctx, out)
		s.Finish()
		equal(t, "handed on", out[traceIDKey]+" "+out[parentIDKey]+" "+out["baggage"], "4321 7 k=v")
	}
}

func BenchmarkInject(b *testing.B) {
	bench(b)
	ctx, s := Trace(context.Background(), "s")
	defer s.Finish()
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		Inject(ctx, http.Header{})
	}
}

func BenchmarkExtract(b *testing.B) {
	bench(b)
	h := http.Header{}
	ctx, s := Trace(context.Background(), "s")
	Inject(ctx, h)
	s.Finish()
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		Extract(h)
	}
}
