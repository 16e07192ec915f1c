//go:build go1.21

package tracetest

import (
	"fmt"
	"sort"
	"strconv"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/chunk"
)

// Span is a span that has finished, as the agent gets it. Nothing in it changes any more. Every method may be called on a
// nil Span.
type Span struct {
	Name, Service, Resource, Type string

	TraceID  uint64 // the lower half; the upper one is the tag _dd.p.tid of the trace's first span
	ID       uint64
	ParentID uint64 // 0: none
	Start    time.Time
	Duration time.Duration
	Failed   bool // the tags error.type, error.message and error.stack say by what

	Meta    map[string]string  // tags whose values are strings
	Metrics map[string]float64 // tags whose values are numbers

	order    uint64
	parent   *Span
	children []*Span
}

// Tag returns a tag's value as text, numbers as short as they can be written; "" if there is none.
func (s *Span) Tag(key string) string {
	if s == nil {
		return ""
	}
	if v, ok := s.Metrics[key]; ok {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return s.Meta[key]
}

// HasTag tells whether there is a tag of this key.
func (s *Span) HasTag(key string) bool {
	if s == nil {
		return false
	}
	_, isText := s.Meta[key]
	_, isNumber := s.Metrics[key]
	return isText || isNumber
}

// Parent returns the span's parent, nil if that is not recorded.
func (s *Span) Parent() *Span {
	if s == nil {
		return nil
	}
	return s.parent
}

// Children returns the spans whose parent this is, in the order in which they started.
func (s *Span) Children() []*Span {
	if s == nil {
		return nil
	}
	return append([]*Span(nil), s.children...)
}

// Root returns the topmost span above this one that is recorded, itself if there is none above.
func (s *Span) Root() *Span {
	for s.Parent() != nil {
		s = s.parent
	}
	return s
}

// String is the span as a line of Recorder.Tree has it.
func (s *Span) String() string {
	if s == nil {
		return "no span"
	}
	var c common
	return c.line(s)
}

// link returns copies of the spans, with the ways from one to another, in the order in which they started.
func link(all map[spanID]*Span) []*Span {
	list := make([]*Span, 0, len(all))
	byID := make(map[spanID]*Span, len(all))
	for id, s := range all {
		c := *s
		byID[id] = &c
		list = append(list, &c)
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if a.order != b.order {
			return a.order < b.order
		}
		return a.ID < b.ID
	})
	for _, s := range list {
		p := byID[spanID{s.TraceID, s.ParentID}]
		if p == nil || p.order >= s.order { // a parent that starts later is a circle
			continue
		}
		s.parent = p
		p.children = append(p.children, s)
	}
	return list
}

// decode reads a chunk. order has the number of each of its spans.
func decode(bytes []byte, order []uint64) (spans []*Span, err error) {
	r := chunk.Reader{Rest: bytes}
	n := r.Chunk()
	var from chunk.Span
	for i := 0; i < n && r.Span(&from); i++ {
		s := convert(&from)
		if i < len(order) {
			s.order = order[i]
		}
		spans = append(spans, s)
	}
	if r.Err == nil && (len(r.Rest) > 0 || n != len(order)) {
		return spans, fmt.Errorf("%d spans of %d, and %d bytes behind them", n, len(order), len(r.Rest))
	}
	return spans, r.Err
}

func convert(from *chunk.Span) *Span {
	s := &Span{
		Name: string(from.Name), Service: string(from.Service), Resource: string(from.Resource), Type: string(from.Type),
		TraceID: from.TraceID, ID: from.ID, ParentID: from.ParentID, Failed: from.Failed,
		Start: time.Unix(0, from.Start), Duration: time.Duration(from.Duration),
		Meta: map[string]string{}, Metrics: map[string]float64{},
	}
	for _, t := range from.Meta {
		s.Meta[string(t.Key)] = string(t.Value)
	}
	for _, n := range from.Metrics {
		s.Metrics[string(n.Key)] = n.Value
	}
	return s
}
