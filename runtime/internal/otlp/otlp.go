//go:build go1.21

// Package otlp makes of chunks the request in which OpenTelemetry's protocol brings spans to a receiver: an
// ExportTraceServiceRequest in Protocol Buffers (https://opentelemetry.io/docs/specs/otlp/,
// https://github.com/open-telemetry/opentelemetry-proto, opentelemetry/proto/trace/v1/trace.proto).
//
// A span comes out as the OpenTelemetry Collector's Datadog receiver would have it
// (https://github.com/open-telemetry/opentelemetry-collector-contrib,
// receiver/datadogreceiver/internal/translator/traces_translator.go), so that it looks the same whichever way it has
// come. Where the receiver loses something, it is kept here:
//
//   - all spans of a trace have the 128 bits of its id, which the receiver has for the first chunk, and behind a switch;
//   - the type of a span, as the attribute span.type;
//   - an error's message, as the status's;
//   - links, events and tracestate, as such: the receiver knows links in an older form only, and events not at all;
//   - of two tags that get the same name the one that had it already;
//   - the version of the program is not that of other services that it has spans of.
//
// A trace that is not to be kept is not sent, since nobody sorts it out behind a receiver: only the spans that rules for
// single spans keep are. Of a span that is sent ahead as a snapshot, for fear that the program dies, a receiver may have
// two: OpenTelemetry knows no such thing.
//
// The package knows bytes. It knows nothing of how a request is made.
package otlp

import (
	"fmt"
	"strconv"

	"github.com/ddinstrument/ddinstrument/runtime/internal/chunk"
)

// Header is what all spans have in common. What is empty is left out.
type Header struct {
	Service   string // of the program: spans of it have its version
	Version   string
	Env       string
	Host      string
	Container string
	Instance  string // tells the process from all others
	ProcessID int
	Go        string      // the version of Go
	Tracer    string      // the version of the tracer
	Resource  [][2]string // further attributes of the resource; they win over the above
}

// Limits of what an Encoder gets, and keeps.
const (
	maxGroups = 64        // services
	maxGroup  = 256 << 10 // bytes of spans that are held back to be grouped by service
)

// Encoder is a transport.Encoder.
type Encoder struct {
	own, other []byte // attributes of the resource, for the program's own service and for others
	service    string
	scope      []byte

	groups map[string]*group
	order  []*group // those that have spans
	size   int      // bytes of all their spans
	span   chunk.Span
	number []byte
}

// group is the spans of one service.
type group struct {
	service string
	spans   []byte
}

// common is what the spans of a chunk have in common.
type common struct {
	high    uint64 // the upper half of the trace's id
	sampled bool
	state   []byte
}

// New makes an Encoder.
func New(h Header) *Encoder {
	version := h.Version
	e := &Encoder{service: h.Service, groups: make(map[string]*group)}
	e.own = h.attributes()
	h.Version = ""
	e.other = h.attributes()
	h.Version = version
	const scopeName, scopeVersion = 1, 2
	e.scope = appendString(e.scope, scopeName, scope)
	e.scope = appendString(e.scope, scopeVersion, h.Tracer)
	return e
}

// Names under which the runtime presents itself.
const (
	scope = "github.com/ddinstrument/ddinstrument/runtime/tracer"
	sdk   = "ddinstrument"
)

const attributesOfResource = 1

// attributes are those of the resource, without the service.
func (h *Header) attributes() (b []byte) {
	seen := map[string]bool{"service.name": true}
	put := func(key, value string) {
		if value != "" && !seen[key] {
			seen[key] = true
			b = appendText(b, attributesOfResource, valid([]byte(key)), valid([]byte(value)))
		}
	}
	for _, a := range h.Resource {
		put(a[0], a[1])
	}
	put("service.version", h.Version)
	put("deployment.environment", h.Env)
	put("deployment.environment.name", h.Env) // what it is called since semantic conventions 1.27
	put("service.instance.id", h.Instance)
	put("host.name", h.Host)
	put("container.id", h.Container)
	if key := "process.pid"; h.ProcessID != 0 && !seen[key] {
		n := 1 + sizeOf(h.ProcessID)
		b = appendLength(b, attributesOfResource, field(len(key))+field(n))
		b = appendString(b, keyField, key)
		b = appendVarint(appendLength(b, valueField, n), intValue, uint64(h.ProcessID))
	}
	put("process.runtime.name", "go")
	put("process.runtime.version", h.Go)
	put("telemetry.sdk.name", sdk)
	put("telemetry.sdk.language", "go")
	put("telemetry.sdk.version", h.Tracer)
	return b
}

