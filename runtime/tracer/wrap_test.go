//go:build go1.21

package tracer

import (
	"context"
	"fmt"
	"runtime/pprof"
	"strings"
	"testing"
)

var wrapSite = Site{Name: "wrapped", Service: "s", Resource: "r", Type: "t"}

// wrapped is a function with a tag directive, as generated.
func wrapped(ctx context.Context, n int) (err error) {
	ctx, ddspan := wrapSite.Enter(ctx)
	defer ddspan.Exit(&err)
	ddspan.Tag("args", func() any { return fmt.Sprint(n) })
	leafIn(ctx)
	if n < 0 {
		return quiet("negative")
	}
	return nil
}

func leafIn(ctx context.Context) {
	_, s := Trace(ctx, "leaf")
	s.Finish()
}

func overwrite(ctx context.Context, w Wrapped) (context.Context, *Span) {
	return Trace(ctx, "wrap.overwrite", Tag("kwargs", w.Name+" "+w.Service+" "+w.Resource+" "+w.Type))
}

func conformA15(t *testing.T) {
	r := record(t)
	wrapped(bg, 1)
	equal(t, "before", names(r.one(t)), "wrapped wrapped>leaf")
	SetWrap(overwrite)
	ctx, parent := Trace(bg, "wrap.parent", Service("webserver"))
	wrapped(ctx, 42)
	parent.Finish()
	chunk := r.one(t)
	equal(t, "spans", names(chunk), "wrap.parent wrap.parent>wrap.overwrite wrap.overwrite>leaf")
	equal(t, "service", chunk[1].Service, "webserver")
	equal(t, "args", chunk[1].Meta["args"], "42")
	equal(t, "kwargs", chunk[1].Meta["kwargs"], "wrapped s r t")
	equal(t, "the error", wrapped(bg, -1), error(quiet("negative")))
	r.one(t)[0].wantError(t, "tracer.quiet", "negative", "tracer.wrapped")
	Stop()
	Start()
	wrapped(bg, 1)
	equal(t, "after Stop", names(r.one(t)), "wrapped wrapped>leaf")
}

// TestWrapEverywhere asks for every way that generated code starts a span, without and with contexts.
func TestWrapEverywhere(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		r := record(t)
		SetWrap(overwrite)
		Start() // it stays
		outer, p := Trace(bg, "p")
		in := func(c *Call) {
			leafIn(outer) // where no context is handed on, the outer one serves
			c.ExitNone()
		}
		in(wrapSite.EnterFrom(outer))
		in(wrapSite.EnterRequest(nil))
		in(wrapSite.EnterGoroutine())
		ctx, c := wrapSite.Enter(nil)
		equal(t, "a nil context", ctx, nil)
		in(c)
		b := wrapSite.NewBlock()
		b.Enter(outer)
		leafIn(outer)
		b.Exit()
		b.EnterGoroutine()
		b.Exit()
		Seq(func(yield func(int) bool) { leafIn(outer); yield(1) }, wrapSite.EnterGoroutine)(func(int) bool {
			leafIn(outer)
			return true
		})
		p.Finish()
		each := " p>wrap.overwrite wrap.overwrite>leaf"
		equal(t, "spans", names(r.one(t)), "p"+strings.Repeat(each, 5)+" p>wrap.overwrite"+each+" p>leaf")
		SetWrap(nil)
		wrapSite.EnterGoroutine().ExitNone()
		equal(t, "after SetWrap(nil)", r.span(t).Name, "wrapped")
	})
}

// TestWrapHooks installs hooks that people may write.
func TestWrapHooks(t *testing.T) {
	r := record(t)
	run := func(what, want string, hook func(context.Context, Wrapped) (context.Context, *Span)) {
		t.Helper()
		SetWrap(hook)
		ctx, p := Trace(bg, "p")
		wrapped(ctx, 1)
		equal(t, "current", CurrentSpan(nil), p)
		p.Finish()
		equal(t, what, names(r.one(t)), want)
	}
	run("no span", "p p>leaf", func(ctx context.Context, w Wrapped) (context.Context, *Span) { return ctx, nil })
	run("no context", "p p>x x>leaf", func(ctx context.Context, w Wrapped) (context.Context, *Span) {
		_, s := Trace(ctx, "x")
		return nil, s
	})
	run("traced functions", "p p>wrapped wrapped>leaf p>x x>leaf", func(ctx context.Context, w Wrapped) (context.Context, *Span) {
		wrapped(ctx, 2)
		return Trace(ctx, "x")
	})
	type key struct{}
	run("a value", "p p>x x>leaf", func(ctx context.Context, w Wrapped) (context.Context, *Span) {
		ctx, s := Trace(ctx, "x")
		return context.WithValue(ctx, key{}, 1), s
	})
	equal(t, "the log", r.log.String(), "")
	run("a panic", "p p>x p>wrapped wrapped>leaf", func(ctx context.Context, w Wrapped) (context.Context, *Span) {
		Trace(ctx, "x")
		panic("hook")
	})
	run("another one", "p p>wrapped wrapped>leaf", func(ctx context.Context, w Wrapped) (context.Context, *Span) {
		pprof.SetGoroutineLabels(bg)
		panic("hook")
	})
	if log := r.log.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, "SetWrap") || !strings.Contains(log, "hook") {
		t.Errorf("the log: %s", log)
	}
}

// TestWrapPanic has a panic and its like go through the span of a hook.
func TestWrapPanic(t *testing.T) {
	r := record(t)
	SetWrap(overwrite)
	v, _ := call(bg, &siteA, func(ctx context.Context) error { return traced(ctx, &siteB, explode) })
	equal(t, "the panic", v, any("bim"))
	chunk := r.one(t) // in two pieces, if the outer end were not known to see the panic as well
	for _, s := range chunk {
		s.wantError(t, "string", "bim", "tracer.explode")
	}
	equal(t, "spans", names(chunk), "wrap.overwrite wrap.overwrite>wrap.overwrite")
}
