//go:build go1.21

package tracer

import (
	"github.com/ddinstrument/ddinstrument/runtime/internal/chunk"
	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
	"github.com/ddinstrument/ddinstrument/runtime/internal/sampling"
)

// The format is that of package chunk.

// maxChunk is how many bytes a chunk may have before a further one is begun.
const maxChunk = 2 << 20

// encodeAndPush encodes the spans of one trace, in the order in which they started, and hands them to the sender. The
// buffer is for its use, and returned.
func (set *settings) encodeAndPush(t *trace, spans []*Span, counted bool, buf []byte) []byte {
	defer func() {
		if v := recover(); v != nil { // a fault of ours costs a trace and nothing else
			diag.Once("encode", "a trace could not be encoded: %v", v)
		}
	}()
	for len(spans) > 0 {
		var n int
		n, buf = encodeChunk(buf[:0], t, spans)
		if r := t.root.set.recording; r != nil {
			r.push(spans[:n], buf)
		} else {
			set.sender.Push(t.low, buf, counted)
		}
		for _, s := range spans[:n] {
			s.release()
		}
		spans = spans[n:]
	}
	return buf
}

// release lets go what a span held that has been sent: the context and labels may keep the span itself in memory for
// long. Another chunk of the trace may be looking at its root.
func (s *Span) release() {
	if s.detail == nil && s.more == nil { // which nobody else changes any more
		return
	}
	if s.has(flagRoot) {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	s.detail, s.more = nil, nil
}

// encodeChunk encodes as many of the spans as go into one chunk, at least one.
func encodeChunk(b []byte, t *trace, spans []*Span) (int, []byte) {
	e := encoder{trace: t, decision: t.decide(true), handedOn: t.handedOn()}
	b = chunk.AppendHead(b, t.low)
	n := 0
	for n < len(spans) && len(b) <= maxChunk {
		b = e.span(b, spans[n], n == 0)
		n++
	}
	chunk.SetSpans(b, n)
	return n, b
}

// encoder has what is to be the same from the first byte of a chunk to the last.
type encoder struct {
	trace    *trace
	decision *sampling.Decision
	handedOn []tag
	high     int // where the digits of the upper half of the trace's id have been appended; 0: nowhere yet
}

func (e *encoder) span(b []byte, s *Span, first bool) []byte {
	st := s.site.encoded()
	service := s.service.Load()
	b = chunk.AppendSpan(b, s.id, s.parentID, s.start, s.dur, s.failed)
	n := len(b)
	at := e.tailOf(st, s, service, first)
	if at == nil {
		b = e.tail(b, st, s, service, first)
	} else if t := at.Load(); t.fits(e, s, *service, first) {
		b = t.append(b, e.trace.high)
	} else {
		e.high = 0
		b = e.tail(b, st, s, service, first)
		e.keep(at, s, *service, first, b[n:], max(e.high-n, 0))
	}
	chunk.EndSpan(b, n)
	return b
}

// tail appends a span from the service on.
func (e *encoder) tail(b []byte, st *siteData, s *Span, service *string, first bool) []byte {
	more := s.more
	if more == nil {
		more = &noExtra
	}
	b = msgpack.AppendString(b, *service)
	b = overridden(b, more.name, st.name)
	if s.own().resource == "" && more.name == "" && st.alike {
		b = append(b, msgpack.Nil)
	} else {
		b = overridden(b, s.own().resource, st.resource)
	}
	b = msgpack.AppendString(b, subject{s}.Type())
	b = appendLinks(b, more.links)
	return e.tags(b, s, more, service, first)
}

var noExtra extra

// overridden appends a value that was encoded with the site, unless the span has one of its own.
func overridden(b []byte, own string, static []byte) []byte {
	if own != "" {
		return msgpack.AppendString(b, own)
	}
	return append(b, static...)
}

// tags appends meta and metrics. Of three lists the later one wins: what every span has, what the site has, what was
// set.
func (e *encoder) tags(b []byte, s *Span, more *extra, service *string, first bool) []byte {
	common := s.set.common(*service)
	site := &s.site.encoded().tags
	own := s.own().tags
	if overlap(own, common.list) || overlap(own, site.list) || overlap(site.list, common.list) {
		common, site = newTagList(override(common.list, site.list, own)), &noTags
	}
	p := place{s: s, more: more, first: first, root: s.has(flagRoot), top: s.topLevel(service)}
	if alike(own) || common.alike || site.alike {
		common, site, own = e.settle(&p, common, site, own)
	}
	texts := 0
	for i := range own {
		if !own[i].isNum {
			texts++
		}
	}

	n := e.count(&p)
	b = msgpack.AppendMap(b, n.meta+common.texts+site.texts+texts)
	b = append(append(b, common.meta...), site.meta...)
	for i := range own {
		if !own[i].isNum {
			b = msgpack.AppendString(b, own[i].key)
			b = msgpack.AppendString(b, own[i].text)
		}
	}
	b = e.fixedMeta(b, &p)

	b = msgpack.AppendMap(b, n.metrics+common.numbers+site.numbers+len(own)-texts)
	b = append(append(b, common.metrics...), site.metrics...)
	for i := range own {
		if own[i].isNum {
			b = msgpack.AppendString(b, own[i].key)
			b = msgpack.AppendFloat(b, own[i].number)
		}
	}
	return e.fixedMetrics(b, &p)
}

func appendPair(b []byte, key, value string) []byte {
	return msgpack.AppendString(msgpack.AppendString(b, key), value)
}

func appendNumber(b []byte, key string, value float64) []byte {
	return msgpack.AppendFloat(msgpack.AppendString(b, key), value)
}

// appendHex16 appends a string of 16 lower-case hexadecimal digits.
func appendHex16(b []byte, v uint64) []byte {
	b = append(b, "\xb00123456789abcdef"...)
	putHex16(b[len(b)-16:], v)
	return b
}

// putHex16 puts the digits at the beginning of b.
func putHex16(b []byte, v uint64) {
	b = b[:16]
	for i := range b {
		b[i] = "0123456789abcdef"[v>>60]
		v <<= 4
	}
}
