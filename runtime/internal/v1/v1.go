//go:build go1.21

// Package v1 gives chunks the form that newer agents take at /v1.0/traces: maps with small integers for keys, and a
// table of strings that is built as they come, each sent in full once and by its index from then on.
//
// The form is that of datadog-agent v0.85.1 (pkg/proto/pbgo/trace/idx: the UnmarshalMsg of InternalTracerPayload,
// InternalTraceChunk and InternalSpan; pkg/trace/api/version.go says it in words), and what is put into it is what the
// agent itself makes of a v0.4 payload (UnmarshalMsgConverted there): the tags that have become fields of the payload or
// the chunk stay tags of the span as well, as they do with dd-trace-go v2.12 (ddtrace/tracer/payload_v1.go). So a trace
// leaves the agent with the same tags whichever way it came. Only env, version, component and span.kind, which have
// become fields of the span, are lifted out, as dd-trace-go does; the agent shows them as tags too.
//
// A request is told by its path; of the headers that say who sends it the agent reads only the container's, and that
// only if the payload does not say it.
package v1

import (
	"encoding/binary"
	"hash/maphash"

	"github.com/ddinstrument/ddinstrument/runtime/internal/chunk"
	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

// Header is what is said once of a payload. What is empty is not said.
type Header struct {
	ContainerID     string
	Language        string
	LanguageVersion string
	TracerVersion   string
	RuntimeID       string
	Env             string // unless it is known: that of the last span that has one
	Hostname        string
	Version         string // of the program; unless it is known: that of the last span that has one
	Attributes      []Attribute
}

// Attribute is a tag of the whole payload.
type Attribute struct{ Key, Value string }

// Encoder makes payloads. One goroutine at a time may use it.
type Encoder struct {
	header  Header
	strings table
	span    chunk.Span
	of      payloadFields
	in      chunkFields
	tails   [maxTails]tail
}

// New makes an Encoder.
func New(h Header) *Encoder {
	return &Encoder{header: h, strings: table{seed: maphash.MakeSeed()}}
}

// payloadFields are what tags say of the payload. The last value counts, as in the agent (ApplyPromotedFields).
type payloadFields struct{ env, version, hostname, commit, mode []byte }

// The fields of a payload.
const (
	payloadContainer = iota + 2
	payloadLanguage
	payloadLanguageVersion
	payloadTracerVersion
	payloadRuntimeID
	payloadEnv
	payloadHostname
	payloadVersion
	payloadAttributes
	payloadChunks
)

// Append appends the request's body for the chunks in the segments to b.
func (e *Encoder) Append(b []byte, segments [][]byte) ([]byte, error) {
	start := len(b)
	e.strings.reset()
	defer e.forget()
	h := &e.header
	b = append(b, 0x80) // a map; the number of its fields is put in at the end
	b = e.say(b, start, payloadContainer, h.ContainerID, nil)
	b = e.say(b, start, payloadLanguage, h.Language, nil)
	b = e.say(b, start, payloadLanguageVersion, h.LanguageVersion, nil)
	b = e.say(b, start, payloadTracerVersion, h.TracerVersion, nil)
	b = e.say(b, start, payloadRuntimeID, h.RuntimeID, nil)
	b, err := e.chunks(b, segments)
	if err != nil {
		return b[:start], err
	}
	b[start]++
	// What tags say of the payload is known only now; fields may come in any order.
	b = e.say(b, start, payloadEnv, h.Env, e.of.env)
	b = e.say(b, start, payloadHostname, h.Hostname, e.of.hostname)
	b = e.say(b, start, payloadVersion, h.Version, e.of.version)
	return e.attributes(b, start), nil
}

// say appends a field of the payload that begins at start, unless both the value and the one instead of it are empty.
func (e *Encoder) say(b []byte, start int, field byte, value string, or []byte) []byte {
	if value == "" && len(or) == 0 {
		return b
	}
	b[start]++
	b = append(b, field)
	if value == "" {
		return e.strings.append(b, or)
	}
	return e.strings.append(b, view(value))
}

func (e *Encoder) chunks(b []byte, segments [][]byte) ([]byte, error) {
	b = append(b, payloadChunks, 0xdd, 0, 0, 0, 0) // an array, whose length is known in the end
	at, n := len(b)-4, uint32(0)
	for _, s := range segments {
		r := chunk.Reader{Rest: s}
		for ; len(r.Rest) > 0; n++ {
			b = e.chunk(b, &r)
		}
		if r.Err != nil {
			return b, r.Err
		}
	}
	binary.BigEndian.PutUint32(b[at:], n)
	return b, nil
}

// attributes appends those of the payload.
func (e *Encoder) attributes(b []byte, start int) []byte {
	n := len(e.header.Attributes)
	if len(e.of.commit) > 0 {
		n++
	}
	if len(e.of.mode) > 0 {
		n++
	}
	if n == 0 {
		return b
	}
	b[start]++
	b = msgpack.AppendArray(append(b, payloadAttributes), 3*n)
	for _, a := range e.header.Attributes {
		b = e.text(b, view(a.Key), view(a.Value))
	}
	if len(e.of.commit) > 0 {
		b = e.text(b, view(commitKey), e.of.commit)
	}
	if len(e.of.mode) > 0 {
		b = e.text(b, view(modeKey), e.of.mode)
	}
	return b
}

// forget lets go of the segments, and of memory that is seldom needed.
func (e *Encoder) forget() {
	e.of, e.in = payloadFields{}, chunkFields{}
	clear(e.tails[:])
	e.span.Free()
}
