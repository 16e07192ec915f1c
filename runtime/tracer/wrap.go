//go:build go1.21

package tracer

import (
	"context"
	"sync"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// Wrapped is what the directive says of a call that is about to be traced.
type Wrapped struct {
	Name     string
	Service  string // "": the parent's
	Resource string // "": the name
	Type     string
}

// SetWrap installs a hook that is asked, from now on, wherever generated code starts a span. It starts one itself, by
// Trace, and returns that with its context; the span is then that of the call: the directive's tags go there, and it ends
// when the call does. With a nil span the call has none.
//
//	tracer.SetWrap(func(ctx context.Context, w tracer.Wrapped) (context.Context, *tracer.Span) {
//		return tracer.Trace(ctx, "wrap."+w.Name, tracer.Service(w.Service))
//	})
//
// Where the traced code has no context, ctx is an empty one. A hook that panics has no effect, and traced functions that
// it calls have their usual spans. SetWrap(nil) takes the hook away, and so does Stop.
func SetWrap(hook func(ctx context.Context, w Wrapped) (context.Context, *Span)) {
	change(func(set *settings) {
		set.wrap = nil
		if hook != nil {
			set.wrap = &wrapHook{hook: hook}
		}
	})
}

type wrapHook struct {
	hook   func(context.Context, Wrapped) (context.Context, *Span)
	asking sync.Map // the goroutines (slot.G) that are in it. Where they can't be told apart, there is one at a time
}

// ask returns what enter does, with the hook's span. It is not ok where the hook is not to be asked or fails.
func (h *wrapHook) ask(site *Site, ctx context.Context, flags uint32) (out context.Context, c *Call, ok bool) {
	g, labels := slot.G(), slot.Get()
	cur, _ := onGoroutine(labels, g)
	if cur != nil && cur.mutes(g) {
		return nil, nil, false
	}
	if _, again := h.asking.LoadOrStore(g, true); again {
		return nil, nil, false
	}
	defer h.asking.Delete(g)
	in := ctx
	if in == nil {
		in = background
	}
	var span *Span
	protect("SetWrap", func() {
		out, span = h.hook(in, Wrapped{Name: site.Name, Service: site.Service, Resource: site.Resource, Type: site.Type})
		ok = true
	})
	if !ok {
		for s := spanAt(slot.Get()); s != nil && s != cur; s = openUnder(s) {
			s.finish() // nobody else would
		}
		slot.Put(labels)
		return nil, nil, false
	}
	if ctx == nil {
		out = nil // who was handed nil sees nil
	} else if out == nil {
		out = ctx
	}
	if span != nil {
		if fromContext(out) != span {
			flags |= flagNoCtx
		}
		span.setFlags(flags)
	}
	return out, (*Call)(span), true
}
