//go:build go1.21

package tracer

import (
	"unsafe"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// This file takes the active span to work that another goroutine does later, as pools of goroutines have it. A go
// statement needs none of this.

// Carry returns a function that calls f with the span that is active now as the goroutine's active span, whichever
// goroutine calls it and whenever: f's spans are children of it, by its ids also once it has finished. Where none is
// active now, f sees none, whatever the goroutine has kept from before. Afterwards the goroutine has again what it had.
func Carry(f func()) func() {
	if f == nil || disabled.Load() != 0 {
		return f
	}
	h := Hold()
	return func() { h.Run(f) }
}

// Held is what is active on a goroutine at one moment. The zero one changes nothing.
type Held struct {
	span *Span // nil: nothing is active
	on   bool
}

// Hold returns what is active on the calling goroutine.
func Hold() Held {
	if !started() {
		return Held{}
	}
	_, from := onGoroutine(slot.Get(), slot.G())
	return Held{from, true}
}

// started starts the tracer if need be, and tells whether there are to be spans.
func started() bool {
	if disabled.Load() != 0 {
		return false
	}
	return current.Load() != nil || !startFromEnvironment().off
}

// Run calls f with what h holds.
func (h Held) Run(f func()) {
	defer h.Enter().Leave()
	f()
}

// Detach makes nothing active on the goroutine until Leave of the result is called there, so that a goroutine which is
// started meanwhile, and stays, holds on to no span.
func Detach() Visit {
	if !started() {
		return Visit{}
	}
	return Held{on: true}.Enter()
}

// Visit is a time that a goroutine spends with the active span of another one.
type Visit struct {
	before unsafe.Pointer // the goroutine's label set
	on     bool
}

// Enter makes what h holds active on the goroutine, until Leave of the result is called there. The goroutine's labels of
// the program's own stay.
func (h Held) Enter() Visit {
	if !h.on {
		return Visit{}
	}
	before := slot.Get()
	if n := h.node(before); slot.Find(before) != n {
		slot.Put(slot.Replace(before, n))
	}
	return Visit{before, true}
}

// node is what the goroutine's label set is to lead to in place of before.
func (h Held) node(before unsafe.Pointer) *slot.Node {
	switch s := h.span; {
	case s == nil:
		return nil
	case s.g != slot.G() && !s.has(flagRemote) || slot.Find(before) == &s.node && !s.finished.Load():
		return &s.node
	default:
		return &s.standIn(before).node
	}
}

// standIn returns a span that has finished on no goroutine and leads to s, as a goroutine sees one that it has inherited.
// The goroutine of s itself would take s, once it has finished, for one that nobody needs any more; and a span of another
// process has no labels.
func (s *Span) standIn(before unsafe.Pointer) *Span {
	w := &Span{trace: s.trace, site: s.site, set: s.set, id: s.id, parentID: s.parentID, g: ^uintptr(0), flags: flagRemote}
	if !s.has(flagRemote) {
		w.flags = 0
		w.parent.Store(s)
	}
	w.service.Store(s.service.Load())
	w.finished.Store(true)
	w.node.Prepare(&s.trace.root.node, s.id, before)
	return w
}

// Leave gives the goroutine back the span that it had, and leaves it the labels that the program has set meanwhile.
func (v Visit) Leave() {
	if !v.on {
		return
	}
	at, before := slot.Get(), settle(v.before, slot.G())
	if at != before {
		slot.Put(carry(at, before))
	}
}
