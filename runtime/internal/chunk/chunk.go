//go:build go1.21

// Package chunk is the form in which the spans of a trace wait to be sent: such that they take little room and little time
// when they are put into it, and when they are given the form that whoever gets them takes.
//
// A chunk is, in bytes, the number of its spans (4) and the lower half of the trace's id (8); of each span its id (8), its
// parent's (8), start (8), duration (8), whether it has failed (1), the length of the rest (4); and the rest, which is called
// the tail. Numbers are little-endian. The tail is a sequence of MessagePack values: service, name, resource (nil if it is the
// name), type, an array of links, a map of tags whose values are strings, and one of those whose values are numbers. Links are
// maps as the agent's v0.4 has them (https://github.com/DataDog/datadog-agent, pkg/proto/pbgo/trace/span.proto).
//
// The tail has nothing that differs from one call of a function to the next unless the program has set it: so whoever reads
// chunks sees the same few tails again and again.
package chunk

import (
	"encoding/binary"
	"errors"

	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

// Span is one span of a chunk. All bytes in it are those of the chunk itself.
type Span struct {
	TraceID  uint64 // the lower half; the upper one is the tag _dd.p.tid of the chunk's first span, in hexadecimal
	ID       uint64
	ParentID uint64 // 0: none
	Start    int64  // nanoseconds since 1970
	Duration int64  // nanoseconds
	Failed   bool
	Tail     []byte // what ReadTail reads

	Service, Name, Resource, Type []byte

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

const (
	headSize = 4 + 8
	spanSize = 4*8 + 1 + 4
)

// AppendHead appends the beginning of a chunk. SetSpans says at its end how many spans it has.
func AppendHead(b []byte, trace uint64) []byte {
	return binary.LittleEndian.AppendUint64(append(b, 0, 0, 0, 0), trace)
}

// SetSpans sets the number of spans of the chunk that b begins with.
func SetSpans(b []byte, n int) { binary.LittleEndian.PutUint32(b, uint32(n)) }

// AppendSpan appends what comes before the tail of a span; EndSpan is called when that is there.
func AppendSpan(b []byte, id, parent uint64, start, duration int64, failed bool) []byte {
	b = binary.LittleEndian.AppendUint64(b, id)
	b = binary.LittleEndian.AppendUint64(b, parent)
	b = binary.LittleEndian.AppendUint64(b, uint64(start))
	b = binary.LittleEndian.AppendUint64(b, uint64(duration))
	if failed {
		return append(b, 1, 0, 0, 0, 0)
	}
	return append(b, 0, 0, 0, 0, 0)
}

// EndSpan ends a span whose tail begins at an index of b.
func EndSpan(b []byte, tail int) {
	binary.LittleEndian.PutUint32(b[tail-4:], uint32(len(b)-tail))
}

// ErrFormat is what a Reader says of bytes that are no chunks.
var ErrFormat = errors.New("not the chunks that are expected")

// Reader reads chunks that follow each other in Rest. After an error, which stays in Err, there are none.
type Reader struct {
	Rest  []byte
	Err   error
	trace uint64
}

func (r *Reader) take(n int) []byte {
	if n < 0 || n > len(r.Rest) { // an int may have 32 bits
		r.Rest, r.Err = nil, ErrFormat
		return nil
	}
	b := r.Rest[:n]
	r.Rest = r.Rest[n:]
	return b
}

// Chunk reads the beginning of the next chunk and returns the number of its spans.
func (r *Reader) Chunk() (spans int) {
	b := r.take(headSize)
	if b == nil {
		return 0
	}
	r.trace = binary.LittleEndian.Uint64(b[4:])
	n := binary.LittleEndian.Uint32(b)
	if uint64(n)*spanSize > uint64(len(r.Rest)) {
		r.take(len(r.Rest) + 1)
		return 0
	}
	return int(n)
}

// Next reads the next span, but not its tail. It is false after an error.
func (r *Reader) Next(s *Span) bool {
	b := r.take(spanSize)
	if b == nil {
		return false
	}
	s.TraceID = r.trace
	s.ID = binary.LittleEndian.Uint64(b)
	s.ParentID = binary.LittleEndian.Uint64(b[8:])
	s.Start = int64(binary.LittleEndian.Uint64(b[16:]))
	s.Duration = int64(binary.LittleEndian.Uint64(b[24:]))
	s.Failed = b[32] != 0
	s.Tail = r.take(int(binary.LittleEndian.Uint32(b[33:])))
	return s.Tail != nil
}

// Span reads the next span as a whole. It is false after an error.
func (r *Reader) Span(s *Span) bool {
	if !r.Next(s) {
		return false
	}
	if r.Err = s.ReadTail(); r.Err != nil {
		r.Rest = nil
	}
	return r.Err == nil
}

// ReadTail reads the fields that the tail has. The memory of the span that was read before is used again.
func (s *Span) ReadTail() error {
	r := msgpack.Reader{Rest: s.Tail}
	s.Meta, s.Metrics, s.Links = s.Meta[:0], s.Metrics[:0], s.Links[:0]
	s.Service = r.Bytes()
	s.Name = r.Bytes()
	s.Resource = s.Name
	if !r.Nil() {
		s.Resource = r.Bytes()
	}
	s.Type = r.Bytes()
	s.readLinks(&r)
	s.Meta = readTexts(&r, s.Meta)
	s.readMetrics(&r)
	if r.Err == nil && len(r.Rest) > 0 {
		return ErrFormat
	}
	return r.Err
}

// Free lets go of what the span refers to, and of memory that is seldom needed.
func (s *Span) Free() {
	const most = 1024
	clear(s.Meta[:cap(s.Meta)])
	clear(s.Metrics[:cap(s.Metrics)])
	clear(s.Links[:cap(s.Links)])
	*s = Span{Meta: s.Meta[:0], Metrics: s.Metrics[:0], Links: s.Links[:0]}
	if cap(s.Meta)+cap(s.Metrics)+cap(s.Links) > most {
		*s = Span{}
	}
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
