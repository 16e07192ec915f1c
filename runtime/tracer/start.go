//go:build go1.21

package tracer

import (
	"context"
	"hash/maphash"
	"sync/atomic"
	"unsafe"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// rootSpan is a local root and its trace in one allocation.
type rootSpan struct {
	span  Span
	trace trace
}

// begin starts a span that becomes active on the goroutine. It returns nil where spans are muted.
func begin(set *settings, site *Site, ctx context.Context, flags uint32) *Span {
	g, p := slot.G(), slot.Get()
	cur, from := onGoroutine(p, g)
	if cur != nil && cur.mutes(g) {
		return nil
	}
	s := open(set, site, parentOf(set, site, fromContext(ctx), cur, from), ctx, flags|flagActive)
	s.g = g
	s.activate(cur)
	return s
}

// parentOf chooses the parent of a span that starts, nil for none. It is the span in the context, c, unless the goroutine's
// active span descends from that one through spans that were started without handing on a context; then it is that. cur
// and from are what onGoroutine says.
func parentOf(set *settings, site *Site, c, cur, from *Span) *Span {
	switch {
	case site.Root:
		from = nil
	case site.Entry:
		from = entersFrom(c)
	case c == nil:
	case cur != nil && below(cur, c):
		from = cur
	default:
		from = c
	}
	if from == nil {
		from = set.launcher(site)
	}
	return from
}

// entersFrom returns the parent of a span that serves a request or takes a message, of which c is what its context
// carries: the remote span that has sent it, else none. What happens to be active where a server's goroutine was started
// has nothing to do with it.
func entersFrom(c *Span) *Span {
	serves()
	if c != nil && c.has(flagRemote) {
		return c
	}
	return nil
}

// open makes a span, a child of from, or the root of a new trace if that is nil.
func open(set *settings, site *Site, from *Span, ctx context.Context, flags uint32) *Span {
	mono := now()
	start := wall(mono)
	var s *Span
	if from == nil || from.has(flagRemote) {
		r := new(rootSpan)
		s = &r.span
		s.trace = &r.trace
		s.trace.init(s, set, start)
		if from != nil {
			s.trace.continues(from)
			s.parentID = from.id
			s.arrive(set, from.trace.remote)
		}
		flags |= flagRoot
		first(&s.service, set.service)
	} else {
		s = new(Span)
		s.trace = from.trace
		s.parentID = from.id
		s.above = from.service.Load()
		first(&s.service, s.above)
		if from.finished.Load() {
			from = openAncestor(from)
		}
		first(&s.parent, from)
	}
	if site.Service != "" {
		first(&s.service, set.siteService(site))
	}
	s.set, s.site, s.ctx = set, site, ctx
	s.flags = flags
	s.id = newID()
	s.seq = s.trace.begin()
	s.start, s.dur = start, mono
	if set.watched != nil {
		set.watched.began(s)
	}
	return s
}

// activate makes s the active span of the goroutine, on top of cur.
func (s *Span) activate(cur *Span) {
	s.link = settle(slot.Get(), s.g)
	first(&s.under, cur)
	s.node.Prepare(&s.trace.root.node, s.id, s.link)
	slot.Put(s.node.Pointer())
}

// What first assumes of atomic.Pointer; where it is anything else, this does not compile.
const _ = -(unsafe.Sizeof(atomic.Pointer[Span]{}) ^ unsafe.Sizeof(uintptr(0)))

// first sets a pointer that nobody else can see yet, which needs no barrier between processors.
func first[T any](p *atomic.Pointer[T], v *T) {
	*(**T)(unsafe.Pointer(p)) = v
}

// newID returns 63 random bits, not zero. They come from the Go runtime's own source, for each thread its own; the
// global source of math/rand is the program's, which may have seeded it and count on its sequence.
func newID() uint64 {
	for {
		if id := random() >> 1; id != 0 {
			return id
		}
	}
}

func random() uint64 { return maphash.String(maphash.MakeSeed(), "") }
