//go:build go1.21

package tracetest

import (
	"fmt"
	"sort"
	"strconv"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
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

// decode reads a chunk: an array of spans, each a map (see the tracer's encode.go). order has the number of each.
func decode(chunk []byte, order []uint64) (spans []*Span, err error) {
	r := &msgpack.Reader{Rest: chunk}
	n := r.Array()
	for i := 0; i < n && r.Err == nil; i++ {
		s := decodeSpan(r)
		if i < len(order) {
			s.order = order[i]
		}
		if r.Err == nil {
			spans = append(spans, s)
		}
	}
	if r.Err == nil && (len(r.Rest) > 0 || n != len(order)) {
		return spans, fmt.Errorf("%d spans of %d, and %d bytes behind them", n, len(order), len(r.Rest))
	}
	return spans, r.Err
}

func decodeSpan(r *msgpack.Reader) *Span {
	s := &Span{Meta: map[string]string{}, Metrics: map[string]float64{}}
	for n := r.Map(); n > 0 && r.Err == nil; n-- {
		switch r.String() {
		case "name":
			s.Name = r.String()
		case "service":
			s.Service = r.String()
		case "resource":
			s.Resource = r.String()
		case "type":
			s.Type = r.String()
		case "trace_id":
			s.TraceID = r.Uint()
		case "span_id":
			s.ID = r.Uint()
		case "parent_id":
			s.ParentID = r.Uint()
		case "start":
			s.Start = time.Unix(0, r.Int())
		case "duration":
			s.Duration = time.Duration(r.Int())
		case "error":
			s.Failed = r.Int() != 0
		case "meta":
			for n := r.Map(); n > 0 && r.Err == nil; n-- {
				key := r.String()
				s.Meta[key] = r.String()
			}
		case "metrics":
			for n := r.Map(); n > 0 && r.Err == nil; n-- {
				key := r.String()
				s.Metrics[key] = r.Float()
			}
		default:
			r.Skip()
		}
	}
	return s
}
