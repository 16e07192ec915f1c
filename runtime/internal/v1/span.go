//go:build go1.21

package v1

import (
	"encoding/binary"

	"github.com/ddinstrument/ddinstrument/runtime/internal/chunk"
	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

// The fields of a chunk, but for its attributes (3) and whether it has been dropped (5), which the agent sets.
const (
	chunkPriority  = 1
	chunkOrigin    = 2
	chunkSpans     = 4
	chunkTraceID   = 6
	chunkMechanism = 7
)

// The fields of a span.
const (
	spanService = iota + 1
	spanName
	spanResource
	spanID
	spanParent
	spanStart
	spanDuration
	spanError
	spanAttributes
	spanType
	spanLinks
	spanEvents
	spanEnv
	spanVersion
	spanComponent
	spanKind
)

// The fields of a link.
const (
	linkTraceID = iota + 1
	linkSpanID
	linkAttributes
	linkState
	linkFlags
)

// The types of an attribute's value. The fifth is bytes.
const (
	textValue = iota + 1
	boolValue
	doubleValue
	intValue
	_
	arrayValue
)

// chunk appends a chunk. What its spans say of it comes behind them.
func (e *Encoder) chunk(b []byte, r *chunk.Reader) []byte {
	e.in = chunkFields{priority: noPriority}
	at := len(b)
	n := r.Chunk()
	b = msgpack.AppendArray(append(b, 0x83, chunkSpans), n)
	for ; n > 0 && r.Next(&e.span); n-- {
		if b, r.Err = e.one(b); r.Err != nil {
			r.Rest = nil
		}
	}
	b = append(b, chunkTraceID, 0xc4, 16)
	b = binary.BigEndian.AppendUint64(b, e.in.high)
	b = binary.BigEndian.AppendUint64(b, e.in.low)
	b = msgpack.AppendInt(append(b, chunkPriority), int64(e.in.priority))
	if len(e.in.origin) > 0 {
		b[at]++
		b = e.strings.append(append(b, chunkOrigin), e.in.origin)
	}
	if e.in.mechanism != 0 {
		b[at]++
		b = msgpack.AppendUint(append(b, chunkMechanism), uint64(e.in.mechanism))
	}
	return b
}

// one appends a span, without the fields that are zero.
func (e *Encoder) one(b []byte) ([]byte, error) {
	s := &e.span
	e.in.low = s.TraceID
	at := len(b)
	b = append(b, 0xde, 0, 0) // a map, of so many fields
	fields := 3
	b = msgpack.AppendUint(append(b, spanID), s.ID)
	if s.ParentID != 0 {
		b = msgpack.AppendUint(append(b, spanParent), s.ParentID)
		fields++
	}
	b = msgpack.AppendUint(append(b, spanStart), uint64(s.Start))
	b = msgpack.AppendUint(append(b, spanDuration), uint64(s.Duration))
	if s.Failed {
		b = append(b, spanError, 0xc3)
		fields++
	}
	b, more, err := e.tail(b)
	b[at+2] = byte(fields + more)
	return b, err
}

// textFields are those that one string says each, in the order of the list in fresh.
var textFields = [...]byte{spanService, spanName, spanResource, spanType, spanEnv, spanVersion, spanComponent}

// fresh appends the fields of a tail that is not known, and returns their number and what its tags say of others.
func (e *Encoder) fresh(b []byte) (_ []byte, fields int, said said, err error) {
	s := &e.span
	if err := s.ReadTail(); err != nil {
		return b, 0, said, err
	}
	f := e.lift(&said)
	texts := [...][]byte{s.Service, s.Name, s.Resource, s.Type, f.env, f.version, f.component}
	for i, text := range texts {
		if len(text) > 0 {
			b = e.strings.append(append(b, textFields[i]), text)
			fields++
		}
	}
	b = append(b, spanKind, f.kind)
	fields++
	if n := len(s.Meta) + len(s.Metrics); n > 0 {
		b = e.tags(append(b, spanAttributes), n)
		fields++
	}
	if len(s.Links) > 0 {
		b = e.links(append(b, spanLinks))
		fields++
	}
	if len(f.events) > 0 {
		b = e.events(append(b, spanEvents), f.events)
		fields++
	}
	return b, fields, said, nil
}

func some(is bool) int {
	if is {
		return 1
	}
	return 0
}

// tags appends n attributes: what is left of the span's tags.
func (e *Encoder) tags(b []byte, n int) []byte {
	b = msgpack.AppendArray(b, 3*n)
	for _, t := range e.span.Meta {
		b = e.text(b, t.Key, t.Value)
	}
	for _, t := range e.span.Metrics {
		b = e.strings.append(b, t.Key)
		b = msgpack.AppendFloat(append(b, doubleValue), t.Value)
	}
	return b
}

// text appends an attribute whose value is a string.
func (e *Encoder) text(b, key, value []byte) []byte {
	b = e.strings.append(b, key)
	return e.strings.append(append(b, textValue), value)
}

func (e *Encoder) links(b []byte) []byte {
	b = msgpack.AppendArray(b, len(e.span.Links))
	for _, l := range e.span.Links {
		b = msgpack.AppendMap(b, 3+some(len(l.State) > 0)+some(l.Flags != 0))
		b = append(b, linkTraceID, 0xc4, 16)
		b = binary.BigEndian.AppendUint64(b, l.TraceHigh)
		b = binary.BigEndian.AppendUint64(b, l.TraceLow)
		b = msgpack.AppendUint(append(b, linkSpanID), l.SpanID)
		b = msgpack.AppendArray(append(b, linkAttributes), 3*len(l.Attributes))
		for _, t := range l.Attributes {
			b = e.text(b, t.Key, t.Value)
		}
		if len(l.State) > 0 {
			b = e.strings.append(append(b, linkState), l.State)
		}
		if l.Flags != 0 {
			b = msgpack.AppendUint(append(b, linkFlags), uint64(l.Flags))
		}
	}
	return b
}
