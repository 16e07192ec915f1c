//go:build go1.21

package tracer

import (
	"strings"
	"testing"
)

func conformB15(t *testing.T) {
	r := record(t)
	_, s := Trace(bg, "s")
	var order []string
	s.OnFinish(func(s *Span) { order = append(order, "one"); s.SetTag("late", "yes") })
	s.OnFinish(func(s *Span) { order = append(order, "two"); panic("in a callback") })
	s.Finish()
	s.Finish()
	equal(t, "callbacks", strings.Join(order, " "), "one two")
	equal(t, "a callback's tag", r.span(t).Meta["late"], "yes")
}

func conformB16(t *testing.T) {
	r := record(t)
	ctx, a := Trace(bg, "a", Service("my-svc"))
	ctx, b := Trace(ctx, "b")
	_, c := Trace(ctx, "c")
	_, d := Trace(ctx, "d", Service("svc-2"))
	for _, s := range []*Span{d, c, b, a} {
		s.Finish()
	}
	for i, want := range []float64{1, 0, 0, 1} {
		equal(t, "top level", r.mustKeep(t)[i].Metrics["_dd.top_level"], want)
	}
}

// mustKeep is one, without forgetting the trace.
func (r *recorder) mustKeep(t *testing.T) []recorded {
	chunk := r.one(t)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.chunks = append(r.chunks, chunk)
	return chunk
}
