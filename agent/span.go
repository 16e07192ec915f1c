package agent

import (
	"cmp"
	"slices"
	"strconv"
)

// Span is one span as a tracer sent it.
type Span struct {
	TraceID     uint64 // the low 64 bits
	TraceIDHigh uint64 // the high 64 bits; 0 where the tracer uses 64-bit ids
	SpanID      uint64
	ParentID    uint64 // 0 for the root of a trace

	Name, Service, Resource, Type string

	Start    int64 // nanoseconds since 1970
	Duration int64 // nanoseconds
	Error    int32 // not 0: the span failed

	Meta    map[string]string
	Metrics map[string]float64
}

// Trace is all that was received of one trace, ordered by start.
type Trace struct {
	ID, IDHigh uint64
	Spans      []Span
}

// highTag is where tracers put the high half of a 128-bit trace id, as 16 hex
// digits, on one span of each chunk.
const highTag = "_dd.p.tid"

// end is when the span ended. Absurd clocks saturate rather than wrap around.
func (s *Span) end() int64 {
	d := max(s.Duration, 0)
	if e := s.Start + d; e >= s.Start {
		return e
	}
	return 1<<63 - 1
}

// traceHigh reads the high half of a chunk's trace id; 0 when it carries none.
func traceHigh(chunk []Span) uint64 {
	for i := range chunk {
		if tid, ok := chunk[i].Meta[highTag]; ok {
			if high, err := strconv.ParseUint(tid, 16, 64); err == nil {
				return high
			}
		}
	}
	return 0
}

// sortSpans orders by start. Spans that start at the same nanosecond stay in
// the order in which the tracer sent them, its own start order.
func sortSpans(spans []Span) {
	slices.SortStableFunc(spans, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
}
