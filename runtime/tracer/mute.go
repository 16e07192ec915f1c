//go:build go1.21

package tracer

import "github.com/ddinstrument/ddinstrument/runtime/internal/slot"

// mute is called before code of the program's that only runs because it is traced: an error's Error, a value's String, the
// expression of a tag. Until unmute, no span starts on this goroutine while s is active: such calls are none of the
// program's own, and a traced Error that has itself for a tag would never end. It returns what unmute is to be given.
func (s *Span) mute() (before uintptr) {
	before = s.muted.Load()
	s.muted.Store(muter())
	return before
}

func (s *Span) unmute(before uintptr) { s.muted.Store(before) }

// mutes tells whether a span that starts now, on goroutine g where s is active, is none.
func (s *Span) mutes(g uintptr) bool {
	m := s.muted.Load()
	return m != 0 && (m == g || g == 0)
}

// muter is the goroutine that mutes, or anything but 0 where goroutines can't be told apart.
func muter() uintptr {
	if g := slot.G(); g != 0 {
		return g
	}
	return 1
}
