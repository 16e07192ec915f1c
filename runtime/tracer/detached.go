//go:build go1.21

package tracer

import (
	"context"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// This file is for integrations of libraries whose spans do not begin and end with one function: a stream, a message on
// its way, a message that is worked on until the next one is asked for.

// Start starts a span as Enter does, but it is active in the returned context only and not on the goroutine, and whoever
// has begun it ends it by Finish, on any goroutine. The returned context carries it also if ctx is nil.
func (s *Site) Start(ctx context.Context) (context.Context, *Span) {
	if disabled.Load() != 0 {
		return ctx, nil
	}
	set := running(s.Name)
	if set == nil {
		return ctx, nil
	}
	g := slot.G()
	cur, from := onGoroutine(slot.Get(), g)
	if cur != nil && cur.mutes(g) {
		return ctx, nil
	}
	from = parentOf(set, s, fromContext(ctx), cur, from)
	if ctx == nil {
		ctx = background
	}
	span := open(set, s, from, ctx, flagDetached)
	span.node.Prepare(&span.trace.root.node, span.id, nil)
	return (*spanContext)(span), span
}

// Activate makes a span that Start has begun the active one of the calling goroutine, until it finishes or Deactivate is
// called there. A span is active on one goroutine at most: on a second one Activate does nothing, nor does it for any
// other span.
func (s *Span) Activate() {
	if s == nil {
		return
	}
	g := slot.G()
	s.edit(func(s *Span) {
		at := slot.Get()
		if !s.has(flagDetached) || s.g != 0 && s.g != g {
			return
		}
		cur, _ := onGoroutine(at, g)
		for u := cur; u != nil; u = u.under.Load() {
			if u == s { // it is active already, with others on top
				return
			}
		}
		s.g = g
		s.link = settle(at, g)
		s.under.Store(cur)
		s.setFlags(flagActive)
		slot.Put(slot.Replace(s.link, &s.node))
	})
}

// Deactivate gives the goroutine back what was active before Activate.
func (s *Span) Deactivate() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch at := slot.Get(); {
	case slot.Find(at) != &s.node:
	case s.finished.Load():
		slot.Put(settle(at, slot.G()))
	default:
		s.leave()
	}
}

// Carried returns the span that ctx itself carries, finished or not, whatever is active on the goroutine; nil if there is
// none, or if it is one of another process.
func Carried(ctx context.Context) *Span {
	if s := fromContext(ctx); s != nil && !s.has(flagRemote) {
		return s
	}
	return nil
}

// On reports whether spans are started at all: where they are not, what an integration would do for them is left out.
func On() bool { return disabled.Load() == 0 }

// Of reports whether s is a span of a site. A nil span is none.
func (s *Span) Of(site *Site) bool { return s != nil && s.site == site }
