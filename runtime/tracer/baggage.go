//go:build go1.21

package tracer

import (
	"context"

	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/propagation"
)

// maxItem is how many bytes an item of baggage may have: half of what all of them can (8192).
const maxItem = 4096

// SetBaggageItem gives the trace something to carry, to the processes that its requests go to and beyond: all of its spans
// in this process have it, and Inject sends it from now on. Of an empty value it takes the item away.
func (s *Span) SetBaggageItem(key, value string) {
	if s == nil || s.finished.Load() || key == "" {
		return
	}
	if len(key)+len(value) > maxItem {
		diag.Once("baggage size", "an item of baggage (%.40s) has more than %d bytes: it is left out", key, maxItem)
		return
	}
	for t := s.trace; ; {
		old := t.baggage.Load()
		var items []propagation.Pair
		if old != nil {
			items = *old
		}
		items = propagation.SetItem(items, key, value)
		if len(items) > propagation.MaxBaggage {
			diag.Once("baggage", "a trace has more than %d items of baggage: further ones are left out", propagation.MaxBaggage)
			return
		}
		if t.baggage.CompareAndSwap(old, &items) {
			return
		}
	}
}

// BaggageItem returns what the trace carries under a key, "" if there is nothing.
func (s *Span) BaggageItem(key string) string {
	if s == nil {
		return ""
	}
	for _, item := range s.trace.items() {
		if item.Key == key {
			return item.Value
		}
	}
	return ""
}

// Baggage returns a copy of all that the active span's trace carries or, where no span is active, of what has come from
// another process in ctx.
func Baggage(ctx context.Context) map[string]string {
	s := CurrentSpan(ctx)
	if s == nil {
		if s = fromContext(ctx); s == nil || !s.has(flagRemote) {
			return nil
		}
	}
	items := s.trace.items()
	if len(items) == 0 {
		return nil
	}
	m := make(map[string]string, len(items))
	for _, item := range items {
		m[item.Key] = item.Value
	}
	return m
}

// items is the list that nobody changes: another one takes its place.
func (t *trace) items() []propagation.Pair {
	if list := t.baggage.Load(); list != nil {
		return *list
	}
	return nil
}
