//go:build go1.21

package tracer

import (
	"context"
	"testing"
)

func TestSpanForLog(t *testing.T) {
	record(t, "DD_ENV=e", "DD_VERSION=1")
	if SpanForLog(nil) != nil || SpanForLog(bg) != nil {
		t.Error("a span where there is none")
	}
	ctx, s := Trace(bg, "s")
	l := SpanForLog(nil)
	want, _ := LogCorrelation(ctx)
	equal(t, "in a span", l.Correlation(), want)
	equal(t, "the trace", string(l.AppendTraceID([]byte("x"))), "x"+want.TraceID)
	equal(t, "by context", SpanForLog(ctx), l)
	s.Finish()
	if SpanForLog(ctx) != nil {
		t.Error("a span that has finished")
	}
	equal(t, "afterwards", l.Correlation(), want)

	remote := Extract(TextMap{"x-datadog-trace-id": "234", "x-datadog-parent-id": "4321"}).Context(bg)
	equal(t, "remote", SpanForLog(remote).Correlation(), Correlation{"234", "4321", "conf", "e", "1"})

	record(t, "DD_LOGS_INJECTION=false")
	ctx, s = Trace(bg, "s")
	if SpanForLog(ctx) != nil {
		t.Error("not wanted")
	}
	s.Finish()
}

// TestVisitContext looks for the span of a context without being handed that.
func TestVisitContext(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		r := record(t)
		ctx, a := Trace(bg, "a")
		in := func(ctx context.Context) *LogSpan {
			defer VisitContext(ctx).Leave()
			return SpanForLog(nil)
		}
		equal(t, "its own", in(ctx), (*LogSpan)(a))
		b := siteB.EnterGoroutine()
		equal(t, "below it", in(ctx), (*LogSpan)(b))
		b.Exit(nil)
		ctxC, c := Trace(ctx, "c")
		equal(t, "above it", in(ctx), (*LogSpan)(a))
		equal(t, "after", CurrentSpan(nil), c)
		equal(t, "none", in(bg), (*LogSpan)(c))
		c.Finish()
		equal(t, "finished", in(ctxC), (*LogSpan)(a))
		a.Finish()
		equal(t, "nothing", in(ctxC), nil)
		_, e := Trace(bg, "e")
		equal(t, "nothing of another's", in(ctxC), nil)
		equal(t, "after", CurrentSpan(nil), e)
		remote := Extract(TextMap{"x-datadog-trace-id": "234", "x-datadog-parent-id": "4321"}).Context(bg)
		got := in(remote)
		equal(t, "remote", got.SpanID()+" "+string(got.AppendTraceID(nil)), "4321 234")
		e.Finish()
		equal(t, "spans", traceNames(r.traces(t)), "a a>b a>c; e")
	})
}
