//go:build go1.21

package tracer_test

import (
	"context"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"github.com/ddinstrument/ddinstrument/runtime/tracetest"
)

var (
	streamSite  = tracer.Site{Name: "stream"}
	messageSite = tracer.Site{Name: "message", Entry: true}
)

// parents are the names of the parents of the spans that were recorded, by name.
func parents(rec *tracetest.Recorder) map[string]string {
	names := map[uint64]string{}
	for _, s := range rec.Spans() {
		names[s.ID] = s.Name
	}
	list := map[string]string{}
	for _, s := range rec.Spans() {
		list[s.Name] = names[s.ParentID]
	}
	return list
}

func child(ctx context.Context, name string) {
	_, s := tracer.Trace(ctx, name)
	s.Finish()
}

// TestStart: such a span is active in its context alone, and another goroutine may end it.
func TestStart(t *testing.T) {
	rec := tracetest.Start(t)
	ctx, around := tracer.Trace(context.Background(), "around")
	in, s := streamSite.Start(ctx)
	child(context.Background(), "beside")
	child(in, "below")
	if tracer.Carried(in) != s || tracer.Carried(ctx) != around || tracer.Carried(context.Background()) != nil {
		t.Error("Carried does not return the span in a context")
	}
	done := make(chan bool)
	go func() {
		s.Finish()
		close(done)
	}()
	<-done
	around.Finish()
	p := parents(rec)
	if p["stream"] != "around" || p["beside"] != "around" || p["below"] != "stream" {
		t.Errorf("parents: %v", p)
	}
}

// TestActivate: a message's span is active while it is worked on, above the span in the context of the loop that
// fetches messages, and leaves nothing behind wherever it ends.
func TestActivate(t *testing.T) {
	rec := tracetest.Start(t)
	ctx, loop := tracer.Trace(context.Background(), "loop")
	_, first := messageSite.Start(ctx)
	_, second := messageSite.Start(nil)
	second.SetName("second")

	first.Activate()
	first.Activate() // no effect, nor has the next one: others do not begin so
	loop.Activate()
	child(context.Background(), "without context")
	child(ctx, "with the loop's")
	second.Activate()
	child(ctx, "in second")
	first.Activate() // it is below
	child(ctx, "still in second")
	second.Deactivate()
	child(ctx, "again in first")
	first.Deactivate()
	child(ctx, "after")

	second.Activate()
	ended := make(chan bool)
	go func() {
		second.Activate() // it is another goroutine's
		child(nil, "elsewhere")
		second.Finish()
		close(ended)
	}()
	<-ended
	child(nil, "after second")
	second.Deactivate()
	first.Finish()
	first.Activate()
	child(nil, "at last")
	loop.Finish()

	for name, want := range map[string]string{
		"loop": "", "message": "", "second": "", "without context": "message", "with the loop's": "message", "in second": "second", "still in second": "second",
		"again in first": "message", "after": "loop", "elsewhere": "second", "after second": "loop", "at last": "loop",
	} {
		if got := parents(rec)[name]; got != want {
			t.Errorf("the parent of %q is %q, want %q", name, got, want)
		}
	}
}
