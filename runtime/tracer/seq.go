//go:build go1.21

package tracer

import (
	"context"
	"sync/atomic"
	"unsafe"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// Seq traces an iterator: each iteration over what it returns is a span. start starts the span and tags set the
// tags of one that has come to its end without a panic. While the body of the loop runs, the span that is active
// where the loop stands is active again. Where tracing is off, Seq returns seq itself.
//
// Inlined, the function that it returns would have a name in the user's package, and stand in the stacks of errors.
//
//go:noinline
func Seq[V any](seq func(yield func(V) bool), start func() *Call, tags ...func(*Call)) func(yield func(V) bool) {
	if seq == nil || disabled.Load() != 0 {
		return seq
	}
	return func(yield func(V) bool) {
		it := iterate(start)
		if it == nil {
			seq(yield)
			return
		}
		defer it.leave()
		defer it.call.ExitNone()
		seq(func(v V) (more bool) {
			out := it.toBody()
			defer it.fromBody(&out)
			more = yield(v)
			out.done = true
			return more
		})
		it.end(tags)
	}
}

// Seq2 is Seq for iterators over pairs.
//
//go:noinline
func Seq2[K, V any](seq func(yield func(K, V) bool), start func() *Call, tags ...func(*Call)) func(yield func(K, V) bool) {
	if seq == nil || disabled.Load() != 0 {
		return seq
	}
	return func(yield func(K, V) bool) {
		it := iterate(start)
		if it == nil {
			seq(yield)
			return
		}
		defer it.leave()
		defer it.call.ExitNone()
		seq(func(k K, v V) (more bool) {
			out := it.toBody()
			defer it.fromBody(&out)
			more = yield(k, v)
			out.done = true
			return more
		})
		it.end(tags)
	}
}

// StartFrom is the start of an iterator's spans where a context is at hand, and no more to do. Nothing of this is a
// function literal in the user's code: Go numbers those, and prints the numbers in stacks.
func (s *Site) StartFrom(ctx context.Context) func() *Call {
	return func() *Call { return s.EnterFrom(ctx) }
}

// StartRequest is StartFrom with the context of a request; r may be a nil pointer.
func (s *Site) StartRequest(r interface{ Context() context.Context }) func() *Call {
	return func() *Call { return s.EnterRequest(r) }
}

// iteration is one run of a traced iterator. The goroutine's label set is the iterator's while that runs, and the
// consumer's while the body of the loop does, but for the program's own labels, which belong to both.
type iteration struct {
	call     *Call
	g        uintptr
	consumer unsafe.Pointer // the consumer's label set, as it left it; atomic, as other goroutines may call yield too
	returned bool           // neither a panic nor runtime.Goexit ends it
}

// iterate starts the span; nil if there is to be none.
func iterate(start func() *Call) *iteration {
	consumer := slot.Get()
	c := start()
	if c == nil {
		return nil
	}
	return &iteration{call: c, g: slot.G(), consumer: consumer}
}

// excursion is one call of yield.
type excursion struct {
	from unsafe.Pointer // the label set of the iterator's code that called it
	done bool           // it has returned
}

// toBody is called before the body of the loop runs.
func (it *iteration) toBody() excursion {
	from := slot.Get()
	slot.Put(carry(from, atomic.LoadPointer(&it.consumer)))
	return excursion{from: from}
}

// fromBody is deferred to be called after the body of the loop.
func (it *iteration) fromBody(out *excursion) {
	left := slot.Get()
	if it.g == slot.G() {
		atomic.StorePointer(&it.consumer, left)
	}
	slot.Put(carry(left, out.from))
	if !out.done {
		handOn(spanAt(left), spanAt(out.from))
	}
}

// end is the part of an iteration's end that a panic leaves out.
func (it *iteration) end(tags []func(*Call)) {
	for _, set := range tags {
		protect("a return tag", func() { set(it.call) })
	}
	it.returned = true
}

// leave makes the consumer's label set the goroutine's again, after the span has ended.
func (it *iteration) leave() {
	at, consumer := slot.Get(), atomic.LoadPointer(&it.consumer)
	if at != consumer {
		slot.Put(settle(carry(at, consumer), it.g))
	}
	if !it.returned {
		handOn(openUnder((*Span)(it.call)), spanAt(consumer))
	}
}

// carry returns the label set to, with the program's own labels as they are in the set from.
func carry(from, to unsafe.Pointer) unsafe.Pointer {
	if slot.Strip(from) == slot.Strip(to) {
		return to
	}
	return slot.Replace(from, slot.Find(to))
}

// spanAt returns the open span that a label set of the calling goroutine leads to.
func spanAt(p unsafe.Pointer) *Span {
	s, _ := onGoroutine(p, slot.G())
	return s
}

// handOn tells one span of the panic that another one has been told of: of two parts of a stack that take turns on one
// goroutine, each knows only its own spans.
func handOn(from, to *Span) {
	if from != nil && to != nil && from != to {
		if f := from.expected(); f != nil {
			to.expect(f)
		}
	}
}
