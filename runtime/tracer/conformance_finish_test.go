//go:build go1.21

package tracer

import (
	"fmt"
	"strings"
	"testing"
	"time"
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

	for _, c := range []struct {
		end  func(s *Span)
		want time.Duration
	}{
		{func(s *Span) { s.SetDuration(time.Hour); s.Finish(); s.SetDuration(2); s.FinishAt(time.Now()) }, time.Hour},
		{func(s *Span) { s.SetDuration(0); s.Finish() }, 0},
		{func(s *Span) { s.SetDuration(-1); s.Finish() }, 0},
		{func(s *Span) { s.FinishAt(time.Unix(0, s.start+77)); s.FinishAt(time.Now().Add(time.Hour)); s.Finish() }, 77},
	} {
		_, s := Trace(bg, "s")
		c.end(s)
		equal(t, "duration", r.span(t).Duration, int64(c.want))
		equal(t, "current", CurrentSpan(nil), nil)
	}
}

func conformB13(t *testing.T) {
	for _, debug := range []string{"false", "true"} {
		r := record(t, "DD_TRACE_DEBUG="+debug)
		ctx, a := Trace(bg, "first", Resource("r1"))
		_, b := Trace(ctx, "second", Tag("manual.keep", true))
		_, c := Trace(ctx, "finished")
		c.Finish()
		Stop()
		log := r.log.String()
		for _, want := range []string{
			"ddinstrument: 2 spans will not be sent, open when tracer.Stop is called: ",
			fmt.Sprintf("first (resource r1, trace %d, span %d, parent 0, started 20", a.trace.low, a.id),
			fmt.Sprintf(", second (resource second, trace %d, span %d, parent %d, started 20", a.trace.low, b.id, a.id),
			", priority 2)\n",
		} {
			if !strings.Contains(log, want) {
				t.Errorf("%q is not in the log:\n%s", want, log)
			}
		}
		equal(t, "lines", strings.Count(log, "\n"), 1)
		b.Finish()
		a.Finish()
		r.Close()
	}

	r := record(t, "DD_TRACE_DEBUG=true") // those of other goroutines too
	done, end := make(chan bool), make(chan bool)
	for i := 0; i < maxNamed+1; i++ {
		go func() {
			_, s := Trace(nil, "elsewhere")
			done <- true
			<-end
			s.Finish()
			done <- true
		}()
		<-done
	}
	Stop()
	log := r.log.String()
	if !strings.Contains(log, " 21 spans ") || strings.Count(log, "elsewhere (") != maxNamed || !strings.HasSuffix(log, ", ...\n") {
		t.Errorf("the log:\n%s", log)
	}
	close(end)
	for i := 0; i < maxNamed+1; i++ {
		<-done
	}
}

// conformB14: as many finished spans as the setting says are sent ahead.
func conformB14(t *testing.T) {
	for _, c := range []struct{ min, want string }{
		{"5", "[c c c c c] [root]"},
		{"1", "[c] [c] [c] [c] [c] [root]"},
		{"6", "[root c c c c c]"},
	} {
		r := record(t, "DD_TRACE_PARTIAL_FLUSH_MIN_SPANS="+c.min)
		ctx, root := Trace(bg, "root")
		root.SetTag("manual.keep", true)
		for i := 0; i < 5; i++ {
			_, s := Trace(ctx, "c")
			s.Finish()
		}
		early := r.traces(t)
		equal(t, "something is sent ahead", len(early) > 0, c.min != "6")
		root.Finish()
		var got []string
		for _, chunk := range append(early, r.traces(t)...) {
			var list []string
			for _, s := range chunk {
				list = append(list, s.Name)
				if s.Name == "c" {
					equal(t, "parent", s.Parent, root.id)
				}
			}
			got = append(got, fmt.Sprint(list))
			equal(t, "priority", chunk[0].Metrics["_sampling_priority_v1"], 2)
			equal(t, "trace", chunk[0].Trace, root.trace.low)
		}
		equal(t, "chunks", strings.Join(got, " "), c.want)
		r.Close()
	}
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
