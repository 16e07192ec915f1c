//go:build go1.21

package tracer

// This file is for integrations. What it records stays below what the program itself says of a span's failure.

// Fail marks the span as failed for a reason that is no error of Go's, as a status is, and has no stack. Where the span
// has failed already, that stays.
func (s *Span) Fail(typ, message string) { s.failOnce(failure{typ: typ, msg: clip(message)}) }

// FailBy is Fail for an error that comes from elsewhere: where it is recorded says nothing.
func (s *Span) FailBy(err error) {
	if s == nil || err == nil || s.finished.Load() {
		return
	}
	defer s.mute().end()
	s.failOnce(errorFailure(err, nil))
}

// Failed tells whether the span has failed so far.
func (s *Span) Failed() (yes bool) {
	s.edit(func(s *Span) { yes = s.failed })
	return yes
}

func (s *Span) failOnce(f failure) {
	s.edit(func(s *Span) {
		if s.failed {
			return
		}
		s.failed = true
		more := s.extras()
		more.own = f
		more.failure = &more.own
	})
}
