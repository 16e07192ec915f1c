//go:build go1.21

// Package tracetest records, in a test, the spans that the program would send.
//
//	func TestPrice(t *testing.T) {
//		rec := tracetest.Start(t)
//		Price(context.Background(), Order{Kind: "blt"})
//		if got, want := rec.Tree(), "shop.price resource=blt\n"; got != want {
//			t.Errorf("got\n%swant\n%s", got, want)
//		}
//	}
//
// What is recorded is read back from the very bytes that the agent would get: sampling, filters and the environment have
// had their effect. DD_TRACE_ENABLED=false has none: a test that asks for spans gets them.
//
// # Which spans
//
// A recorder takes the traces that begin on the goroutine that has called Start and on those that are started from
// there, directly or not: those of a server that the test starts, and those of subtests. So tests that run in parallel
// each see their own. A subtest with a recorder of its own has its traces there, and its parent does not see them. Where
// nothing tells whose a trace is (a goroutine of a pool that has been there before), it goes to the only recorder, or the
// innermost of those that stand one in another; while there are several others, nobody gets it. Spans go where the root
// of their trace goes, wherever they start.
//
// Start calls first of all: a span that is active before is not the parent of those that are recorded, and does not hear of
// them. At the test's end tracing is as it was before, and what finishes later is dropped.
package tracetest

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// TB is what of testing.TB is needed: a *testing.T, *testing.B or *testing.F is one.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// MaxSpans is how many spans a Recorder keeps, so that a benchmark does not eat all memory. Further ones are counted, and
// Tree says so.
const MaxSpans = 100000

// Recorder has the spans of a test. All methods may be called at any time from any goroutine, but for those that fail the
// test: these are for the test's own.
type Recorder struct {
	t    TB
	tape *tracer.Recording

	mu    sync.Mutex
	spans map[spanID]*Span
	more  int // that were not kept
	fault error
}

// spanID is what a span is known by.
type spanID struct{ trace, span uint64 }

// Start begins to record, until the test ends.
func Start(t TB) *Recorder {
	t.Helper()
	r := &Recorder{t: t, spans: map[spanID]*Span{}}
	r.tape = tracer.Record(r.take)
	t.Cleanup(r.tape.End)
	return r
}

// take is handed what the agent would get.
func (r *Recorder) take(chunk []byte, order []uint64) {
	spans, err := decode(chunk, order)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.fault = err
	}
	for _, s := range spans {
		id := spanID{s.TraceID, s.ID}
		if _, again := r.spans[id]; !again && len(r.spans) >= MaxSpans {
			r.more++
			continue
		}
		r.spans[id] = s // one that comes again was sent while it was open
	}
}

// Spans returns the spans that have finished so far, in the order in which they started. It waits for nothing; of a trace
// that is not complete it takes what there is.
func (r *Recorder) Spans() []*Span {
	r.tape.Collect()
	r.mu.Lock()
	defer r.mu.Unlock()
	return link(r.spans)
}

// Find returns the one span of this name. It fails the test if there is none, or another one.
func (r *Recorder) Find(name string) *Span {
	r.t.Helper()
	list := r.FindAll(name)
	if len(list) != 1 {
		r.t.Fatalf("tracetest: %d spans are named %s, not one, among\n%s", len(list), name, r.describe())
		return nil
	}
	return list[0]
}

// FindAll returns the spans of this name, in the order in which they started.
func (r *Recorder) FindAll(name string) []*Span {
	return r.Where(func(s *Span) bool { return s.Name == name })
}

// FindTag returns the spans that have a tag of this value, printed as Span.Tag does.
func (r *Recorder) FindTag(key, value string) []*Span {
	return r.Where(func(s *Span) bool { return s.HasTag(key) && s.Tag(key) == value })
}

// Where returns the spans of which fits says true.
func (r *Recorder) Where(fits func(*Span) bool) (list []*Span) {
	for _, s := range r.Spans() {
		if fits(s) {
			list = append(list, s)
		}
	}
	return list
}

// Roots returns the spans whose parents are not recorded: those without one, those whose parent is in another process or
// has not finished.
func (r *Recorder) Roots() []*Span {
	return r.Where(func(s *Span) bool { return s.parent == nil })
}

// waiting is how long Wait waits at most.
const waiting = 10 * time.Second

// Wait returns the spans as soon as there are n: for spans that other goroutines finish, as a server does after the client
// has its answer. It fails the test if they don't come within 10 s.
func (r *Recorder) Wait(n int) []*Span {
	r.t.Helper()
	pause := 50 * time.Microsecond
	for end := time.Now().Add(waiting); ; time.Sleep(pause) {
		list := r.Spans()
		if len(list) >= n {
			return list
		}
		if time.Now().After(end) {
			r.t.Fatalf("tracetest: %d spans have finished after %v, not %d:\n%s", len(list), waiting, n, r.describe())
			return list
		}
		if pause < 10*time.Millisecond {
			pause *= 2
		}
	}
}

// Reset forgets what has been recorded so far.
func (r *Recorder) Reset() {
	r.tape.Collect()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spans, r.more = map[spanID]*Span{}, 0
}

// describe is Tree and, where that does not explain everything, what does.
func (r *Recorder) describe() string {
	tree := r.Tree()
	if open := r.tape.Open(); len(open) > 0 {
		tree += "not finished: " + strings.Join(open, ", ") + "\n"
	}
	if tree == "" {
		return "(no spans: has the test been built by ddinstrument test?)\n"
	}
	return tree
}

// note says what is wrong with the record itself; it stands below a tree.
func (r *Recorder) note() (text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.more > 0 {
		text = fmt.Sprintf("(%d more spans, which were not kept)\n", r.more)
	}
	if r.fault != nil {
		text += fmt.Sprintf("(a trace could not be read: %v)\n", r.fault)
	}
	return text
}
