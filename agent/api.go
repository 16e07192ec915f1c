package agent

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"
)

// What readers of a Store see: the browser's pages, the terminal, scripts. The
// JSON names are part of the contract. Times are nanoseconds since 1970,
// durations nanoseconds, both as numbers. Where numbers have 53 bits, as in
// JavaScript, a time is exact to 256 ns only; the spans of a trace have an
// exact "offset" besides. Ids are strings.
//
// A Trace in JSON:
//
//	{"trace_id": "32 hexadecimal digits", "spans": [SPAN, ...]}  (by start)
//
// and a SPAN of it:
//
//	{"span_id": "decimal", "parent_id": "decimal, 0 for a root",
//	 "name", "service", "resource", "type",
//	 "start": ns since 1970, "offset": ns since the trace's first span, "duration": ns,
//	 "error": 0 or 1, "meta": {"key": "text"}, "metrics": {"key": number},
//	 "links": [{"trace_id": "32 hexadecimal digits", "span_id": "decimal",
//	            "tracestate", "flags", "attributes": {"key": "text"}}],
//	 "events": [{"time": ns since 1970, "name", "attributes": {"key": any value}}]}
//
// where links and events are left out if there are none.
//
// The readers' methods, all of which may be called concurrently:
//
//	server.Store() *Store                           what a server receives into
//	NewStore(memory int64) *Store                   one without a server, for a file
//	store.List(Query) List                          summaries, the newest first
//	store.Trace(TraceID) (Trace, bool)              one trace with all its spans
//	store.Watch() (changed <-chan struct{}, stop func())
//	store.Resources(window time.Duration) []ResourceStats
//	store.Services(window time.Duration) []ServiceStats
//	store.Calls() []Call                            the service map's edges
//	store.Totals() Totals                           what was received, kept, let go
//	store.Save(path string) (*Saver, error)         appends traces to a file
//	store.Open(path string) error                   reads such a file
//
// A reader that shows things live calls Watch, waits for the channel, and
// then List with Query.After set to the List.Seq that it had last: it gets
// every trace that is new or has grown, however late it comes, and needs no
// queue. It should wait a little (100 ms or so) before it reads again.

// TraceID is a trace's id of 128 bits. In text and JSON it is 32 hexadecimal
// digits; what tracers write into logs as dd.trace_id where they use 128 bits.
type TraceID struct{ High, Low uint64 }

// String returns 32 hexadecimal digits.
func (id TraceID) String() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], id.High)
	binary.BigEndian.PutUint64(b[8:], id.Low)
	return hex.EncodeToString(b[:])
}

