//go:build go1.21

// Package consume keeps the spans of messages that a program has been handed and works on until it asks for the next
// ones: how long that takes is told by nothing else.
package consume

import (
	"sync"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// limit is how many spans of one consumer are open at most. More come together where goroutines ask once and end, which
// nobody is told.
const limit = 1000

// Spans are the open ones of one consumer. The zero value is ready.
type Spans struct {
	mu   sync.Mutex
	open []*tracer.Span
}

// Add keeps a span until it ends. Of too many the oldest one ends now.
func (c *Spans) Add(s *tracer.Span) {
	if s == nil {
		return
	}
	var oldest *tracer.Span
	c.mu.Lock()
	if len(c.open) >= limit {
		oldest = c.open[0]
		c.open = append(c.open[:0], c.open[1:]...)
	}
	c.open = append(c.open, s)
	c.mu.Unlock()
	oldest.Finish()
}

// AddAll keeps the spans of a batch. Whoever hands out the next one ends them by End, so there are no more than in a batch.
func (c *Spans) AddAll(list []*tracer.Span) {
	c.mu.Lock()
	c.open = append(c.open, list...)
	c.mu.Unlock()
}

// Next ends the span of what the calling goroutine has been handed last: it asks for the next message.
func (c *Spans) Next() {
	c.mu.Lock()
	if len(c.open) == 0 {
		c.mu.Unlock()
		return
	}
	var ended *tracer.Span
	if at := tracer.CurrentSpan(nil); at != nil {
		for i, s := range c.open {
			if s == at {
				c.open = append(c.open[:i], c.open[i+1:]...)
				ended = at
				break
			}
		}
	}
	c.mu.Unlock()
	ended.Finish()
}

// End ends all of them.
func (c *Spans) End() {
	c.mu.Lock()
	all := c.open
	c.open = nil
	c.mu.Unlock()
	for _, s := range all {
		s.Finish()
	}
}
