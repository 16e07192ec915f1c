//go:build go1.21

package tracer

import (
	"context"
	"time"
	"unsafe"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// spanContext is a span seen as the context that it hands on: its values and its end are those of the
// context that the span was started in. It stays in use after the span has finished.
type spanContext Span

// spanKey is how a context is asked for its span.
type spanKey struct{}

// Deadline, Done and Err are the parent context's, so that context.WithCancel on top needs no goroutine.
func (c *spanContext) Deadline() (time.Time, bool) { return c.ctx.Deadline() }
func (c *spanContext) Done() <-chan struct{}       { return c.ctx.Done() }
func (c *spanContext) Err() error                  { return c.ctx.Err() }

// Value knows the span itself and the labels for runtime/pprof; all else is the parent context's.
func (c *spanContext) Value(key any) any {
	if _, ok := key.(spanKey); ok {
		return (*Span)(c)
	}
	if slot.IsContextKey(key) {
		return c.node.InContext(c.ctx.Value(key))
	}
	return c.ctx.Value(key)
}

// String prints as the parent context does: contexts are printed by logs and tests.
func (c *spanContext) String() string {
	if s, ok := c.ctx.(interface{ String() string }); ok {
		return s.String()
	}
	return "context"
}

var (
	background = context.Background()
	todo       = context.TODO()
)

// fromContext returns the span in ctx, finished or not; nil if there is none.
func fromContext(ctx context.Context) *Span {
	if c, ok := ctx.(*spanContext); ok {
		return (*Span)(c)
	}
	if ctx == nil || ctx == background || ctx == todo {
		return nil
	}
	return lookUp(ctx)
}

// lookUp asks a context of somebody else's type, whose Value may panic (on a nil pointer, for one).
func lookUp(ctx context.Context) (s *Span) {
	defer func() {
		if recover() != nil {
			s = nil
		}
	}()
	s, _ = ctx.Value(spanKey{}).(*Span)
	return s
}

// onGoroutine returns the span that is active on goroutine g, whose label set is p, and the one that a span started
// there continues. They differ only below a span that the goroutine inherited and that has finished: nobody
// sees it again, but what starts is still its child.
func onGoroutine(p unsafe.Pointer, g uintptr) (current, from *Span) {
	n := slot.Find(p)
	if n == nil {
		return nil, nil
	}
	s := spanOf(n)
	switch {
	case !s.finished.Load():
		return s, s
	case s.g == g: // finished by another goroutine, or before its children
		s = openUnder(s)
		return s, s
	}
	return openAncestor(s), s
}

// below tells whether s is c or descends from it through spans that were started without handing on a context. The
// chain of parents passes c over when c had finished before. A message that a consumer works on comes from elsewhere;
// its span stands below what was active on the goroutine that has fetched it.
func below(s, c *Span) bool {
	for s != nil && s != c && (s.has(flagNoCtx) || s.site.Entry) {
		if s.parentID == c.id && (c.id != 0 || c.has(flagRemote) && s.trace.remote == c.trace.remote) {
			return true
		}
		if s.site.Entry {
			s = s.under.Load()
		} else {
			s = s.parent.Load()
		}
	}
	return s == c
}

// CurrentSpan returns the span that is active in ctx or, when ctx is nil or carries none, on the goroutine; nil if
// none is. It never returns a finished span.
func CurrentSpan(ctx context.Context) *Span {
	set := current.Load()
	if set == nil || set.off && inForce().off {
		return nil
	}
	cur, _ := onGoroutine(slot.Get(), slot.G())
	c := fromContext(ctx)
	if c == nil || cur != nil && below(cur, c) {
		return cur
	}
	if c.finished.Load() {
		return openAncestor(c)
	}
	return c
}

// CurrentRootSpan returns the first span of the active span's trace in this process; nil if no span is active. When
// that one has finished before its descendants, it is the topmost of those that have not.
func CurrentRootSpan(ctx context.Context) *Span {
	s := CurrentSpan(ctx)
	if s == nil || !s.trace.root.finished.Load() {
		if s == nil {
			return nil
		}
		return s.trace.root
	}
	for {
		up := openAncestor(s)
		if up == nil {
			return s
		}
		s = up
	}
}

// leave gives the goroutine back the label set that it had before s, if it still has that of s.
func (s *Span) leave() {
	p := slot.Get()
	n := slot.Find(p)
	if n != &s.node {
		return // another goroutine, or a child is still active, or the program has set labels of its own
	}
	before := settle(s.link, slot.G())
	if p != s.node.Pointer() { // labels derived from ours: the program's part of them stays
		before = slot.Replace(p, slot.Find(before))
	}
	slot.Put(before)
}

// settle returns the label set p, or what is right instead when it leads to a span that has finished meanwhile.
func settle(p unsafe.Pointer, g uintptr) unsafe.Pointer {
	n := slot.Find(p)
	if n == nil {
		return p
	}
	s := spanOf(n)
	if !s.finished.Load() || s.g != g {
		return p
	}
	if u := openUnder(s); u != nil {
		return slot.Replace(p, &u.node)
	}
	return slot.Replace(p, nil)
}