// Append appends the request for the chunks in the segments to b. It is empty if none of their spans is to be sent.
func (e *Encoder) Append(b []byte, segments [][]byte) ([]byte, error) {
	start := len(b)
	defer e.free()
	for _, s := range segments {
		r := chunk.Reader{Rest: s}
		for len(r.Rest) > 0 {
			b = e.chunk(b, &r)
		}
		if r.Err != nil {
			return b[:start], fmt.Errorf("chunks for OTLP: %w", r.Err)
		}
	}
	return e.flush(b), nil
}

// chunk reads a chunk. Its spans go to their groups, and these to b when they get large.
func (e *Encoder) chunk(b []byte, r *chunk.Reader) []byte {
	var c common
	n := r.Chunk()
	for i := 0; i < n && r.Span(&e.span); i++ {
		s := &e.span
		if i == 0 {
			c = chunkOf(s)
		}
		if _, kept := s.Number("_dd.span_sampling.mechanism"); !c.sampled && !kept {
			continue
		}
		g := e.group(s.Service)
		before := len(g.spans)
		g.spans = e.appendSpan(g.spans, &c)
		if e.size += len(g.spans) - before; e.size > maxGroup {
			b = e.flush(b)
		}
	}
	return b
}

// chunkOf reads what the first span of a chunk says about all of them.
func chunkOf(first *chunk.Span) (c common) {
	c.high, _ = strconv.ParseUint(string(first.Text("_dd.p.tid")), 16, 64)
	priority, decided := first.Number("_sampling_priority_v1")
	c.sampled = priority > 0 || !decided
	c.state = first.Text(StateKey)
	return c
}

// group returns the one of a service.
func (e *Encoder) group(service []byte) *group {
	g := e.groups[string(service)]
	if g == nil {
		g = &group{service: string(valid(service))}
		e.groups[string(service)] = g
	}
	if len(g.spans) == 0 {
		e.order = append(e.order, g)
	}
	return g
}

// flush appends what the groups have, each as a ResourceSpans.
func (e *Encoder) flush(b []byte) []byte {
	const (
		resourceSpans = 1 // of the request
		resource      = 1 // of that
		scopeSpans    = 2
		scope         = 1 // of that
	)
	for _, g := range e.order {
		attributes := e.other
		if g.service == e.service {
			attributes = e.own
		}
		const key = "service.name"
		n := len(attributes) + field(field(len(key))+field(field(len(g.service))))
		inner := field(len(e.scope)) + len(g.spans)
		b = appendLength(b, resourceSpans, field(n)+field(inner))
		b = append(appendLength(b, resource, n), attributes...)
		b = appendText(b, attributesOfResource, key, g.service)
		b = appendString(appendLength(b, scopeSpans, inner), scope, e.scope)
		b = append(b, g.spans...)
		g.spans = g.spans[:0]
	}
	e.order, e.size = e.order[:0], 0
	return b
}

// free empties the groups, and lets go of what is more than what is usual.
func (e *Encoder) free() {
	if len(e.groups) > maxGroups {
		e.groups = make(map[string]*group)
	}
	for _, g := range e.order { // after an error
		g.spans = g.spans[:0]
	}
	total := 0
	for service, g := range e.groups {
		if total += cap(g.spans); total > 4*maxGroup {
			delete(e.groups, service)
		}
	}
	e.order, e.size = e.order[:0], 0
	e.span.Free()
}
