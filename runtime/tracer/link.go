//go:build go1.21

package tracer

import (
	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
	"github.com/ddinstrument/ddinstrument/runtime/internal/propagation"
)

// maxLinks is how many links a span may have; further ones are left out.
const maxLinks = 128

// link leads to another span. The fields are those of the agent's SpanLink
// (https://github.com/DataDog/datadog-agent, pkg/proto/pbgo/trace/span.proto).
type link struct {
	high, low, span uint64
	sampled         bool
	state           string // W3C's tracestate
	attributes      []tag  // texts
}

// Linked is what AddLink can lead to: a *Span or a *Remote.
type Linked interface{ linkTo() (link, bool) }

func (s *Span) linkTo() (l link, ok bool) {
	if s == nil {
		return l, false
	}
	t := s.trace
	return link{high: t.high, low: t.low, span: s.id, sampled: t.priority() > 0}, true
}

func (r *Remote) linkTo() (l link, ok bool) {
	if r == nil || r.came.Low == 0 {
		return l, false
	}
	came := r.came.Link()
	return cameWith(&came), true
}

// cameWith is a link as headers have brought it.
func cameWith(came *propagation.Link) link {
	l := link{high: came.High, low: came.Low, span: came.Span, sampled: came.Sampled, state: came.State}
	if came.Reason != "" {
		l.attributes = []tag{{key: "reason", text: came.Reason}, {key: "context_headers", text: came.Style}}
	}
	return l
}

// AddLink connects the span to another one that is not its parent: that of a message among many, say. The attributes are
// made by Tag.
func (s *Span) AddLink(to Linked, attributes ...Option) {
	if s == nil || to == nil || s.finished.Load() {
		return
	}
	l, ok := to.linkTo()
	if !ok {
		return
	}
	for _, a := range attributes {
		if t, ok := s.convert(a.key, a.value); ok && a.kind == optionTag {
			l.attributes = withTag(l.attributes, tag{key: a.key, text: t.String()})
		}
	}
	s.edit(func(s *Span) {
		if x := s.extras(); len(x.links) < maxLinks {
			x.links = append(x.links, l)
		} else {
			diag.Once("links", "a span (%s) has more than %d links: further ones are left out", s.site.Name, maxLinks)
		}
	})
}

// appendLinks appends the value of a span.
func appendLinks(b []byte, links []link) []byte {
	b = msgpack.AppendArray(b, len(links))
	for i := range links {
		b = links[i].append(b)
	}
	return b
}

func (l *link) append(b []byte) []byte {
	fields := 4
	if l.state != "" {
		fields++
	}
	if len(l.attributes) > 0 {
		fields++
	}
	b = msgpack.AppendMap(b, fields)
	b = msgpack.AppendUint(msgpack.AppendString(b, "trace_id"), l.low)
	b = msgpack.AppendUint(msgpack.AppendString(b, "trace_id_high"), l.high)
	b = msgpack.AppendUint(msgpack.AppendString(b, "span_id"), l.span)
	flags := uint64(1 << 31) // says that they are known
	if l.sampled {
		flags |= 1
	}
	b = msgpack.AppendUint(msgpack.AppendString(b, "flags"), flags)
	if l.state != "" {
		b = appendPair(b, "tracestate", l.state)
	}
	if len(l.attributes) > 0 {
		b = msgpack.AppendMap(msgpack.AppendString(b, "attributes"), len(l.attributes))
		for _, t := range l.attributes {
			b = appendPair(b, t.key, t.text)
		}
	}
	return b
}