// MarshalText is String, for JSON.
func (id TraceID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads 32 hexadecimal digits.
func (id *TraceID) UnmarshalText(text []byte) error {
	if len(text) != 32 {
		return fmt.Errorf("trace id %.40q: want 32 hexadecimal digits", text)
	}
	var b [16]byte
	if _, err := hex.Decode(b[:], text); err != nil {
		return fmt.Errorf("trace id %.40q: %w", text, err)
	}
	*id = TraceID{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
	return nil
}

// ParseTraceID reads what String returns.
func ParseTraceID(s string) (TraceID, error) {
	var id TraceID
	return id, id.UnmarshalText([]byte(s))
}

// Summary is one trace in a list.
type Summary struct {
	ID TraceID `json:"trace_id"`
	// Seq is greater than that of any trace that was new or grew before. A
	// trace that grows gets a new one.
	Seq uint64 `json:"seq"`
	// Received is when its last chunk arrived.
	Received int64 `json:"received"`
	// Finished: a span without parent is there, and is not a snapshot of one
	// that still runs. Spans of other processes may still arrive.
	Finished bool `json:"finished"`

	// Of the root: the span without parent or, as long as that is not there,
	// the earliest whose parent is not there.
	Service  string `json:"service"`
	Name     string `json:"name"`
	Resource string `json:"resource"`
	Type     string `json:"type"`
	// Failed: the root failed.
	Failed bool `json:"failed"`

	// Start is the first span's; Duration goes to the end of the last.
	Start    int64 `json:"start"`
	Duration int64 `json:"duration"`

	Spans  int `json:"spans"`
	Errors int `json:"errors"` // spans that failed
	// Services has every service once: the root's first, the others sorted.
	Services []string `json:"services"`
}

// Tag is a condition on a span's tags: one in Meta or Metrics with this key
// and, unless Value is empty, this value. Numbers are compared as text, in
// the shortest form. Case counts.
type Tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Query chooses traces. The conditions on spans must all hold for one and the
// same span of the trace; a zero field is no condition.
type Query struct {
	// Service and Name must be equal to the span's; Resource and Text need
	// only be part of it, in any case. Text is looked for in the resource,
	// name, service, and in values of tags.
	Service, Name, Resource, Text string
	Tags                          []Tag
	// Error: the span failed.
	Error bool

	// MinDuration is the least duration of the whole trace, Summary.Duration.
	MinDuration time.Duration

	// After leaves out traces with Summary.Seq up to it, Before those from it
	// on (to read on where List.More is set).
	After, Before uint64
	// Limit is how many are returned at most: 0 is 100.
	Limit int
}

// List is the answer to a Query.
type List struct {
	// Traces are ordered by Seq, the greatest first.
	Traces []Summary `json:"traces"`
	// Seq is the store's: what Query.After takes to get only what is new.
	Seq uint64 `json:"seq"`
	// More: there are further traces behind the last one.
	More bool `json:"more"`
}

// ResourceStats are the numbers of one kind of request, as Datadog's service
// page shows them: of spans that enter a service (the parent is of another
// one, or not there), of those that the tracer marked to be measured, and of
// those with a span.kind of server, client, producer or consumer. They count
// everything received, kept or let go.
type ResourceStats struct {
	Service  string `json:"service"`
	Name     string `json:"name"`     // the operation
	Resource string `json:"resource"` // "(other)" where there are too many
	Type     string `json:"type"`
	Kind     string `json:"kind"` // the tag span.kind
	Numbers
}

// ServiceStats are the numbers of the spans that enter a service.
type ServiceStats struct {
	Service   string `json:"service"`
	Type      string `json:"type"`      // of the span seen first: web, db, ...
	Resources int    `json:"resources"` // how many kinds of request it has
	Numbers
}

// Numbers of requests. Latencies are exact to one percent (a DDSketch).
type Numbers struct {
	Requests uint64  `json:"requests"`
	Errors   uint64  `json:"errors"`
	Rate     float64 `json:"rate"` // requests a second, in the window
	P50      int64   `json:"p50"`
	P95      int64   `json:"p95"`
	P99      int64   `json:"p99"`
	Max      int64   `json:"max"`
	// Time is the sum of all durations.
	Time int64 `json:"time"`
}

// Call is an edge of the service map: From's spans that have children of To,
// in the traces that are kept.
type Call struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Requests int    `json:"requests"`
	Errors   int    `json:"errors"`
}

// Totals tell what happened to a store since it was made.
type Totals struct {
	Traces int   `json:"traces"` // kept
	Spans  int   `json:"spans"`  // of those
	Memory int64 `json:"memory"` // bytes that they take
	Budget int64 `json:"budget"` // bytes that they may take

	ReceivedSpans uint64 `json:"received_spans"`
	Payloads      uint64 `json:"payloads"`
	// Dropped is how many traces were let go because of the budget.
	Dropped int `json:"dropped"`
	// Refused is how many payloads were not understood or too large, and
	// LastRefused why the last one was.
	Refused     uint64 `json:"refused"`
	LastRefused string `json:"last_refused"`
	// SaveFailed is why no more traces are written to a file, "" if they are.
	SaveFailed string `json:"save_failed,omitempty"`
}
