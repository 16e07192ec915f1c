//go:build go1.21

package v1

import (
	"math"
	"strconv"
	"strings"

	"github.com/ddinstrument/ddinstrument/runtime/internal/chunk"
)

// Tags that say something of the whole payload.
const (
	commitKey = "_dd.git.commit.sha"
	modeKey   = "_dd.apm_mode"
)

// noPriority is what the agent takes for none.
const noPriority = math.MinInt8

// chunkFields are what the tags of its spans say of a chunk. The last value counts, but for the priority, for which the
// root does (RootSamplingMergeState in the agent).
type chunkFields struct {
	low, high uint64
	mechanism uint32
	priority  int32
	decided   bool // the priority is the root's
	origin    []byte
}

// said is what the tags of one span say of its chunk and of the payload. What they do not say is nil, or not known.
type said struct {
	payloadFields
	origin                     []byte
	high                       uint64
	mechanism                  uint32
	priority                   int32
	hasHigh, hasMechanism, has bool // the latter: a priority
}

// apply takes over what a span has said.
func (e *Encoder) apply(s *said) {
	for _, f := range [...]struct{ to, from *[]byte }{
		{&e.of.env, &s.env}, {&e.of.version, &s.version}, {&e.of.hostname, &s.hostname}, {&e.of.commit, &s.commit}, {&e.of.mode, &s.mode},
		{&e.in.origin, &s.origin},
	} {
		if *f.from != nil {
			*f.to = *f.from
		}
	}
	if s.hasHigh {
		e.in.high = s.high
	}
	if s.hasMechanism {
		e.in.mechanism = s.mechanism
	}
	if s.has && !e.in.decided {
		e.in.priority = s.priority
		e.in.decided = e.span.ParentID == 0
	}
}

// spanFields are what has been a tag of a span and is a field now.
type spanFields struct {
	env, version, component []byte
	kind                    byte
	events                  []event
}

// lift takes out of the span's tags what has a field of its own, and makes a note of what they say of the chunk and the
// payload.
func (e *Encoder) lift(note *said) spanFields {
	f := spanFields{kind: chunk.Internal} // unless it says another one, as when the agent converts one from v0.4
	rest := e.span.Meta[:0]
	for _, t := range e.span.Meta {
		if !f.lift(note, t.Key, t.Value) {
			rest = append(rest, t)
		}
	}
	e.span.Meta = rest
	v, ok := e.span.Number("_sampling_priority_v1")
	note.priority, note.has = int32(v), ok
	return f
}

// lift tells whether a field of the span says all that the tag does.
func (f *spanFields) lift(note *said, key, value []byte) bool {
	if len(value) == 0 {
		return false
	}
	switch string(key) {
	case "env":
		f.env, note.env = value, value
		return true
	case "version":
		f.version, note.version = value, value
		return true
	case "component":
		f.component = value
		return true
	case "span.kind":
		if kind := chunk.KindOf(value); kind != 0 {
			f.kind = kind
			return true
		}
	case "events":
		var ok bool
		f.events, ok = parseEvents(string(value))
		return ok
	case "_dd.p.tid":
		v, err := strconv.ParseUint(string(value), 16, 64)
		note.high, note.hasHigh = v, err == nil
	case "_dd.p.dm":
		v, err := strconv.ParseUint(strings.TrimPrefix(string(value), "-"), 10, 32)
		note.mechanism, note.hasMechanism = uint32(v), err == nil
	case "_dd.origin":
		note.origin = value
	case "_dd.hostname":
		note.hostname = value
	case commitKey:
		note.commit = value
	case modeKey:
		note.mode = value
	}
	return false
}
