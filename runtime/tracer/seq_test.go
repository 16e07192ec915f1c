//go:build go1.23

package tracer

import (
	"context"
	"fmt"
	"iter"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

var seqSite = Site{Name: "g"}

// tracedSeq is what generated code makes of an iterator's function.
func tracedSeq(seq iter.Seq[int], tags ...func(*Call)) iter.Seq[int] {
	return Seq(seq, func() *Call { return seqSite.EnterGoroutine() }, tags...)
}

// upTo yields 1 to n; before and after each there is a span.
func upTo(n int) iter.Seq[int] {
	return tracedSeq(func(yield func(int) bool) {
		CurrentSpan(nil).SetTag("a", "b")
		for i := 1; i <= n; i++ {
			leaf("before")
			if !yield(i) {
				return
			}
			leaf("after")
		}
	})
}

func leaf(name string) {
	_, s := Trace(nil, name)
	s.Finish()
}

// TestSeqNested has an iterator yield through another one, to a body with a block in it that is left by break.
func TestSeqNested(t *testing.T) {
	r := record(t)
	outer := Seq2(func(yield func(int, string) bool) {
		for i := range upTo(2) {
			leaf("between")
			if !yield(i, fmt.Sprint(i)) {
				return
			}
		}
	}, func() *Call { return siteA.EnterGoroutine() })
	_, p := Trace(bg, "p")
	var b *Block
	for i, s := range outer {
		if b.First() {
			b = blockSite.NewBlock()
			defer b.Unwind()
		}
		b.EnterGoroutine()
		equal(t, "the pair", s, fmt.Sprint(i))
		leaf("body")
		if i == 2 {
			b.Exit()
			break
		}
		b.Exit()
	}
	equal(t, "current", CurrentSpan(nil), p)
	p.Finish()
	equal(t, "spans", names(r.one(t)),
		"p p>a a>g g>before a>between p>block block>body g>after g>before a>between p>block block>body")
}

// TestSeqOpen leaves spans open in the body, and in the iterator.
func TestSeqOpen(t *testing.T) {
	r := record(t)
	_, p := Trace(bg, "p")
	var open *Span
	for range upTo(2) {
		if open == nil {
			_, open = Trace(nil, "open")
		}
		equal(t, "current in the body", CurrentSpan(nil), open)
	}
	equal(t, "current after it", CurrentSpan(nil), open)
	var leak *Span
	for range tracedSeq(func(yield func(int) bool) { _, leak = Trace(nil, "leak"); yield(1) }) {
		equal(t, "current in the body", CurrentSpan(nil), open)
	}
	equal(t, "current after it", CurrentSpan(nil), open)
	leak.Finish()
	open.Finish()
	equal(t, "current", CurrentSpan(nil), p)
	p.Finish()
	equal(t, "spans", names(r.one(t)), "p p>g g>before p>open g>after g>before g>after open>g g>leak")
	equal(t, "labels", slot.Get(), nil)
}

// TestSeqPull has the body of the loop on another goroutine.
func TestSeqPull(t *testing.T) {
	r := record(t)
	_, p := Trace(bg, "p")
	next, stop := iter.Pull(upTo(3))
	v, _ := next()
	equal(t, "the first", v, 1)
	leaf("consumer")
	equal(t, "current", CurrentSpan(nil), p)
	next()
	stop()
	p.Finish()
	equal(t, "spans", names(r.one(t)), "p p>g g>before p>consumer g>after g>before")
}

// TestSeqOtherGoroutine has the iterator call yield on goroutines of its own, several at a time.
func TestSeqOtherGoroutine(t *testing.T) {
	r := record(t)
	_, p := Trace(bg, "p")
	seq := tracedSeq(func(yield func(int) bool) {
		done := make(chan bool)
		for i := 0; i < 4; i++ {
			go func() {
				leaf("before")
				yield(i)
				leaf("after")
				done <- true
			}()
		}
		yield(4)
		for i := 0; i < 4; i++ {
			<-done
		}
	})
	seq(func(int) bool {
		if c := CurrentSpan(nil); c != p {
			t.Errorf("in the body %v is active", c)
		}
		leaf("body")
		return true
	})
	equal(t, "current", CurrentSpan(nil), p)
	p.Finish()
	count := map[string]int{}
	for _, s := range strings.Fields(names(r.one(t))) {
		count[s]++
	}
	equal(t, "spans", fmt.Sprint(count), "map[g>after:4 g>before:4 p:1 p>body:5 p>g:1]")
}

// TestSeqLabels changes the goroutine's labels on either side: they are the program's, and stay.
func TestSeqLabels(t *testing.T) {
	record(t)
	set := func(ctx context.Context, key, value string) {
		pprof.SetGoroutineLabels(pprof.WithLabels(ctx, pprof.Labels(key, value)))
	}
	ctx, p := Trace(bg, "p")
	var g *Span
	for i := range tracedSeq(func(yield func(int) bool) {
		g = CurrentSpan(nil)
		yield(1)
		equal(t, "labels in the iterator", goroutineLabels(t), "k=v "+spanLabels(g))
		set(bg, "z", "1")
		yield(2)
	}) {
		if i == 1 {
			equal(t, "labels in the body", goroutineLabels(t), spanLabels(p))
			set(ctx, "k", "v")
		} else {
			equal(t, "labels in the body", goroutineLabels(t), spanLabels(p)+" z=1")
		}
	}
	equal(t, "labels after it", goroutineLabels(t), spanLabels(p)+" z=1")
	p.Finish()
	equal(t, "labels", goroutineLabels(t), "z=1")
}

// TestSeqPanics has the iterator panic, and recover what the body of the loop panics with.
func TestSeqPanics(t *testing.T) {
	r := record(t)
	_, p := Trace(bg, "p")
	func() {
		defer func() { equal(t, "the panic", recover(), "bim") }()
		for range tracedSeq(func(yield func(int) bool) { yield(1); explode(nil) }) {
			leaf("body")
		}
	}()
	equal(t, "current after the iterator's panic", CurrentSpan(nil), p)
	tracedSeq(func(yield func(int) bool) {
		defer leaf("cleanup")
		defer func() { equal(t, "the panic", recover(), "bim") }()
		yield(1)
	})(func(int) bool { panic("bim") })
	equal(t, "current after the body's panic", CurrentSpan(nil), p)
	p.Finish()
	last := r.whole(t) // before it, what was sent in case the program would die
	equal(t, "spans", names(last), "p p>g p>body p>g g>cleanup")
	last[1].wantError(t, "string", "bim", "tracer.explode")
	equal(t, "the one that recovers", last[3].Error, 0)
}

// TestSeqOff gets the iterator itself back.
func TestSeqOff(t *testing.T) {
	r := record(t, "DD_TRACE_ENABLED=false")
	n := 0
	for range upTo(3) {
		n++
	}
	equal(t, "values", n, 3)
	equal(t, "traces", len(r.traces(t)), 0)
}

// The program that panics in a block in the body of a loop over an iterator that has a traced function on the stack.
func init() {
	programs["iterator"] = func() {
		tracedFunction(bg, &siteA, func(context.Context) error {
			var b *Block
			for range tracedSeq(func(yield func(int) bool) {
				tracedFunction(nil, &siteB, func(context.Context) error { yield(1); return nil })
			}) {
				if b.First() {
					b = blockSite.NewBlock()
					defer b.Unwind()
				}
				b.EnterGoroutine()
				tracedFunction(nil, &siteA, explode)
				b.Exit()
			}
			return nil
		})
	}
}

// TestSeqCrash reads what such a program prints: Go lists every time that a panic is raised again.
func TestSeqCrash(t *testing.T) {
	r := record(t)
	status, stderr := runProgram(t, r, "iterator")
	equal(t, "exit status", status, 2)
	first, _, _ := strings.Cut(stderr, "\n")
	equal(t, "the first line", first, "panic: bim [recovered, repanicked]")
	equal(t, "panics", strings.Count(stderr, "panic: "), 1)
	equal(t, "calls of panic", strings.Count(stderr, "\npanic("), 1)
	chunk := r.one(t)
	equal(t, "spans", names(chunk), "a a>g g>b a>block block>a")
	for _, s := range chunk {
		s.wantError(t, "string", "bim", "tracer.explode")
		if stack := s.Meta["error.stack"]; strings.Contains(stack, "seq.go") {
			t.Errorf("the runtime is in the stack:\n%s", stack)
		}
	}
}
