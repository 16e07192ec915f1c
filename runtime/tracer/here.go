//go:build go1.21

package tracer

import (
	"context"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// Here holds what generated code calls for //dd:tag: tags of the span that is active there. Where none is, nothing is
// evaluated.
type Here struct{}

// Set sets a constant tag of the goroutine's active span.
func (Here) Set(key, value string) { setHere(nil, key, value) }

// SetFrom sets a constant tag of the active span, which may be that of a context.
func (Here) SetFrom(ctx context.Context, key, value string) { setHere(ctx, key, value) }

// Tag sets a tag of the goroutine's active span to what value returns now, as Call.Tag does.
func (Here) Tag(key string, value func() any) { (*Call)(here(nil)).Tag(key, value) }

// TagFrom is Tag for the active span, which may be that of a context.
func (Here) TagFrom(ctx context.Context, key string, value func() any) {
	(*Call)(here(ctx)).Tag(key, value)
}

func setHere(ctx context.Context, key, value string) {
	if s := here(ctx); s != nil { // without a span, value need not become an interface, which is an allocation
		s.SetTag(key, value)
	}
}

// here is the span to tag. Code that itself runs for the sake of a tag has none.
func here(ctx context.Context) *Span {
	if disabled.Load() != 0 {
		return nil
	}
	g := slot.G()
	if cur, _ := onGoroutine(slot.Get(), g); cur != nil && cur.mutes(g) {
		return nil
	}
	return CurrentSpan(ctx)
}
