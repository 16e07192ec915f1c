//go:build go1.21

package tracer

import "testing"

func TestHere(t *testing.T) {
	r := record(t)
	var here Here
	refuse := func() any { t.Error("evaluated without a span"); return 1 }
	here.Set("k", "v")
	here.SetFrom(bg, "k", "v")
	here.Tag("k", refuse)
	here.TagFrom(bg, "k", refuse)

	ctx, p := Trace(bg, "p")
	_, c := Trace(bg, "c", ChildOf(p))
	here.Set("set", "c")
	here.SetFrom(ctx, "from", "p")
	here.Tag("tag", func() any { return tracedError{} })
	here.TagFrom(ctx, "n", func() any { return 1.5 })
	here.Tag("bad", func() any { panic("expression") })
	c.Finish()
	here.TagFrom(nil, "last", func() any { return true })
	p.Finish()
	here.TagFrom(ctx, "late", refuse)
	chunk := r.one(t)
	equal(t, "spans", names(chunk), "p p>c")
	equal(t, "from", chunk[0].Meta["from"], "p")
	equal(t, "n", chunk[0].Metrics["n"], 1.5)
	equal(t, "last", chunk[0].Meta["last"], "true")
	equal(t, "set", chunk[1].Meta["set"], "c")
	equal(t, "tag", chunk[1].Meta["tag"], "loud")
	if _, there := chunk[1].Meta["bad"]; there {
		t.Error("a tag of an expression that panics")
	}
}

func TestHereOff(t *testing.T) {
	record(t, "DD_TRACE_ENABLED=false")
	var here Here
	here.Set("k", "v")
	here.SetFrom(bg, "k", "v")
	here.Tag("k", func() any { t.Error("evaluated"); return 1 })
	here.TagFrom(bg, "k", func() any { t.Error("evaluated"); return 1 })
}

// TestHereMuted has the expression of a tag evaluate itself.
func TestHereMuted(t *testing.T) {
	r := record(t)
	var here Here
	depth := 0
	var expression func() any
	expression = func() any {
		if depth++; depth < 10 {
			here.Tag("inner", expression)
			here.Set("constant", "v")
		}
		return depth
	}
	c := siteA.EnterGoroutine()
	here.Tag("outer", expression)
	c.ExitNone()
	got := r.span(t)
	equal(t, "outer", got.Metrics["outer"], 1)
	if _, there := got.Meta["constant"]; there {
		t.Error("code that runs for a tag sets another one")
	}
}
