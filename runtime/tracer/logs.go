//go:build go1.21

package tracer

import (
	"context"
	"strconv"
)

// Correlation is what a line of a log says so that Datadog shows it with its span: the values of dd.trace_id, dd.span_id,
// dd.service, dd.env and dd.version.
type Correlation struct{ TraceID, SpanID, Service, Env, Version string }

// LogCorrelation returns the ids of the span that is active in ctx, which may be nil, or on the goroutine; or of what has
// come from another process in ctx. They are "0" where nothing is active. Service, env and version are the program's. It is
// wanted unless DD_LOGS_INJECTION says no. Package ddslog puts it into logs.
func LogCorrelation(ctx context.Context) (c Correlation, wanted bool) {
	set := current.Load()
	if set == nil {
		set = startFromEnvironment()
	}
	c = Correlation{TraceID: "0", SpanID: "0", Service: set.Service, Env: set.Env, Version: set.Version}
	s := CurrentSpan(ctx)
	if s == nil {
		if s = fromContext(ctx); s == nil || !s.has(flagRemote) || s.trace.low == 0 {
			return c, set.LogIDs
		}
	}
	c.TraceID, c.SpanID = s.trace.text(), (*LogSpan)(s).SpanID()
	return c, set.LogIDs
}

// text is a trace's id as logs have it.
func (t *trace) text() string {
	var b [32]byte
	return string(t.appendText(b[:0]))
}

// appendText appends 32 hexadecimal digits, or decimal ones where 64 bits are enough.
func (t *trace) appendText(b []byte) []byte {
	if t.high == 0 {
		return strconv.AppendUint(b, t.low, 10)
	}
	const digits = "0123456789abcdef"
	for _, half := range [...]uint64{t.high, t.low} {
		for i := 60; i >= 0; i -= 4 {
			b = append(b, digits[half>>i&15])
		}
	}
	return b
}
