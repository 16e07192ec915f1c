//go:build go1.21

package tracer

import (
	"sync/atomic"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/sampling"
)

// tail is a span's bytes from the service on, of a span for which nobody has set anything: they are the same for all such
// spans of a site that stand in the same place, but for the upper half of the trace's id.
type tail struct {
	bytes []byte
	high  int   // where in bytes the digits of that half are; 0: nowhere
	made  int64 // when, in nanoseconds since 1970

	// What it was made of.
	common    *tagList
	service   string
	runtimeID string
	decision  *sampling.Decision // nil for a span that does not tell it
}

// tails are the ones of a site that have been made last.
type tails struct {
	root  atomic.Pointer[tail] // of a local root that begins a trace, and is the first in its chunk
	inner atomic.Pointer[tail] // of a span below another one of its service, and not the first
}

const (
	maxTail  = 4 << 10                       // a longer one is not kept
	tailPace = int64(100 * time.Millisecond) // between two that are made in one place: what they are made of may alternate
)

// tailOf returns where the tail of a span is kept, nil if it is not one of those.
func (e *encoder) tailOf(st *siteData, s *Span, service *string, first bool) *atomic.Pointer[tail] {
	if s.more != nil || s.detail != nil {
		return nil
	}
	root := s.has(flagRoot)
	switch {
	case !first && !root && !s.topLevel(service):
		return &st.tails.inner
	case first && root && len(e.handedOn) == 0 && e.trace.origin() == "":
		return &st.tails.root
	}
	return nil
}

// told is the decision that a span tells.
func (e *encoder) told(first bool) *sampling.Decision {
	if first {
		return e.decision
	}
	return nil
}

// fits tells whether the span's tail is this one.
func (t *tail) fits(e *encoder, s *Span, service string, first bool) bool {
	return t != nil && t.common == s.set.common(service) && t.service == service && t.decision == e.told(first) &&
		(!first || t.runtimeID == s.set.runtimeID && (t.high != 0) == (e.trace.high != 0))
}

// append appends the tail, with the upper half of the trace's id.
func (t *tail) append(b []byte, high uint64) []byte {
	at := len(b) + t.high
	b = append(b, t.bytes...)
	if t.high != 0 {
		putHex16(b[at:], high)
	}
	return b
}

// keep remembers what has been encoded.
func (e *encoder) keep(at *atomic.Pointer[tail], s *Span, service string, first bool, bytes []byte, high int) {
	if before := at.Load(); len(bytes) > maxTail || before != nil && uint64(s.start-before.made) < uint64(tailPace) {
		return
	}
	at.Store(&tail{
		bytes: append([]byte(nil), bytes...), high: high, made: s.start,
		common: s.set.common(service), service: service, runtimeID: s.set.runtimeID, decision: e.told(first),
	})
}
