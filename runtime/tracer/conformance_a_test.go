//go:build go1.21

package tracer

import (
	"context"
	"runtime"
	"testing"
)

var bg = context.Background()

func conformA6(t *testing.T) {
	r := record(t)
	ctx, outer := Trace(bg, "outer")
	ctx, mid := Trace(ctx, "mid")
	_, inner := Trace(ctx, "inner")
	inner.Finish()
	mid.Finish()
	outer.Finish()
	equal(t, "spans", names(r.one(t)), "outer outer>mid mid>inner")
}

func conformA7(t *testing.T) {
	record(t)
	ctx, outer := Trace(bg, "outer")
	defer outer.Finish()
	equal(t, "root in outer", CurrentRootSpan(ctx), outer)
	ctx, mid := Trace(ctx, "mid")
	defer mid.Finish()
	equal(t, "root in mid", CurrentRootSpan(ctx), outer)
	ctx, inner := Trace(ctx, "inner")
	defer inner.Finish()
	equal(t, "root in inner", CurrentRootSpan(ctx), outer)
	equal(t, "root by goroutine", CurrentRootSpan(nil), outer)
}

func conformA16(t *testing.T) {
	r := record(t, "DD_TRACE_ENABLED=false")
	f := func(k, v string) (out string, err error) {
		ctx, c := siteA.Enter(bg)
		defer c.Exit(&err)
		CurrentSpan(ctx).SetTag(k, v)
		return k + v, nil
	}
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for i := 0; i < 1e5; i++ {
		if out, err := f("a", "b"); out != "ab" || err != nil {
			t.Fatal(out, err)
		}
	}
	if after := heap(); after > before+1<<20 {
		t.Errorf("the heap grew from %d to %d bytes", before, after)
	}
	ctx, span := Trace(bg, "x")
	span.SetTag("a", 1)
	span.Finish()
	equal(t, "the context", ctx, bg)
	equal(t, "current", CurrentSpan(ctx), nil)
	equal(t, "traces", len(r.traces(t)), 0)
}
