//go:build go1.21

package otlp

import (
	"strconv"

	"github.com/ddinstrument/ddinstrument/runtime/internal/chunk"
)

// spans is the field of a ScopeSpans.
const spans = 2

// The fields of a Span.
const (
	traceIDField    = 1
	spanIDField     = 2
	stateField      = 3
	parentField     = 4
	nameField       = 5
	kindField       = 6
	startField      = 7
	endField        = 8
	attributesField = 9
	eventsField     = 11
	linksField      = 13
	statusField     = 15
	flagsField      = 16
)

// eventsKey is the tag that has a span's events, in JSON (package tracer, event.go).
const eventsKey = "events"

// StateKey is the tag of a chunk's first span that has the tracestate that has come: the one in which Datadog's agent keeps
// it (datadog-agent, pkg/trace/transform).
const StateKey = "w3c.tracestate"

// sampledFlag is W3C's.
const sampledFlag = 1

// appendSpan appends the span that has been read.
func (e *Encoder) appendSpan(b []byte, c *common) []byte {
	s := &e.span
	b, at := begin(b, spans)
	b = appendTraceID(b, traceIDField, c.high, s.TraceID)
	b = appendSpanID(b, spanIDField, s.ID)
	if len(c.state) > 0 {
		b = appendString(b, stateField, valid(c.state))
	}
	if s.ParentID != 0 {
		b = appendSpanID(b, parentField, s.ParentID)
	}
	b = appendString(b, nameField, valid(s.Name))
	if k := kind(s); k != 0 {
		b = appendVarint(b, kindField, k)
	}
	finish := s.Start
	if s.Duration > 0 {
		finish += s.Duration
	}
	b = appendFixed64(b, startField, uint64(s.Start))
	b = appendFixed64(b, endField, uint64(finish))
	b = e.appendAttributes(b, s)
	b = appendLinks(b, s.Links)
	b = appendStatus(b, s)
	if c.sampled {
		b = appendFixed32(b, flagsField, sampledFlag)
	}
	return end(b, at)
}

// kind is the span's, 0 if nothing tells it.
func kind(s *chunk.Span) uint64 {
	if k := chunk.KindOf(s.Text("span.kind")); k != 0 {
		return uint64(k)
	}
	switch string(s.Type) {
	case "web":
		return chunk.Server
	case "http":
		return chunk.Client
	}
	return 0
}

func appendStatus(b []byte, s *chunk.Span) []byte {
	const (
		messageField = 2
		codeField    = 3
		ok, failed   = 1, 2
	)
	b, at := begin(b, statusField)
	if !s.Failed {
		b = appendVarint(b, codeField, ok)
		return end(b, at)
	}
	if message := s.Text("error.message"); len(message) > 0 {
		b = appendString(b, messageField, valid(message))
	}
	return end(appendVarint(b, codeField, failed), at)
}

// appendAttributes appends the tags, and what has no field of its own; and the events, which are a tag.
func (e *Encoder) appendAttributes(b []byte, s *chunk.Span) []byte {
	b = e.appendExtra(b, s)
	for i := range s.Meta {
		key, value := s.Meta[i].Key, s.Meta[i].Value
		switch string(key) {
		case StateKey:
			continue
		case eventsKey:
			if with, ok := appendEvents(b, value); ok {
				b = with
				continue
			}
		}
		if name := renamed(key); name == "" {
			b = appendText(b, attributesField, valid(key), valid(value))
		} else if unique(s, name, i) {
			b = appendText(b, attributesField, name, valid(value))
		}
	}
	for i := range s.Metrics {
		key, value := s.Metrics[i].Key, s.Metrics[i].Value
		if name := renamed(key); name == "" {
			b = appendDouble(b, attributesField, valid(key), value)
		} else if unique(s, name, len(s.Meta)+i) {
			b = appendDouble(b, attributesField, name, value)
		}
	}
	return b
}

// unique tells whether no other tag, and none before tag i that is renamed too, has that name already: a receiver may turn
// down attributes of the same key.
func unique(s *chunk.Span, name string, i int) bool {
	if has(s, name) {
		return false
	}
	for j := 0; j < i; j++ {
		if renamed(keyAt(s, j)) == name {
			return false
		}
	}
	return true
}

// keyAt is the key of a tag: the texts come first.
func keyAt(s *chunk.Span, i int) []byte {
	if i < len(s.Meta) {
		return s.Meta[i].Key
	}
	return s.Metrics[i-len(s.Meta)].Key
}

func has(s *chunk.Span, key string) bool {
	_, number := s.Number(key)
	return number || s.Text(key) != nil
}

// appendExtra appends what is no tag. A tag of the same name wins.
func (e *Encoder) appendExtra(b []byte, s *chunk.Span) []byte {
	put := func(key string, value []byte) {
		if !has(s, key) {
			b = appendText(b, attributesField, key, valid(value))
		}
	}
	put("dd.span.Resource", s.Resource)
	if len(s.Type) > 0 {
		put("span.type", s.Type)
	}
	if priority, ok := s.Number("_sampling_priority_v1"); ok {
		e.number = strconv.AppendFloat(e.number[:0], priority, 'f', 6, 64)
		put("sampling.priority", e.number)
	}
	e.number = strconv.AppendUint(e.number[:0], s.ID, 10) // as logs have it
	put("datadog.span.id", e.number)
	e.number = strconv.AppendUint(e.number[:0], s.TraceID, 10)
	put("datadog.trace.id", e.number)
	return b
}

// appendLinks appends the links. Those that have come in the older form, as a tag, stay one.
func appendLinks(b []byte, links []chunk.Link) []byte {
	const (
		traceIDField    = 1
		spanIDField     = 2
		stateField      = 3
		attributesField = 4
		flagsField      = 6
		known           = 1 << 31 // of chunk.Link.Flags
	)
	for i := range links {
		l := &links[i]
		var at int
		b, at = begin(b, linksField)
		b = appendTraceID(b, traceIDField, l.TraceHigh, l.TraceLow)
		b = appendSpanID(b, spanIDField, l.SpanID)
		if len(l.State) > 0 {
			b = appendString(b, stateField, valid(l.State))
		}
		for _, a := range l.Attributes {
			b = appendText(b, attributesField, valid(a.Key), valid(a.Value))
		}
		if l.Flags&known != 0 {
			b = appendFixed32(b, flagsField, l.Flags&0xff)
		}
		b = end(b, at)
	}
	return b
}
