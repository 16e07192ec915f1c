//go:build go1.21

package v1

import (
	"math"
	"strconv"
	"strings"
)

// Tags that say something of the whole payload.
const (
	commitKey = "_dd.git.commit.sha"
	modeKey   = "_dd.apm_mode"
)

// noPriority is what the agent takes for none.
const noPriority = math.MinInt8

// kindInternal is the kind of a span that does not say it, as it is when the agent converts one from v0.4.
const kindInternal = 1

// chunkFields are what the tags of its spans say of a chunk. The last value counts, but for the priority, for which the
// root does (RootSamplingMergeState in the agent).
type chunkFields struct {
	low, high uint64
	mechanism uint32
	priority  int32
	decided   bool // the priority is the root's
	origin    []byte
}

// spanFields are what has been a tag of a span and is a field now.
type spanFields struct {
	env, version, component []byte
	kind                    byte
	events                  []event
}

// lift takes out of the span's tags what has a field of its own, and makes a note of what they say of the chunk and the
// payload.
func (e *Encoder) lift() spanFields {
	f := spanFields{kind: kindInternal}
	rest := e.span.Meta[:0]
	for _, t := range e.span.Meta {
		if !e.lifted(&f, t.Key, t.Value) {
			rest = append(rest, t)
		}
	}
	e.span.Meta = rest
	if e.in.decided {
		return f
	}
	if v, ok := e.span.Number("_sampling_priority_v1"); ok {
		e.in.priority = int32(v)
		e.in.decided = e.span.ParentID == 0
	}
	return f
}

// lifted tells whether a field of the span says all that the tag does.
func (e *Encoder) lifted(f *spanFields, key, value []byte) bool {
	if len(value) == 0 {
		return false
	}
	switch string(key) {
	case "env":
		f.env, e.of.env = value, value
		return true
	case "version":
		f.version, e.of.version = value, value
		return true
	case "component":
		f.component = value
		return true
	case "span.kind":
		if kind := kindOf(value); kind != 0 {
			f.kind = kind
			return true
		}
	case "events":
		var ok bool
		f.events, ok = parseEvents(string(value))
		return ok
	case "_dd.p.tid":
		if v, err := strconv.ParseUint(string(value), 16, 64); err == nil {
			e.in.high = v
		}
	case "_dd.p.dm":
		if v, err := strconv.ParseUint(strings.TrimPrefix(string(value), "-"), 10, 32); err == nil {
			e.in.mechanism = uint32(v)
		}
	case "_dd.origin":
		e.in.origin = value
	case "_dd.hostname":
		e.of.hostname = value
	case commitKey:
		e.of.commit = value
	case modeKey:
		e.of.mode = value
	}
	return false
}

// kindOf is the number of a span's kind (SpanKind in pkg/proto/pbgo/trace/idx), 0 if it is none of them.
func kindOf(text []byte) byte {
	switch string(text) {
	case "internal":
		return kindInternal
	case "server":
		return 2
	case "client":
		return 3
	case "producer":
		return 4
	case "consumer":
		return 5
	}
	return 0
}
