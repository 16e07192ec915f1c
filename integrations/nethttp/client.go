//go:build ignore

package http

import (
	"context"
	"runtime"
	"strconv"

	"github.com/ddinstrument/ddinstrument/runtime/libs/httpinfo"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

var ddClientSite = ddtracer.Site{
	Name: "http.request", Type: "http",
	Tags: []ddtracer.SiteTag{{Key: "span.kind", Value: "client"}, {Key: "component", Value: "net/http"}},
}

// ddSent is a request that is sent: the copy of it that carries the ids, and the context of that copy.
type ddSent struct {
	context.Context
	copied   Request
	original *Request
	header   httpinfo.Sending
	call     *ddtracer.Call
	held     ddtracer.Held
}

// ddSend begins the span of a request. A request that one Transport hands to another is already in one.
func ddSend(t *Transport, req *Request) *ddSent {
	if req == nil || !ddtracer.On() {
		return nil
	}
	if _, again := req.ctx.(*ddSent); again {
		return nil
	}
	if t != nil && t.Dial != nil && ddDumps() {
		return nil
	}
	ctx, call := ddClientSite.Enter(req.Context())
	if call == nil {
		return nil
	}
	d := &ddSent{Context: ctx, original: req, call: call, held: ddtracer.Hold()}
	d.copied = *req
	d.copied.ctx = d
	d.describe((*ddtracer.Span)(call))
	if req.Header != nil { // else it is not sent
		d.copied.Header = d.header.Copy(req.Header)
		ddtracer.Propagate(ctx, &d.header)
		d.header.Tidy()
	}
	return d
}

func (d *ddSent) describe(span *ddtracer.Span) {
	req := d.original
	method, host := req.Method, req.Host
	if method == "" {
		method = "GET"
	}
	if req.URL == nil {
		span.SetResource(method)
		return
	}
	if host == "" {
		host = req.URL.Host
	}
	path := req.URL.Path
	if path == "" && req.URL.Opaque == "" {
		path = "/" // which is what is sent
	}
	c := httpinfo.Current()
	span.SetResource(httpinfo.Resource(method, c.SentPath(path)))
	span.SetTexts(
		ddtracer.SiteTag{Key: httpinfo.MethodTag, Value: method},
		ddtracer.SiteTag{Key: httpinfo.URLTag, Value: httpinfo.URL(req.URL, host, false, &c.ClientQuery)},
		ddtracer.SiteTag{Key: "network.destination.name", Value: req.URL.Hostname()},
		ddtracer.SiteTag{}, ddtracer.SiteTag{}, // room for port and status
	)
	if port, err := strconv.Atoi(req.URL.Port()); err == nil {
		span.SetTag("network.destination.port", port)
	}
}

// sends returns the request that is sent.
func (d *ddSent) sends(req *Request) *Request {
	if d == nil {
		return req
	}
	return &d.copied
}

func (d *ddSent) exit() *ddtracer.Call {
	if d == nil {
		return nil
	}
	return d.call
}

// came tells the span what has come of the request, and gives the response back the one that it answers.
func (d *ddSent) came(resp **Response, err *error) {
	if d == nil {
		return
	}
	span := (*ddtracer.Span)(d.call)
	if *err != nil {
		span.SetTag(httpinfo.ErrorsTag, *err)
	}
	r := *resp
	if r == nil {
		return
	}
	if r.Request == &d.copied {
		r.Request = d.original
	}
	if *err != nil {
		return
	}
	span.SetTexts(ddtracer.SiteTag{Key: httpinfo.StatusTag, Value: httpinfo.Status(r.StatusCode)})
	if httpinfo.Current().ClientErrors.Has(r.StatusCode) {
		span.SetTexts(ddtracer.SiteTag{Key: httpinfo.ErrorsTag, Value: r.Status})
		span.Fail(httpinfo.StatusError(r.StatusCode, StatusText(r.StatusCode)))
	}
}

// ddOriginal returns the request that the program has: it may cancel that one.
func ddOriginal(req *Request) *Request {
	if d, ok := req.ctx.(*ddSent); ok && req == &d.copied {
		return d.original
	}
	return req
}

// ddDumps tells whether a Transport is one of httputil.DumpRequestOut: what that shows is the request as the program has
// made it. Only such a Transport still has a Dial.
func ddDumps() bool {
	var pcs [3]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		if f.Function == "net/http/httputil.DumpRequestOut" {
			return true
		}
		if !more {
			return false
		}
	}
}

// ddWriting makes the request's span the active one of the goroutine that writes it, which is the connection's: the body
// is read there.
func ddWriting(r *Request) (v ddtracer.Visit) {
	if d, ok := r.ctx.(*ddSent); ok {
		v = d.held.Enter()
	}
	return v
}

// ddAlone is for a goroutine that serves many requests: the span of the one that has started it is not its own.
func ddAlone() { ddtracer.Detach() }
