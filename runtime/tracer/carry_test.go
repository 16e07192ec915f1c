//go:build go1.21

package tracer

import (
	"fmt"
	"runtime"
	"runtime/pprof"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// worker is a goroutine of a pool, started where the test says.
type worker struct{ jobs chan func() }

func newWorker() *worker {
	w := &worker{make(chan func())}
	go func() {
		for f := range w.jobs {
			f()
		}
	}()
	return w
}

// do runs a job to its end.
func (w *worker) do(f func()) {
	done := make(chan bool)
	w.jobs <- func() { defer close(done); f() }
	<-done
}

// traceNames are the names of the spans of each chunk, sorted.
func traceNames(chunks [][]recorded) string {
	var list []string
	for _, chunk := range chunks {
		list = append(list, names(chunk))
	}
	sort.Strings(list)
	return strings.Join(list, "; ")
}

func child(name string) {
	_, s := Trace(nil, name)
	s.Finish()
}

// TestCarry has a worker do the work of one request after another.
func TestCarry(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		r := record(t)
		_, first := Trace(nil, "first")
		w := newWorker() // keeps what it has inherited
		w.do(Carry(func() {
			equal(t, "in first's", CurrentSpan(nil), first)
			child("a")
		}))
		first.Finish()
		w.do(Carry(func() {
			equal(t, "nobody's", CurrentSpan(nil), nil)
			child("alone")
		}))
		w.do(func() { child("inherited") }) // the worker has what it had
		_, second := Trace(nil, "second")
		late := Carry(func() {
			equal(t, "finished", CurrentSpan(nil), nil)
			child("late")
		})
		w.do(Carry(func() { child("b") }))
		second.Finish()
		w.do(late)
		w.do(late) // again
		close(w.jobs)
		chunks := r.traces(t)
		equal(t, "traces", traceNames(chunks), "alone; first first>a; inherited; late; late; second second>b")
		of := map[string]uint64{}
		for _, chunk := range chunks {
			for _, s := range chunk {
				of[s.Name] = s.Trace
			}
		}
		equal(t, "the finished span's trace", of["late"], of["second"])
		equal(t, "the worker's own trace", of["inherited"], of["first"])
	})
}

// TestCarryHere has the goroutine that hands the work over do it itself: at once, inside of another span, and later.
func TestCarryHere(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		r := record(t)
		_, a := Trace(nil, "a")
		at := Carry(func() { equal(t, "of a", CurrentSpan(nil), a); child("work") })
		at()
		equal(t, "after", CurrentSpan(nil), a)
		_, b := Trace(nil, "b")
		at()
		equal(t, "inside b", CurrentSpan(nil), b)
		b.Finish()
		_, gone := Trace(nil, "gone")
		Held{a, true}.Run(func() { gone.Finish() })
		equal(t, "what has finished meanwhile is let go", slot.Find(slot.Get()), &a.node)
		a.Finish()
		equal(t, "outside", slot.Get(), nil)
		Carry(func() { equal(t, "nothing", CurrentSpan(nil), nil) })()
		later := Carry(func() { child("none") })
		_, c := Trace(nil, "c")
		later()
		equal(t, "inside c", CurrentSpan(nil), c)
		c.Finish()
		_, d := Trace(nil, "d")
		ended := Carry(func() { child("below d") })
		d.Finish()
		ended()
		chunks := r.traces(t)
		equal(t, "traces", traceNames(chunks), "a a>work a>b a>work a>gone; below d; c; d; none")
		roots := map[string]recorded{}
		for _, chunk := range chunks {
			roots[chunk[0].Name] = chunk[0]
		}
		equal(t, "the trace", roots["below d"].Trace, roots["d"].Trace)
		equal(t, "the parent", roots["below d"].Parent, roots["d"].ID)
	})
}

// TestCarryEnds has the carried span end while the work goes on, and work that ends in other ways than by returning.
func TestCarryEnds(t *testing.T) {
	r := record(t)
	w := newWorker()
	_, a := Trace(nil, "a")
	begun, finished := make(chan bool), make(chan bool)
	f := Carry(func() {
		close(begun)
		<-finished
		equal(t, "current", CurrentSpan(nil), nil)
		child("b")
	})
	go func() {
		<-begun
		a.Finish()
		close(finished)
	}()
	w.do(f)
	w.do(func() { equal(t, "the worker", slot.Get(), nil) })
	slot.Put(nil)

	_, c := Trace(nil, "c")
	raise := Carry(func() { Trace(nil, "left open"); panic("p") })
	exit := Carry(func() { Trace(nil, "left open"); runtime.Goexit() })
	c.Finish()
	w.do(func() {
		defer func() {
			equal(t, "panic", recover(), any("p"))
			equal(t, "after the panic", slot.Get(), nil)
		}()
		raise()
	})
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer func() { equal(t, "after Goexit", slot.Get(), nil) }()
		exit()
	}()
	wg.Wait()
	close(w.jobs)
	equal(t, "traces", traceNames(r.traces(t)), "a; b; c")
}

