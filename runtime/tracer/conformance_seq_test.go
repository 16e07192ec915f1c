//go:build go1.23

package tracer

import (
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"
)

func conformA9(t *testing.T) {
	r := record(t)
	g := tracedSeq(func(yield func(int) bool) {
		CurrentSpan(nil).SetTag("a", "b")
		for i := 1; i <= 3; i++ {
			time.Sleep(10 * time.Millisecond)
			if !yield(i) {
				return
			}
		}
	}, func(c *Call) { c.Tag("end", func() any { return 3 }) })
	sum := 0
	for v := range g {
		sum += v
	}
	equal(t, "the sum", sum, 6)
	got := r.span(t)
	equal(t, "name", got.Name, "g")
	equal(t, "error", got.Error, 0)
	equal(t, "a", got.Meta["a"], "b")
	equal(t, "end", got.Metrics["end"], 3)
	if got.Duration < int64(30*time.Millisecond) {
		t.Errorf("it took %d ns", got.Duration)
	}
}

func conformA10(t *testing.T) {
	r := record(t)
	g := upTo(3)
	equal(t, "traces", len(r.traces(t)), 0)
	for i := 0; i < 2; i++ {
		for range g {
			break
		}
	}
	equal(t, "traces after two iterations", len(r.traces(t)), 2)
	if Seq[int](nil, seqSite.EnterGoroutine) != nil || Seq2[int, int](nil, seqSite.EnterGoroutine) != nil {
		t.Error("a nil iterator is none any more")
	}
}

func conformA11(t *testing.T) {
	r := record(t)
	for range upTo(3) {
		break
	}
	chunk := r.one(t)
	equal(t, "spans", names(chunk), "g g>before")
	equal(t, "error", chunk[0].Error, 0)
	equal(t, "current", CurrentSpan(nil), nil)
}

func conformA12(t *testing.T) {
	r := record(t)
	ctx, p := Trace(bg, "p")
	n := 0
	for range upTo(2) {
		equal(t, "current in the body", CurrentSpan(nil), p)
		if n++; n == 1 {
			leaf("consumer.work")
		} else {
			_, s := Trace(ctx, "consumer.work")
			s.Finish()
		}
	}
	equal(t, "current after it", CurrentSpan(nil), p)
	p.Finish()
	equal(t, "spans", names(r.one(t)),
		"p p>g g>before p>consumer.work g>after g>before p>consumer.work g>after")
}

func conformA13(t *testing.T) {
	r := record(t)
	cleanup := ""
	g := tracedSeq(func(yield func(int) bool) {
		defer func() {
			cleanup = "done"
			leaf("cleanup")
		}()
		yield(1)
	}, func(*Call) { t.Error("a return tag of what panics") })
	body := func(f func()) (err error) {
		p := siteA.EnterGoroutine()
		defer p.Exit(&err)
		for range g {
			f()
			return errors.New("returned")
		}
		return nil
	}
	func() {
		defer func() { equal(t, "the panic", recover(), "bim") }()
		body(func() { explode(nil) })
	}()
	equal(t, "g's deferred function", cleanup, "done")
	chunk := r.one(t)
	equal(t, "spans", names(chunk), "a a>g g>cleanup")
	chunk[0].wantError(t, "string", "bim", "tracer.explode")
	chunk[1].wantError(t, "string", "bim", "tracer.explode")

	done := make(chan bool)
	go func() {
		defer close(done)
		body(runtime.Goexit)
	}()
	<-done
	chunk = r.one(t)
	equal(t, "spans", names(chunk), "a a>g g>cleanup")
	equal(t, "errors after Goexit", fmt.Sprint(chunk[0].Error, chunk[1].Error), "0 0")
	equal(t, "current", CurrentSpan(nil), nil)

	err := func() (err error) {
		p := siteA.EnterGoroutine()
		defer p.Exit(&err)
		for range upTo(2) {
			return quiet("returned")
		}
		return nil
	}()
	equal(t, "the error", err, error(quiet("returned")))
	chunk = r.one(t)
	equal(t, "spans", names(chunk), "a a>g g>before")
	chunk[0].wantError(t, "tracer.quiet", "returned", "conformA13")
	equal(t, "g", chunk[1].Error, 0)
}
