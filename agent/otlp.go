package agent

import (
	"fmt"
	"math"
	"slices"
)

// OTLP: what comes from OpenTelemetry's SDKs, made into spans of Datadog's
// kind as the real agent does it (pkg/trace/transform: OtelSpanToDDSpan).

// otlpPayload is the result of reading a request.
type otlpPayload struct {
	chunks  []chunk
	at      map[TraceID]int // where the chunk of a trace is
	invalid int             // spans without ids
}

// keepOTLP adds a span to the payload, to those of its trace.
func (d *decoder) keepOTLP(p *otlpPayload, o *otlpSpan) error {
	if err := d.charge(spanCost); err != nil {
		return err
	}
	before := d.left
	s, ok, err := d.otlpSpan(o)
	if err != nil {
		return err
	}
	if !ok {
		p.invalid++
		return nil
	}
	cost := spanCost + before - d.left
	id := TraceID{s.TraceIDHigh, s.TraceID}
	i, ok := p.at[id]
	if !ok {
		if p.at == nil {
			p.at = map[TraceID]int{}
		}
		i = len(p.chunks)
		p.at[id] = i
		p.chunks = append(p.chunks, chunk{})
	}
	p.chunks[i].spans = append(p.chunks[i].spans, s)
	p.chunks[i].cost += cost
	return nil
}

// otlpSpan is a span as it came, with what it belongs to.
type otlpSpan struct {
	resource, scope *attributes

	trace, id, parent []byte
	state, name       string
	kind              uint64
	start, end        uint64
	attributes        attributes
	events            []Event
	links             []Link
	status            uint64
	message           string
	version, library  string // of the instrumentation
}

// attributes are keys and values, in their order.
type attributes []attribute

type attribute struct {
	key   string
	value any // as of decoder.value
}

// text returns the first of the keys that has a value, as text.
func (all attributes) text(keys ...string) string {
	for _, key := range keys {
		i := slices.IndexFunc(all, func(a attribute) bool { return a.key == key })
		if i >= 0 {
			if text := textOf(all[i].value); text != "" {
				return text
			}
		}
	}
	return ""
}

// text looks for an attribute of the span, then of the resource.
func (o *otlpSpan) text(keys ...string) string {
	if text := o.attributes.text(keys...); text != "" {
		return text
	}
	return o.resource.text(keys...)
}

// The kinds of span.
const (
	kindServer   = 2
	kindClient   = 3
	kindProducer = 4
	kindConsumer = 5
)

// otlpStatusError is the status of a span that failed.
const otlpStatusError = 2

// span makes a span of Datadog's kind; false if it has no ids.
func (d *decoder) otlpSpan(o *otlpSpan) (s Span, ok bool, err error) {
	var id TraceID
	if len(o.trace) != 16 || len(o.id) != 8 {
		return Span{}, false, nil
	}
	id.High, id.Low = bigEndian(o.trace[:8]), bigEndian(o.trace[8:])
	s = Span{
		TraceID: id.Low, TraceIDHigh: id.High, SpanID: bigEndian(o.id), ParentID: bigEndian(o.parent),
		Name: o.operation(), Service: o.service(), Resource: o.resourceName(), Type: o.spanType(),
		Start: int64(o.start), Events: o.events, Links: o.links,
	}
	if s.TraceID == 0 || s.SpanID == 0 {
		return Span{}, false, nil
	}
	if o.end > o.start {
		s.Duration = int64(min(o.end-o.start, math.MaxInt64))
	}
	if o.status == otlpStatusError {
		s.Error = 1
	}
	return s, true, d.otlpTags(&s, o)
}

func bigEndian(b []byte) (n uint64) {
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}

// renamedTags are attributes that have other names with Datadog
// (pkg/opentelemetry-mapping-go/otlp/attributes: HTTPMappings), and those that
// are fields of a span there, which have none.
var renamedTags = map[string]string{
	"client.address":               "http.client_ip",
	"http.response.body.size":      "http.response.content_length",
	"http.response.status_code":    "http.status_code",
	"http.request.body.size":       "http.request.content_length",
	"http.request.header.referrer": "http.referrer",
	"http.request.method":          "http.method",
	"network.protocol.version":     "http.version",
	"server.address":               "http.server_name",
	"url.full":                     "http.url",
	"user_agent.original":          "http.useragent",
	"deployment.environment":       "env",
	"deployment.environment.name":  "env",
	"service.version":              "version",

	"service.name": "", "operation.name": "", "resource.name": "", "span.type": "",
	// Of spans that have been Datadog's, see the Collector's Datadog receiver.
	"dd.span.Resource": "", "datadog.span.id": "", "datadog.trace.id": "",
}

// otlpTags makes tags of the attributes: of the span, then of the resource,
// then of what has made it. The first that is said counts.
func (d *decoder) otlpTags(s *Span, o *otlpSpan) error {
	set := func(key string, value any) error {
		if name, ok := renamedTags[key]; ok {
			key = name
		}
		if _, ok := s.Meta[key]; ok || key == "" {
			return nil
		}
		if _, ok := s.Metrics[key]; ok {
			return nil
		}
		switch v := value.(type) {
		case int64:
			return put(d, &s.Metrics, key, float64(v))
		case float64:
			if !math.IsNaN(v) && !math.IsInf(v, 0) { // no JSON can hold it
				return put(d, &s.Metrics, key, v)
			}
		}
		text := textOf(value)
		if text == "" {
			return nil
		}
		return first(d.charge(len(text)), put(d, &s.Meta, key, text))
	}
	if o.kind < uint64(len(spanKinds)) && spanKinds[o.kind] != "" {
		if err := set(kindTag, spanKinds[o.kind]); err != nil {
			return err
		}
	}
	for _, list := range []attributes{o.attributes, *o.resource, *o.scope, o.extra()} {
		for _, a := range list {
			if err := set(a.key, a.value); err != nil {
				return err
			}
		}
	}
	return nil
}

// extra is what has no attribute.
func (o *otlpSpan) extra() attributes {
	all := attributes{
		{"w3c.tracestate", o.state}, {"otel.scope.name", o.library}, {"otel.scope.version", o.version},
		{"otel.trace_id", fmt.Sprintf("%x", o.trace)},
	}
	if o.status != otlpStatusError {
		return all
	}
	message, typ, stack := o.message, o.text("error.type"), ""
	for i := range o.events { // the last one is why it failed
		if e := &o.events[i]; e.Name == "exception" {
			if message == "" {
				message = textOf(e.Attributes["exception.message"])
			}
			typ, stack = textOr(e.Attributes["exception.type"], typ), textOr(e.Attributes["exception.stacktrace"], stack)
		}
	}
	if code := o.text("http.response.status_code", "http.status_code"); message == "" && code != "" {
		message = "HTTP status " + code
	}
	return append(all, attribute{"error.message", message}, attribute{"error.type", typ}, attribute{"error.stack", stack})
}

func textOr(value any, or string) string {
	if text := textOf(value); text != "" {
		return text
	}
	return or
}
