//go:build go1.21

// Package v04 gives chunks the form that every agent takes at /v0.4/traces: an array of chunks, each an array of spans, each
// a map (https://github.com/DataDog/datadog-agent, pkg/proto/pbgo/trace/span.proto).
package v04

import (
	"encoding/binary"

	"github.com/ddinstrument/ddinstrument/runtime/internal/chunk"
	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

// Encoder makes the body of a request.
type Encoder struct{}

// Append appends the body for the chunks in the segments to b.
func (Encoder) Append(b []byte, segments [][]byte) ([]byte, error) {
	start := len(b)
	b = append(b, 0xdd, 0, 0, 0, 0) // an array, of so many chunks
	chunks := uint32(0)
	for _, segment := range segments {
		r := chunk.Reader{Rest: segment}
		for ; len(r.Rest) > 0; chunks++ {
			b = appendChunk(b, &r)
		}
		if r.Err != nil {
			return b[:start], r.Err
		}
	}
	binary.BigEndian.PutUint32(b[start+1:], chunks)
	return b, nil
}

func appendChunk(b []byte, r *chunk.Reader) []byte {
	n := r.Chunk()
	b = msgpack.AppendArray(b, n)
	var s chunk.Span
	for ; n > 0 && r.Next(&s); n-- {
		if b, r.Err = appendSpan(b, &s); r.Err != nil {
			r.Rest = nil
		}
	}
	return b
}

// numbers is how many fields come before those of the tail.
const numbers = 6

func appendSpan(b []byte, s *chunk.Span) ([]byte, error) {
	head := len(b)
	b = append(b, 0)
	b = msgpack.AppendUint(append(b, "\xa8trace_id"...), s.TraceID)
	b = msgpack.AppendUint(append(b, "\xa7span_id"...), s.ID)
	b = msgpack.AppendUint(append(b, "\xa9parent_id"...), s.ParentID)
	b = msgpack.AppendInt(append(b, "\xa5start"...), s.Start)
	b = msgpack.AppendInt(append(b, "\xa8duration"...), s.Duration)
	b = append(b, "\xa5error\x00"...)
	if s.Failed {
		b[len(b)-1] = 1
	}
	b, fields, err := appendTail(b, s.Tail)
	b[head] = msgpack.SmallMap | numbers + fields
	return b, err
}

// keys are the names of the tail's values, each a string of MessagePack, in the order in which they come.
var keys = [...]string{"\xa7service", "\xa4name", "\xa8resource", "\xa4type", "\xaaspan_links", "\xa4meta", "\xa7metrics"}

// The places of values that need more than a copy.
const (
	nameField     = 1
	resourceField = 2
	typeField     = 3
	linksField    = 4
)

// appendTail copies the values and puts their names before them. No type and no links are left out.
func appendTail(b, tail []byte) (_ []byte, fields byte, err error) {
	r := msgpack.Reader{Rest: tail}
	var name []byte
	for i := range keys {
		value := r.Raw()
		if r.Err != nil {
			return b, fields, r.Err
		}
		switch {
		case i == nameField:
			name = value
		case i == resourceField && value[0] == msgpack.Nil:
			value = name
		case i == typeField && value[0] == msgpack.NoString, i == linksField && value[0] == msgpack.NoArray:
			continue
		}
		b = append(append(b, keys[i]...), value...)
		fields++
	}
	if len(r.Rest) > 0 {
		return b, fields, chunk.ErrFormat
	}
	return b, fields, nil
}
