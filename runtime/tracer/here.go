//go:build go1.21

package tracer

import "context"

// Here holds what generated code calls for //dd:tag: tags of the span that is active there. Where none is, nothing is
// evaluated.
type Here struct{}

// Set sets a constant tag of the goroutine's active span.
func (Here) Set(key, value string) {
	if disabled.Load() == 0 {
		CurrentSpan(nil).SetTag(key, value)
	}
}

// SetFrom sets a constant tag of the active span, which may be that of a context.
func (Here) SetFrom(ctx context.Context, key, value string) {
	if disabled.Load() == 0 {
		CurrentSpan(ctx).SetTag(key, value)
	}
}

// Tag sets a tag of the goroutine's active span to what value returns now, as Call.Tag does.
func (Here) Tag(key string, value func() any) {
	if disabled.Load() == 0 {
		(*Call)(CurrentSpan(nil)).Tag(key, value)
	}
}

// TagFrom is Tag for the active span, which may be that of a context.
func (Here) TagFrom(ctx context.Context, key string, value func() any) {
	if disabled.Load() == 0 {
		(*Call)(CurrentSpan(ctx)).Tag(key, value)
	}
}
