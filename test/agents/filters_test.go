package agents

import (
	"slices"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// TestFilters has the agent drop traces: those that its filters are about, by their roots, and no others.
func TestFilters(t *testing.T) {
	in, p := start(t, ignoreVariable+"=^GET /health$,nothing.like.it", rejectVariable+"=debug:true internal")
	trace := func(name string, options ...tracer.Option) {
		ctx, root := tracer.Trace(bg, name, options...)
		_, child := tracer.Trace(ctx, name+".child", tracer.Resource("GET /health"), tracer.Tag("debug", "true"))
		child.Finish()
		root.Finish()
	}
	trace("health", tracer.Resource("GET /health"))
	trace("conf.Handler.Health", tracer.Resource("GET /health/all"))
	trace("debugged", tracer.Tag("debug", true))
	trace("conf.Debug.internal", tracer.Tag("debug", "false"))
	trace("secret", tracer.Tag("internal", ""))
	trace("last")
	flush(t)
	if n := len(p.sent(t)); n != 6 {
		t.Fatalf("%d traces have been sent", n)
	}
	var names []string
	for _, c := range in.wait(t, 3) {
		for _, s := range c.spans {
			names = append(names, s.name)
		}
	}
	slices.Sort(names)
	want := []string{"conf.Debug.internal", "conf.Debug.internal.child", "conf.Handler.Health", "conf.Handler.Health.child", "last", "last.child"}
	if !slices.Equal(names, want) {
		t.Errorf("%q have come out, not %q", names, want)
	}
}
