//go:build go1.21

package tracer

import (
	"context"
	"strconv"
	"strings"
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
	s, b := CurrentSpan(ctx), &beside{Carrier: c}
	if parts := strings.Split(traceparent, "-"); len(parts) >= 4 && len(parts[1]) == 32 {
		trace, wrong := strconv.ParseUint(parts[1][16:], 16, 64)
		id, err := strconv.ParseUint(parts[2], 16, 64)
		b.w3c = wrong == nil && err == nil && !s.knows(trace, id)
	}
	if id, err := strconv.ParseUint(datadog, 10, 64); err == nil {
		trace, _ := strconv.ParseUint(c.Get("x-datadog-trace-id"), 10, 64)
		b.datadog = !s.knows(trace, id)
	}
	Inject(ctx, b)
}

// knows tells whether the ids of a span are of this trace, or what it has come with.
func (s *Span) knows(trace, id uint64) bool {
	if s == nil {
		return false
	}
	if trace == s.trace.low {
		return true
	}
	if s.trace.remote == nil {
		return false
	}
	came := s.trace.remote.came
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

// Onto is a carrier that is added to something: what is there already, by key in lower case, and where new pairs go.
type Onto struct {
	There func(key string) string
	Add   func(key, value string)
}

// Get returns what is there already.
func (o Onto) Get(key string) string { return o.There(key) }

// Set adds a pair.
func (o Onto) Set(key, value string) { o.Add(key, value) }
