//go:build go1.21

package tracer

import (
	"sync"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// mute is called before code of the program's that only runs because it is traced: an error's Error, a value's String,
// the expression of a tag. Until end is called, no span starts on this goroutine while the one stays active that is now,
// usually s: such calls are none of the program's own, and a traced Error that has itself for a tag would never end.
//
// It counts, and only on this goroutine: a span may be active on several at a time.
func (s *Span) mute() muted {
	g := slot.G()
	if cur, _ := onGoroutine(slot.Get(), g); cur != nil {
		s = cur
	}
	if s.g == g {
		s.muted.Add(1)
		return muted{s, 1}
	}
	if _, already := visitors.LoadOrStore(visitor{s, g}, true); already {
		return muted{s, 0}
	}
	s.muted.Add(oneVisitor)
	return muted{s, oneVisitor}
}

// muted is a span that mute has muted, and what that has added to its counter.
type muted struct {
	*Span
	added int32
}

func (m muted) end() {
	m.muted.Add(-m.added)
	if m.added == oneVisitor {
		visitors.Delete(visitor{m.Span, slot.G()})
	}
}

// oneVisitor is for a goroutine that is none of the span's own. What is below counts for that one.
const oneVisitor = 1 << 16

// visitors are the goroutines for which spans are muted besides their own.
var visitors sync.Map

type visitor struct {
	s *Span
	g uintptr
}

// mutes tells whether a span that starts now, on goroutine g where s is active, is none.
func (s *Span) mutes(g uintptr) bool {
	m := s.muted.Load()
	if m == 0 || s.g == g {
		return m%oneVisitor != 0
	}
	_, yes := visitors.Load(visitor{s, g})
	return yes
}
