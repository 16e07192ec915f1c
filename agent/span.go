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

	Links  []Link
	Events []Event
}

// Link is a span's reference to another one, mostly of another trace.
type Link struct {
	TraceID    TraceID           `json:"trace_id"`
	SpanID     uint64            `json:"span_id,string"`
	Tracestate string            `json:"tracestate,omitempty"`
	Flags      uint32            `json:"flags,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

// Event is something that happened during a span.
type Event struct {
	Time int64  `json:"time"` // nanoseconds since 1970
	Name string `json:"name"`
	// Attributes have values of the types string, bool, int64, float64 and
	// []any of these.
	Attributes map[string]any `json:"attributes,omitempty"`
}

// Trace is all that was received of one trace, ordered by start.
type Trace struct {
	ID, IDHigh uint64
	Spans      []Span
}

const (
	// highTag is where tracers put the high half of a 128-bit trace id, as 16
	// hex digits, on one span of each chunk.
	highTag = "_dd.p.tid"

	// versionTag numbers the snapshots of a span that still runs.
	versionTag = "_dd.partial_version"

	topLevelTag = "_dd.top_level"
	measuredTag = "_dd.measured"
	kindTag     = "span.kind"
)

// traceID is the whole id.
func (t *Trace) traceID() TraceID { return TraceID{t.IDHigh, t.ID} }

// end is when the span ended. Absurd clocks saturate rather than wrap around.
func (s *Span) end() int64 {
	d := max(s.Duration, 0)
	if e := s.Start + d; e >= s.Start {
		return e
	}
	return 1<<63 - 1
}

// isSnapshot: the span was sent while it ran; the whole one is to come.
func (s *Span) isSnapshot() bool { _, ok := s.Metrics[versionTag]; return ok }

// replaces tells which of two spans with one id is kept: what is final rather
// than a snapshot, a later snapshot rather than an earlier one, and of two
// that are alike (a tracer that lost the connection sends again) the one that
// came last.
func (s *Span) replaces(old *Span) bool {
	if s.isSnapshot() != old.isSnapshot() {
		return old.isSnapshot()
	}
	return s.Metrics[versionTag] >= old.Metrics[versionTag]
}

// traceHigh reads the high half of a chunk's trace id; 0 when it carries none.
func traceHigh(chunk []Span) uint64 {
	for i := range chunk {
		if chunk[i].TraceIDHigh != 0 { // of a form that has a field for it
			return chunk[i].TraceIDHigh
		}
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

// cost is about what the span takes in memory, if it shares no text.
func (s *Span) cost() int64 {
	c := s.leastCost() + int64(len(s.Name)+len(s.Service)+len(s.Resource)+len(s.Type))
	for k, v := range s.Meta {
		c += int64(len(k) + len(v))
	}
	for k := range s.Metrics {
		c += int64(len(k))
	}
	for i := range s.Links {
		c += s.Links[i].cost()
	}
	for i := range s.Events {
		c += s.Events[i].cost()
	}
	return c
}

// leastCost is what it takes at least, if all texts are shared with others.
func (s *Span) leastCost() int64 {
	return spanCost + mapsCost(len(s.Meta)) + mapsCost(len(s.Metrics))
}

func mapsCost(entries int) int64 {
	if entries == 0 {
		return 0
	}
	return mapCost + entryCost*int64(entries)
}

func (l *Link) cost() int64 {
	c := linkCost + int64(len(l.Tracestate)) + mapsCost(len(l.Attributes))
	for k, v := range l.Attributes {
		c += int64(len(k) + len(v))
	}
	return c
}

func (e *Event) cost() int64 {
	c := eventCost + int64(len(e.Name)) + mapsCost(len(e.Attributes))
	for k, v := range e.Attributes {
		c += int64(len(k)) + valueCost
		switch v := v.(type) {
		case string:
			c += int64(len(v))
		case []any:
			c += valueCost * int64(len(v))
		}
	}
	return c
}
