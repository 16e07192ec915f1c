//go:build go1.23

package tracer

import (
	"testing"
	"time"
)

func conformA1(t *testing.T) {
	r := record(t)
	f := func(k, v string) string {
		_, s := Trace(bg, "decorated_function", Service("s"), Resource("r"), Type("t"))
		defer s.Finish()
		CurrentSpan(nil).SetTag(k, v)
		return k + v
	}
	equal(t, "result", f("a", "b"), "ab")
	got := r.span(t)
	equal(t, "name", got.Name, "decorated_function")
	equal(t, "service", got.Service, "s")
	equal(t, "resource", got.Resource, "r")
	equal(t, "type", got.Type, "t")
	equal(t, "a", got.Meta["a"], "b")
	equal(t, "parent", got.Parent, 0)
	equal(t, "error", got.Error, 0)
}

func conformA2(t *testing.T) {
	r := record(t)
	_, s := Trace(bg, "conf.f")
	s.Finish()
	got := r.span(t)
	equal(t, "name", got.Name, "conf.f")
	equal(t, "resource", got.Resource, "conf.f")
	equal(t, "service", got.Service, "conf")
	equal(t, "type", got.Type, "")
}

func conformA5(t *testing.T) {
	r := record(t)
	leaf("f")
	leaf("f")
	chunks := r.traces(t)
	equal(t, "traces", len(chunks), 2)
	one, two := chunks[0][0], chunks[1][0]
	if one.ID == two.ID || one.Trace == two.Trace {
		t.Errorf("ids %d and %d, traces %d and %d", one.ID, two.ID, one.Trace, two.Trace)
	}
}

func conformA14(t *testing.T) {
	r := record(t)
	done := make(chan bool)
	ctx, starter := Trace(bg, "starter")
	go func() {
		defer close(done)
		_, s := Trace(ctx, "work")
		defer s.Finish()
		time.Sleep(30 * time.Millisecond)
	}()
	starter.Finish()
	<-done
	chunk := r.whole(t)
	equal(t, "spans", names(chunk), "starter starter>work")
	if chunk[0].Duration >= chunk[1].Duration || chunk[1].Duration < int64(30*time.Millisecond) {
		t.Errorf("starter took %d ns, work %d ns", chunk[0].Duration, chunk[1].Duration)
	}
}
