package agents

import (
	"context"
	"fmt"
	"slices"
	"strings"

	reference "github.com/DataDog/dd-trace-go/v2/ddtrace/tracer"
	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// client is a tracer: the runtime or dd-trace-go, as far as a program can be written for both.
type client interface {
	start(ctx context.Context, name string, o options) (context.Context, work)
	extract(ctx context.Context, headers tracer.TextMap) context.Context
	inject(ctx context.Context) tracer.TextMap // with names in the place of ids that differ from run to run
	stop()
}

// work is a span.
type work interface {
	set(key string, value any)
	rename(name, service, resource string) // each unless empty
	event(err error, attributes map[string]any)
	link(to work, attributes map[string]string)
	carry(key, value string)
	finish(err error)
}

// options are what a span starts with.
type options struct {
	service, resource, typ string
	tags                   map[string]any
}

// clients are the two, by the name that the environment of a program says.
var clients = map[string]func() client{
	"ours":   func() client { return ours{} },
	"theirs": func() client { reference.Start(); return theirs{} },
}

type (
	ours    struct{}
	ourSpan struct {
		*tracer.Span
	}
)

func (ours) start(ctx context.Context, name string, o options) (context.Context, work) {
	var list []tracer.Option
	if o.service != "" {
		list = append(list, tracer.Service(o.service))
	}
	if o.resource != "" {
		list = append(list, tracer.Resource(o.resource))
	}
	if o.typ != "" {
		list = append(list, tracer.Type(o.typ))
	}
	for key, value := range o.tags {
		list = append(list, tracer.Tag(key, value))
	}
	ctx, s := tracer.Trace(ctx, name, list...)
	return ctx, ourSpan{s}
}

func (ours) extract(ctx context.Context, headers tracer.TextMap) context.Context {
	return tracer.Extract(headers).Context(ctx)
}

func (ours) inject(ctx context.Context) tracer.TextMap {
	headers := tracer.TextMap{}
	tracer.Inject(ctx, headers)
	c, _ := tracer.LogCorrelation(ctx)
	return nameIDs(headers, c.TraceID, c.SpanID)
}

func (ours) stop() { tracer.Stop() }

func (s ourSpan) set(key string, value any) { s.SetTag(key, value) }

func (s ourSpan) rename(name, service, resource string) {
	if name != "" {
		s.SetName(name)
	}
	if service != "" {
		s.SetService(service)
	}
	if resource != "" {
		s.SetResource(resource)
	}
}

func (s ourSpan) event(err error, attributes map[string]any) {
	var list []tracer.Option
	for key, value := range attributes {
		list = append(list, tracer.Tag(key, value))
	}
	s.RecordError(err, list...)
}

func (s ourSpan) link(to work, attributes map[string]string) {
	var list []tracer.Option
	for key, value := range attributes {
		list = append(list, tracer.Tag(key, value))
	}
	s.AddLink(to.(ourSpan).Span, list...)
}

func (s ourSpan) carry(key, value string) { s.SetBaggageItem(key, value) }

func (s ourSpan) finish(err error) { s.Finish(&err) }

type (
	theirs    struct{}
	theirSpan struct{ *reference.Span }
	remoteKey struct{}
)

func (theirs) start(ctx context.Context, name string, o options) (context.Context, work) {
	var list []reference.StartSpanOption
	if o.service != "" {
		list = append(list, reference.ServiceName(o.service))
	}
	if o.resource != "" {
		list = append(list, reference.ResourceName(o.resource))
	}
	if o.typ != "" {
		list = append(list, reference.SpanType(o.typ))
	}
	for key, value := range o.tags {
		list = append(list, reference.Tag(key, value))
	}
	if _, ok := reference.SpanFromContext(ctx); !ok {
		if remote, ok := ctx.Value(remoteKey{}).(*reference.SpanContext); ok { // as its integrations do
			list = append(list, reference.ChildOf(remote), reference.WithSpanLinks(remote.SpanLinks()))
		}
	}
	s, ctx := reference.StartSpanFromContext(ctx, name, list...)
	return ctx, theirSpan{s}
}

func (theirs) extract(ctx context.Context, headers tracer.TextMap) context.Context {
	remote, err := reference.Extract(reference.TextMapCarrier(headers))
	if err != nil {
		return ctx
	}
	return context.WithValue(ctx, remoteKey{}, remote)
}

func (theirs) inject(ctx context.Context) tracer.TextMap {
	s, _ := reference.SpanFromContext(ctx)
	headers := tracer.TextMap{}
	if err := reference.Inject(s.Context(), reference.TextMapCarrier(headers)); err != nil {
		headers["error"] = err.Error()
	}
	return nameIDs(headers, s.Context().TraceID(), fmt.Sprint(s.Context().SpanID()))
}

func (theirs) stop() { reference.Stop() }

func (s theirSpan) set(key string, value any) { s.SetTag(key, value) }

func (s theirSpan) rename(name, service, resource string) {
	if name != "" {
		s.SetOperationName(name)
	}
	if service != "" {
		s.SetTag("service.name", service)
	}
	if resource != "" {
		s.SetTag("resource.name", resource)
	}
}

func (s theirSpan) event(err error, attributes map[string]any) {
	all := map[string]any{"exception.message": err.Error()}
	for key, value := range attributes {
		all[key] = value
	}
	s.AddEvent("exception", reference.WithSpanEventAttributes(all))
}

func (s theirSpan) link(to work, attributes map[string]string) {
	c := to.(theirSpan).Context()
	s.AddLink(reference.SpanLink{TraceID: c.TraceIDLower(), TraceIDHigh: c.TraceIDUpper(), SpanID: c.SpanID(), Flags: 1<<31 | 1, Attributes: attributes})
}

func (s theirSpan) carry(key, value string) { s.SetBaggageItem(key, value) }

func (s theirSpan) finish(err error) { s.Finish(reference.WithError(err)) }

// nameIDs puts names in the place of a trace's and a span's id, in all the ways that headers have them, and what is in no
// order in one.
func nameIDs(headers tracer.TextMap, trace, span string) tracer.TextMap {
	var id, high, low uint64
	fmt.Sscan(span, &id)
	if len(trace) == 32 {
		fmt.Sscanf(trace, "%16x%16x", &high, &low)
	} else {
		fmt.Sscan(trace, &low)
	}
	names := strings.NewReplacer(fmt.Sprintf("%016x%016x", high, low), "TRACE", fmt.Sprintf("%016x", low), "LOW", fmt.Sprintf("%016x", id), "SPAN",
		fmt.Sprintf("=%016x", high), "=HIGH", fmt.Sprintf("tid:%016x", high), "tid:HIGH")
	named := tracer.TextMap{}
	for key, value := range headers {
		switch value {
		case span:
			value = "SPAN"
		case fmt.Sprint(low):
			value = "LOW"
		}
		value = names.Replace(value)
		switch key = strings.ToLower(key); key {
		case "x-datadog-tags", "baggage":
			value = sorted(value, ",")
		case "tracestate":
			dd, others, _ := strings.Cut(strings.TrimPrefix(value, "dd="), ",")
			value = "dd=" + sorted(dd, ";") + "," + others
		}
		named[key] = value
	}
	return named
}

func sorted(list, separator string) string {
	words := strings.Split(list, separator)
	slices.Sort(words)
	return strings.Join(words, separator)
}

func datadog(more tracer.TextMap) tracer.TextMap {
	headers := tracer.TextMap{"x-datadog-trace-id": "1234567890123456789", "x-datadog-parent-id": "987654321"}
	for key, value := range more {
		headers[key] = value
	}
	return headers
}

// through has a request come in with headers, and one go out.
func through(c client, i int, headers tracer.TextMap) {
	ctx, root := c.start(c.extract(bg, headers), fmt.Sprint("root", i), options{})
	ctx, s := c.start(ctx, "child", options{})
	sentOn(c, ctx, s)
	s.finish(nil)
	root.finish(nil)
}

// sentOn sets tags that say with what headers a request would go out.
func sentOn(c client, ctx context.Context, s work) {
	headers := c.inject(ctx)
	var keys []string
	for key := range headers {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		s.set("header."+key, headers[key])
	}
}
