//go:build go1.21

package tracer

import "github.com/ddinstrument/ddinstrument/runtime/internal/slot"

// mute is called before code of the program's that only runs because it is traced: an error's Error, a value's String,
// the expression of a tag. Until the function that it returns is called, no span starts on this goroutine while s is its
// active span: such calls are none of the program's own, and a traced Error that has itself for a tag would never end.
//
// It counts, and only on the span's own goroutine: several goroutines may set tags of one span at a time.
func (s *Span) mute() (unmute func(*Span)) {
	if s.g != slot.G() {
		return (*Span).stayLoud
	}
	s.muted.Add(1)
	return (*Span).unmute
}

func (s *Span) unmute() { s.muted.Add(-1) }

func (s *Span) stayLoud() {}

// mutes tells whether a span that starts now, on goroutine g where s is active, is none.
func (s *Span) mutes(g uintptr) bool { return s.muted.Load() != 0 && s.g == g }
