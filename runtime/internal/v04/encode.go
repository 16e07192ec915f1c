//go:build go1.21

package v04

import (
	"encoding/binary"

	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

// Encoder makes the body of a request to /v0.4/traces: an array of chunks, each an array of spans, each a map.
type Encoder struct{}

// keys are the names of a span's values, each a string of MessagePack, in the order in which they come.
var keys = [Fields]string{
	"\xa8trace_id", "\xa7span_id", "\xa9parent_id", "\xa5start", "\xa8duration", "\xa5error",
	"\xa7service", "\xa4name", "\xa8resource", "\xa4type", "\xaaspan_links", "\xa4meta", "\xa7metrics",
}

// The places of values that need more than a copy.
const (
	nameField     = 7
	resourceField = 8
	typeField     = 9
	linksField    = 10
)

// Append appends the body for the chunks in the segments to b.
func (Encoder) Append(b []byte, segments [][]byte) ([]byte, error) {
	start := len(b)
	b = append(b, 0xdd, 0, 0, 0, 0) // an array, of so many chunks
	chunks := uint32(0)
	for _, segment := range segments {
		r := msgpack.Reader{Rest: segment}
		for ; len(r.Rest) > 0 && r.Err == nil; chunks++ {
			b = appendChunk(b, &r)
		}
		if r.Err != nil {
			return b, r.Err
		}
	}
	binary.BigEndian.PutUint32(b[start+1:], chunks)
	return b, nil
}

func appendChunk(b []byte, r *msgpack.Reader) []byte {
	n := Chunk(r)
	b = msgpack.AppendArray(b, n)
	for ; n > 0 && r.Err == nil; n-- {
		b = appendSpan(b, r)
	}
	return b
}

// appendSpan copies the values and puts their names before them. No type and no links are left out.
func appendSpan(b []byte, r *msgpack.Reader) []byte {
	if r.Array() != Fields {
		r.Fail()
		return b
	}
	head, left := len(b), Fields
	b = append(b, 0)
	var name []byte
	for i := range keys {
		value := r.Raw()
		if r.Err != nil {
			return b
		}
		switch {
		case i == nameField:
			name = value
		case i == resourceField && value[0] == msgpack.Nil:
			value = name
		case i == typeField && value[0] == msgpack.NoString, i == linksField && value[0] == msgpack.NoArray:
			left--
			continue
		}
		b = append(append(b, keys[i]...), value...)
	}
	b[head] = msgpack.SmallMap | byte(left)
	return b
}
