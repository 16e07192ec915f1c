package agent

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// jsonSpan is a span as WriteJSON writes it. Ids are strings, for most JSON
// readers keep 53 bits of a number only.
type jsonSpan struct {
	TraceID     uint64 `json:"trace_id,string"`
	TraceIDHigh uint64 `json:"trace_id_high,string,omitempty"`
	jsonFields
}

// jsonFields are those of a span that its trace does not tell.
type jsonFields struct {
	SpanID   uint64             `json:"span_id,string"`
	ParentID uint64             `json:"parent_id,string"`
	Name     string             `json:"name"`
	Service  string             `json:"service"`
	Resource string             `json:"resource"`
	Type     string             `json:"type"`
	Start    int64              `json:"start"`            // nanoseconds since 1970
	Offset   *int64             `json:"offset,omitempty"` // nanoseconds since the trace's first span
	Duration int64              `json:"duration"`         // nanoseconds
	Error    int32              `json:"error"`
	Meta     map[string]string  `json:"meta"`
	Metrics  map[string]float64 `json:"metrics"`
	Links    []Link             `json:"links,omitempty"`
	Events   []Event            `json:"events,omitempty"`
}

// jsonTrace is a Trace in JSON; see api.go.
type jsonTrace struct {
	ID    TraceID      `json:"trace_id"`
	Spans []jsonFields `json:"spans"`
}

// MarshalJSON writes the trace as one object; see api.go.
func (t *Trace) MarshalJSON() ([]byte, error) {
	j := jsonTrace{ID: t.traceID(), Spans: make([]jsonFields, len(t.Spans))}
	offsets := make([]int64, len(t.Spans))
	for i := range t.Spans {
		j.Spans[i] = toJSON(&t.Spans[i])
		offsets[i] = t.Spans[i].Start - t.Spans[0].Start
		j.Spans[i].Offset = &offsets[i]
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (t *Trace) UnmarshalJSON(b []byte) error {
	var j jsonTrace
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*t = Trace{ID: j.ID.Low, IDHigh: j.ID.High, Spans: make([]Span, len(j.Spans))}
	for i, s := range j.Spans {
		t.Spans[i] = Span{
			TraceID: t.ID, TraceIDHigh: t.IDHigh, SpanID: s.SpanID, ParentID: s.ParentID,
			Name: s.Name, Service: s.Service, Resource: s.Resource, Type: s.Type,
			Start: s.Start, Duration: s.Duration, Error: s.Error,
			Meta: s.Meta, Metrics: s.Metrics, Links: s.Links, Events: s.Events,
		}
	}
	return nil
}

// UnmarshalJSON reads numbers as they were, not all as float64.
func (e *Event) UnmarshalJSON(b []byte) error {
	type plain Event
	in := json.NewDecoder(bytes.NewReader(b))
	in.UseNumber()
	if err := in.Decode((*plain)(e)); err != nil {
		return err
	}
	for k, v := range e.Attributes {
		e.Attributes[k] = numbersIn(v)
	}
	return nil
}

// WriteJSON writes one span a line, as a JSON object, trace after trace: for
// scripts.
func WriteJSON(w io.Writer, traces []Trace) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, t := range traces {
		for i := range t.Spans {
			s := &t.Spans[i]
			if err := enc.Encode(jsonSpan{s.TraceID, s.TraceIDHigh, toJSON(s)}); err != nil {
				return fmt.Errorf("write spans as JSON: %w", err)
			}
		}
	}
	return nil
}

func toJSON(s *Span) jsonFields {
	j := jsonFields{
		SpanID: s.SpanID, ParentID: s.ParentID,
		Name: s.Name, Service: s.Service, Resource: s.Resource, Type: s.Type,
		Start: s.Start, Duration: s.Duration, Error: s.Error,
		Meta: s.Meta, Metrics: s.Metrics, Links: s.Links, Events: s.Events,
	}
	// An empty object rather than null: scripts look inside without asking.
	if j.Meta == nil {
		j.Meta = map[string]string{}
	}
	if j.Metrics == nil {
		j.Metrics = map[string]float64{}
	}
	return j
}
