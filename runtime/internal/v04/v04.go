//go:build go1.21

// Package v04 reads back the chunks that the tracer encodes, and makes the agent's v0.4 form of them
// (https://github.com/DataDog/datadog-agent, pkg/proto/pbgo/trace/span.proto).
//
// A chunk waits to be sent as an array of spans, each an array of the values of v0.4 in the order of Span's fields:
// without their names, which are more than half of v0.4's bytes, twice as many spans find room. It is given the form that
// the agent takes when it is sent.
package v04

import "github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"

// Span is one span of a chunk. All bytes in it are those of the chunk itself.
type Span struct {
	Service, Name, Resource, Type []byte

	TraceID  uint64 // the lower half; the upper one is the tag _dd.p.tid of the chunk's first span, in hexadecimal
	ID       uint64
	ParentID uint64 // 0: none
	Start    int64  // nanoseconds since 1970
	Duration int64  // nanoseconds
	Failed   bool

	Meta    []Text   // each key once
	Metrics []Number // each key once, and none that is in Meta too
	Links   []Link
}

// Text is a tag whose value is a string.
type Text struct{ Key, Value []byte }

// Number is a tag whose value is a number.
type Number struct {
	Key   []byte
	Value float64
}

// Link leads to another span.
type Link struct {
	TraceHigh, TraceLow, SpanID uint64
	State                       []byte // W3C's tracestate
	Flags                       uint32 // W3C's; bit 31 is set where they are known
	Attributes                  []Text
}

// Chunk reads the header of a chunk and returns the number of its spans.
func Chunk(r *msgpack.Reader) (spans int) { return r.Array() }

// Fields is how many values a span has.
const Fields = 13

// Read reads the next span. The memory of the one before is used again.
func (s *Span) Read(r *msgpack.Reader) {
	*s = Span{Meta: s.Meta[:0], Metrics: s.Metrics[:0], Links: s.Links[:0]}
	if r.Array() != Fields {
		r.Fail()
		return
	}
	s.TraceID = r.Uint()
	s.ID = r.Uint()
	s.ParentID = r.Uint()
	s.Start = r.Int()
	s.Duration = r.Int()
	s.Failed = r.Int() != 0
	s.Service = r.Bytes()
	s.Name = r.Bytes()
	s.Resource = s.Name
	if !r.Nil() {
		s.Resource = r.Bytes()
	}
	s.Type = r.Bytes()
	s.readLinks(r)
	s.Meta = readTexts(r, s.Meta)
	s.readMetrics(r)
}

func readTexts(r *msgpack.Reader, list []Text) []Text {
	for n := r.Map(); n > 0 && r.Err == nil; n-- {
		key := r.Bytes()
		list = append(list, Text{key, r.Bytes()})
	}
	return list
}

func (s *Span) readMetrics(r *msgpack.Reader) {
	for n := r.Map(); n > 0 && r.Err == nil; n-- {
		key := r.Bytes()
		s.Metrics = append(s.Metrics, Number{key, r.Float()})
	}
}

func (s *Span) readLinks(r *msgpack.Reader) {
	for n := r.Array(); n > 0 && r.Err == nil; n-- {
		s.Links = append(s.Links, readLink(r))
	}
}

func readLink(r *msgpack.Reader) (l Link) {
	for n := r.Map(); n > 0 && r.Err == nil; n-- {
		switch string(r.Bytes()) {
		case "trace_id":
			l.TraceLow = r.Uint()
		case "trace_id_high":
			l.TraceHigh = r.Uint()
		case "span_id":
			l.SpanID = r.Uint()
		case "tracestate":
			l.State = r.Bytes()
		case "flags":
			l.Flags = uint32(r.Uint())
		case "attributes":
			l.Attributes = readTexts(r, nil)
		default:
			r.Skip()
		}
	}
	return l
}

// Text returns the value of a tag; nil if there is none that is a string.
func (s *Span) Text(key string) []byte {
	for i := range s.Meta {
		if string(s.Meta[i].Key) == key {
			return s.Meta[i].Value
		}
	}
	return nil
}

// Number returns the value of a tag, and whether there is one that is a number.
func (s *Span) Number(key string) (v float64, ok bool) {
	for i := range s.Metrics {
		if string(s.Metrics[i].Key) == key {
			return s.Metrics[i].Value, true
		}
	}
	return 0, false
}
