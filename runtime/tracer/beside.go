//go:build go1.21

package tracer

import (
	"context"
	"strconv"
	"strings"

	"github.com/ddinstrument/ddinstrument/runtime/internal/propagation"
)

// Propagate is Inject for integrations, which nobody has asked to write into a request or message: what another tracer of
// this process has put there, in a style of propagation, stays as it is. What is there because somebody sends on what he
// was sent is replaced, or the span between would be lost.
func Propagate(ctx context.Context, c Carrier) {
	if c == nil {
		return
	}
	traceparent, datadog := c.Get("traceparent"), c.Get("x-datadog-parent-id")
	if traceparent == "" && datadog == "" {
		Inject(ctx, c)
		return
	}
	var came *propagation.Context
	if s := CurrentSpan(ctx); s != nil && s.trace.remote != nil {
		came = s.trace.remote.came
	}
	b := &beside{Carrier: c}
	if parts := strings.Split(traceparent, "-"); len(parts) >= 4 {
		id, err := strconv.ParseUint(parts[2], 16, 64)
		b.w3c = err == nil && !brought(came, id)
	}
	if id, err := strconv.ParseUint(datadog, 10, 64); err == nil {
		b.datadog = !brought(came, id)
	}
	Inject(ctx, b)
}

// brought tells whether the id of a span is one that a trace has come with.
func brought(came *propagation.Context, id uint64) bool {
	if came == nil {
		return false
	}
	for i := range came.Links {
		if came.Links[i].Span == id {
			return true
		}
	}
	return id == came.Span || id == came.Reported
}

// beside is a carrier some of whose styles are another tracer's.
type beside struct {
	Carrier
	w3c, datadog bool
}

func (b *beside) Set(key, value string) {
	if b.w3c && (key == "traceparent" || key == "tracestate") || b.datadog && strings.HasPrefix(key, "x-datadog-") {
		return
	}
	b.Carrier.Set(key, value)
}