// TestCarryLabels looks at the program's own labels, which are the goroutine's and not the span's.
func TestCarryLabels(t *testing.T) {
	record(t)
	label := func(kv ...string) { pprof.SetGoroutineLabels(pprof.WithLabels(bg, pprof.Labels(kv...))) }
	w := newWorker()
	w.do(func() { label("worker", "1") })
	label("client", "2")
	_, s := Trace(nil, "s")
	f := Carry(func() {
		equal(t, "in the work", goroutineLabels(t), spanLabels(s)+" worker=1")
		equal(t, "span", CurrentSpan(nil), s)
		pprof.SetGoroutineLabels(pprof.WithLabels(labelContext{bg}, pprof.Labels("set", "3")))
	})
	w.do(f)
	w.do(func() { equal(t, "after", goroutineLabels(t), "set=3 worker=1") })
	close(w.jobs)
	s.Finish()
}

// TestCarryOff changes nothing: no tracing, nothing to call.
func TestCarryOff(t *testing.T) {
	record(t)
	if Carry(nil) != nil {
		t.Error("a function came of nil")
	}
	record(t, "DD_TRACE_ENABLED=false")
	calls := 0
	f := func() { calls++ }
	equal(t, "allocations", testing.AllocsPerRun(10, func() { Carry(f)(); Hold().Run(f); Detach().Leave() }), 0)
	equal(t, "calls", calls, 22)
}

// TestDetach starts a worker that holds on to no span.
func TestDetach(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		record(t)
		_, s := Trace(nil, "s")
		v := Detach()
		equal(t, "meanwhile", CurrentSpan(nil), nil)
		w := newWorker()
		v.Leave()
		equal(t, "after", CurrentSpan(nil), s)
		w.do(func() { equal(t, "the worker's labels", slot.Get(), nil) })
		w.do(Carry(func() { equal(t, "carried", CurrentSpan(nil), s) }))
		close(w.jobs)
		s.Finish()
	})
}

// TestCarryReleases looks whether a span can go once its work is done.
func TestCarryReleases(t *testing.T) {
	record(t)
	w := newWorker()
	gone := make(chan bool, 1)
	func() {
		_, s := Trace(nil, "s")
		big := &struct{ b [1 << 16]byte }{}
		runtime.SetFinalizer(big, func(any) { gone <- true })
		s.OnFinish(func(*Span) { _ = big })
		f := Carry(func() { child("c") })
		s.Finish()
		w.do(f)
	}()
	Flush(bg)
	for i := 0; ; i++ {
		runtime.GC()
		select {
		case <-gone:
			close(w.jobs)
			return
		default:
		}
		if i == 20 {
			t.Fatal("something holds on to the span")
		}
		runtime.Gosched()
	}
}

// TestCarryAtOnce has many goroutines share few workers; run it with -race.
func TestCarryAtOnce(t *testing.T) {
	r := record(t)
	jobs := make(chan func())
	var workers, clients sync.WaitGroup
	for i := 0; i < 3; i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for f := range jobs {
				f()
			}
		}()
	}
	for i := 0; i < 8; i++ {
		clients.Add(1)
		go func(i int) {
			defer clients.Done()
			for j := 0; j < 25; j++ {
				name := fmt.Sprint("r", i)
				_, s := Trace(nil, name)
				var wg sync.WaitGroup
				for k := 0; k < 2; k++ {
					wg.Add(1)
					jobs <- Carry(func() { defer wg.Done(); child(name) })
				}
				if j%2 == 0 {
					wg.Wait()
				}
				s.Finish()
				wg.Wait()
			}
		}(i)
	}
	clients.Wait()
	close(jobs)
	workers.Wait()
	byID, spans := map[uint64]recorded{}, 0
	for _, chunk := range r.traces(t) {
		for _, s := range chunk {
			byID[s.ID] = s
			spans++
		}
	}
	equal(t, "spans", spans, 8*25*3)
	for _, s := range byID {
		if p := byID[s.Parent]; s.Parent != 0 && p.Name != s.Name {
			t.Fatalf("%s is a child of %q", s.Name, p.Name)
		}
	}
	roots := 0
	for _, s := range byID {
		if s.Parent == 0 {
			roots++
		}
	}
	equal(t, "roots", roots, 8*25)
}

func BenchmarkCarry(b *testing.B) {
	record(b)
	_, s := Trace(nil, "s")
	defer s.Finish()
	b.ReportAllocs()
	f := func() {}
	for i := 0; i < b.N; i++ {
		Carry(f)()
	}
}
