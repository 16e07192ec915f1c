//go:build go1.21

package tracer

import "context"

// This file is for integrations of libraries that say only afterwards what they have done.

// Now is a moment, for EnterSince. It means something in this process only, and is never 0.
func Now() int64 { return now() | 1 }

// EnterSince starts a span as EnterFrom does, of work that has been going on since a moment that Now has returned.
func (s *Site) EnterSince(ctx context.Context, since int64) *Call {
	c := s.EnterFrom(ctx)
	if c != nil && since < c.dur { // which is when it started, on Now's clock
		c.start, c.dur = c.start-(c.dur-since), since
	}
	return c
}

// Site returns where a span was started, nil for no span. It must not be changed. So an integration knows its own spans, and
// those of another one that it goes together with.
func (s *Span) Site() *Site {
	if s == nil {
		return nil
	}
	return s.site
}
