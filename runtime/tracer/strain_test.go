//go:build go1.21

package tracer

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestClockBackwards: a duration is of the monotonic clock, whatever the other one does.
func TestClockBackwards(t *testing.T) {
	r := record(t)
	for _, step := range []time.Duration{-time.Hour, time.Hour} {
		_, s := Trace(bg, "s")
		s.start -= int64(step) // as if the clock had been set in the meantime
		s.Finish()
		if d := time.Duration(r.span(t).Duration); d < 0 || d > time.Minute {
			t.Errorf("a clock that steps by %v gives a duration of %v", step, d)
		}
	}
}

// TestHugeTrace is one of 100,000 spans. That the agent gets them 300 at a time is the standard; without, they are more
// than may wait, and what is dropped is told.
func TestHugeTrace(t *testing.T) {
	for _, ahead := range []bool{true, false} {
		r := record(t, fmt.Sprint("DD_TRACE_PARTIAL_FLUSH_ENABLED=", ahead))
		ctx, root := Trace(bg, "root")
		const spans = 100000
		for i := 1; i < spans; i++ {
			_, s := Trace(ctx, "child")
			s.Finish()
		}
		root.Finish()
		seen := map[uint64]bool{}
		for _, c := range r.traces(t) {
			for _, s := range c {
				seen[s.ID] = true
			}
		}
		log := r.log.String()
		t.Logf("sent ahead %v: %d of %d spans, log %s", ahead, len(seen), spans, log)
		if lost := len(seen) < spans; lost && ahead || lost != strings.Contains(log, "dropped") || len(seen) < spans/2 {
			t.Errorf("%d spans came, log %s", len(seen), log)
		}
	}
}

// TestManyHands has a hundred goroutines start, tag and finish the same spans.
func TestManyHands(t *testing.T) {
	r := record(t)
	for round := 0; round < 20; round++ {
		ctx, shared := Trace(bg, "shared")
		var wg sync.WaitGroup
		for g := 0; g < 100; g++ {
			g := g
			wg.Add(1)
			go func() {
				defer wg.Done()
				_, own := Trace(ctx, "own")
				shared.SetTag(fmt.Sprint("tag", g%10), g)
				shared.SetError(io.EOF)
				shared.SetResource("r")
				own.AddLink(shared)
				own.Finish()
				if g == 50 {
					shared.Finish()
				}
				shared.Finish()
			}()
		}
		wg.Wait()
		byName := map[string]int{}
		for _, c := range r.traces(t) {
			for _, s := range c {
				byName[s.Name]++
			}
		}
		equal(t, "spans", fmt.Sprint(byName), "map[own:100 shared:1]")
	}
}

// TestNeverFinished: what is started and forgotten does not stay.
func TestNeverFinished(t *testing.T) {
	record(t)
	const traces = 1000
	freed := make(chan bool, traces)
	done := make(chan bool)
	go func() {
		defer close(done)
		for i := 0; i < traces; i++ {
			begun := make(chan bool)
			go func() { // its own goroutine: an open span stays that one's active one
				defer close(begun)
				ctx, root := Trace(bg, "forgotten")
				_, child := Trace(ctx, "child")
				child.Finish()
				runtime.SetFinalizer(root, func(*Span) { freed <- true })
			}()
			<-begun
		}
	}()
	<-done
	for end := time.Now().Add(10 * time.Second); len(freed) < traces*9/10 && time.Now().Before(end); {
		runtime.GC()
		time.Sleep(50 * time.Millisecond)
	}
	if n := len(freed); n < traces*9/10 {
		t.Errorf("%d of %d were let go", n, traces)
	}
}

// TestWatchedBound: with DD_TRACE_DEBUG too, spans that nobody finishes do not pile up.
func TestWatchedBound(t *testing.T) {
	record(t, "DD_TRACE_DEBUG=true")
	w := current.Load().watched
	for i := 0; i < maxWatched+1000; i++ {
		StartSpan("forgotten")
	}
	n := 0
	w.Range(func(any, any) bool { n++; return true })
	equal(t, "spans that are known", n, maxWatched)
	environment(t, "DD_TRACE_DEBUG=false")
	Start() // which forgets them, so that the end does not name them
}

// TestNothingWritten: a full disk is nothing to a tracer that has no file open.
func TestNothingWritten(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("asks the system which files are open")
	}
	open := func() (names []string) {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			name, _ := os.Readlink("/proc/self/fd/" + e.Name())
			if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
				names = append(names, name)
			}
		}
		return names
	}
	before := open()
	r := record(t)
	flushWithin(t, 5*time.Second)
	equal(t, "open files", fmt.Sprint(open()), fmt.Sprint(before))
	equal(t, "traces", len(r.traces(t)), 10)
}
