package agent

import (
	"encoding/json"
	"fmt"
	"io"
)

// jsonSpan is a span as WriteJSON writes it. Ids are strings, for most JSON
// readers keep 53 bits of a number only.
type jsonSpan struct {
	TraceID     uint64             `json:"trace_id,string"`
	TraceIDHigh uint64             `json:"trace_id_high,string,omitempty"`
	SpanID      uint64             `json:"span_id,string"`
	ParentID    uint64             `json:"parent_id,string"`
	Name        string             `json:"name"`
	Service     string             `json:"service"`
	Resource    string             `json:"resource"`
	Type        string             `json:"type"`
	Start       int64              `json:"start"`    // nanoseconds since 1970
	Duration    int64              `json:"duration"` // nanoseconds
	Error       int32              `json:"error"`
	Meta        map[string]string  `json:"meta"`
	Metrics     map[string]float64 `json:"metrics"`
}

// WriteJSON writes one span a line, as a JSON object, trace after trace: for
// scripts.
func WriteJSON(w io.Writer, traces []Trace) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, t := range traces {
		for i := range t.Spans {
			line := toJSON(&t.Spans[i])
			if err := enc.Encode(line); err != nil {
				return fmt.Errorf("write spans as JSON: %w", err)
			}
		}
	}
	return nil
}

func toJSON(s *Span) jsonSpan {
	j := jsonSpan{
		TraceID: s.TraceID, TraceIDHigh: s.TraceIDHigh, SpanID: s.SpanID, ParentID: s.ParentID,
		Name: s.Name, Service: s.Service, Resource: s.Resource, Type: s.Type,
		Start: s.Start, Duration: s.Duration, Error: s.Error,
		Meta: s.Meta, Metrics: s.Metrics,
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
