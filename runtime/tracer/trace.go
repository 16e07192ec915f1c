//go:build go1.21

package tracer

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/ddinstrument/ddinstrument/runtime/internal/propagation"
	"github.com/ddinstrument/ddinstrument/runtime/internal/sampling"
)

// trace is what the spans of one local trace share. Nothing in it is locked: counters, and a list that is pushed to.
//
// When no span is open any more, what has finished goes to the agent as one chunk. A goroutine that
// outlives its request may begin further spans then; they make a further chunk of the same trace.
type trace struct {
	root      *Span
	high, low uint64  // the 128 bits of the id; high is 0 where DD_TRACE_128_BIT_TRACEID_GENERATION_ENABLED is off
	remote    *Remote // where the trace comes from, if that is another process

	counts      atomic.Uint64                     // upper half: spans begun so far; lower half: spans open now
	done        atomic.Pointer[Span]              // finished spans that have not been sent, the last one first
	waiting     atomic.Int32                      // their number
	rootVerdict atomic.Int32                      // of the environment's filter; 0: not yet
	decision    atomic.Pointer[sampling.Decision] // nil: none has been needed yet

	baggage atomic.Pointer[[]propagation.Pair] // what it carries; nil: nothing

	listed        atomic.Bool // in unsent, or about to be
	before, after *trace      // there, under its lock
}

func (t *trace) init(root *Span, set *settings, start int64) {
	t.root = root
	t.low = newID()
	if set.WideIDs {
		t.high = uint64(uint32(start/int64(time.Second))) << 32 // as all Datadog tracers do: seconds, then zeros
	}
}

// begin counts a span in and returns its number.
func (t *trace) begin() uint32 { return uint32(t.counts.Add(1<<32|1) >> 32) }

// end counts a span out that has finished just now. The chunk goes when none is open; a trace that has very many finished
// ones sends them ahead.
func (t *trace) end(s *Span, keep bool, now int64) {
	var waiting int32
	if keep {
		for {
			next := t.done.Load()
			s.link = unsafe.Pointer(next)
			if t.done.CompareAndSwap(next, s) {
				break
			}
		}
		waiting = t.waiting.Add(1)
	}
	open := uint32(t.counts.Add(^uint64(0)))
	limit := s.set.ChunkSpans
	switch {
	case open == 0 || limit > 0 && int(waiting) >= limit:
		t.unlist()
		t.send(s.set, nil)
	case keep && !t.listed.Load() && t.listed.CompareAndSwap(false, true):
		t.list(now)
	}
}

// batch is memory that is used again and again while a chunk is made.
type batch struct {
	spans []*Span
	bytes []byte
}

var batches = sync.Pool{New: func() any { return new(batch) }}

// send hands what has finished, and the copies of open spans in more, to the sender.
func (t *trace) send(set *settings, more []*Span) {
	b := batches.Get().(*batch)
	defer b.free()
	b.spans = append(t.take(b.spans[:0]), more...)
	if len(b.spans) == 0 {
		return
	}
	sortSpans(b.spans)
	if set.sifts() && !set.sift(t, b.spans) {
		forgo(b.spans)
		return
	}
	spans, counted := set.account(t, b.spans)
	b.bytes = set.encodeAndPush(t, spans, counted, b.bytes)
}

// sortSpans puts spans in the order in which they started. They come with the one that finished last first, and mostly that
// is the root, which started first; what it has called one after the other is then the wrong way round.
func sortSpans(spans []*Span) {
	before := func(a, b *Span) int { return int(int32(a.seq - b.seq)) } // right also after the counter has wrapped
	if n := len(spans); n > 3 && before(spans[1], spans[2]) > 0 && before(spans[n-2], spans[n-1]) > 0 {
		slices.Reverse(spans[1:])
	}
	slices.SortFunc(spans, before)
}

// forgo lets go of spans that are not sent.
func forgo(spans []*Span) {
	for _, s := range spans {
		if w := s.set.watched; w != nil {
			w.forget(s)
		}
		s.release()
	}
}

// take appends the finished spans to list and forgets them.
func (t *trace) take(list []*Span) []*Span {
	n := len(list)
	for s := t.done.Swap(nil); s != nil; {
		list = append(list, s)
		s, s.link = (*Span)(s.link), nil
	}
	t.waiting.Add(int32(n - len(list)))
	return list
}

// free gives the memory back, unless it is more than what is usual.
func (b *batch) free() {
	if cap(b.bytes) > maxChunk/4 || cap(b.spans) > 1000 {
		return
	}
	for i := range b.spans {
		b.spans[i] = nil
	}
	batches.Put(b)
}
