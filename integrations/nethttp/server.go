//go:build ignore

package http

import (
	"reflect"
	"runtime"

	"github.com/ddinstrument/ddinstrument/runtime/libs/httpinfo"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

var ddServerSite = ddtracer.Site{
	Name: "http.request", Type: "web", Entry: true, Measured: true,
	Tags: []ddtracer.SiteTag{{Key: "span.kind", Value: "server"}, {Key: "component", Value: "net/http"}},
}

// ddServed is a request with the span that it is answered in.
type ddServed struct {
	info httpinfo.Served
	call *ddtracer.Call
	rw   ResponseWriter
	req  *Request
}

// ddServe begins the span of a request. The request is the server's own: its context is set in place.
func ddServe(sh serverHandler, rw ResponseWriter, req *Request) *ddServed {
	if req == nil || !ddtracer.On() || req.isH2Upgrade() { // that is a whole connection of another protocol
		return nil
	}
	d := &ddServed{rw: rw, req: req}
	remote := ddtracer.Extract(httpinfo.Header(req.Header))
	d.info.Context = remote.Context(req.Context())
	ctx, call := ddServerSite.Enter(&d.info)
	if call == nil {
		return nil
	}
	d.call = call
	req.ctx = ctx
	span := (*ddtracer.Span)(call)
	path, escaped := "", ""
	if req.URL != nil {
		path, escaped = req.URL.Path, req.URL.RawPath
	}
	d.info.Begin(span, req.Method, path, escaped)
	c := httpinfo.Current()
	span.SetTexts(
		ddtracer.SiteTag{Key: httpinfo.MethodTag, Value: req.Method},
		ddtracer.SiteTag{Key: httpinfo.URLTag, Value: httpinfo.URL(req.URL, req.Host, req.TLS != nil, &c.ServerQuery)},
		ddtracer.SiteTag{Key: httpinfo.AgentTag, Value: req.UserAgent()},
		ddtracer.SiteTag{Key: httpinfo.HostTag, Value: req.Host},
		ddtracer.SiteTag{}, ddtracer.SiteTag{}, // room for route and status
	)
	if c.Headers != nil || c.ClientIP {
		c.Tag(span, req.Header, req.RemoteAddr)
	}
	if !sh.ddMuxed() || req.RequestURI == "*" {
		span.SetResource(httpinfo.Resource(req.Method, c.Path(path)))
	}
	return d
}

// ddMuxed tells whether a ServeMux is asked first, which names the resource.
func (sh serverHandler) ddMuxed() bool {
	if sh.srv == nil || sh.srv.Handler == nil {
		return true
	}
	_, yes := sh.srv.Handler.(*ServeMux)
	return yes
}

func (d *ddServed) exit() *ddtracer.Call {
	if d == nil {
		return nil
	}
	return d.call
}

// answered tells the span what the answer was. It runs when the handler has returned, or panics.
func (d *ddServed) answered() {
	if d == nil {
		return
	}
	defer d.forget()
	status := 0
	switch w := d.rw.(type) {
	case *response:
		if w.wroteHeader {
			status = w.status
		} else if w.conn.hijacked() {
			d.hijacked()
			return
		}
	case *http2responseWriter:
		if w.rws != nil && w.rws.wroteHeader {
			status = w.rws.status
		}
	default:
		var known bool
		if status, known = ddForeign(d.rw); !known {
			return
		}
	}
	if status == 0 {
		switch ddUnwound() {
		case "runtime.gopanic": // nothing is sent; the end of the span knows why
			(*ddtracer.Span)(d.call).OnFinish(ddPanicked)
			return
		case "runtime.Goexit":
			return
		}
		status = StatusOK // which the server is about to send
	}
	d.info.Answered(status, StatusText(status))
}

// ddPanicked gives a request whose handler has panicked, before it has said anything, the status that says so. To abort
// the handler on purpose is no error.
func ddPanicked(span *ddtracer.Span) {
	if span.Failed() {
		span.SetTexts(ddtracer.SiteTag{Key: httpinfo.StatusTag, Value: "500"})
	}
}

// ddForeign reads the status of an answer that golang.org/x/net/http2 writes, whose types are much as those here.
func ddForeign(rw ResponseWriter) (status int, known bool) {
	v := reflect.ValueOf(rw)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return 0, false
	}
	state := v.Elem().FieldByName("rws")
	if state.Kind() != reflect.Pointer || state.IsNil() || state.Elem().Kind() != reflect.Struct {
		return 0, false
	}
	wrote, code := state.Elem().FieldByName("wroteHeader"), state.Elem().FieldByName("status")
	if wrote.Kind() != reflect.Bool || code.Kind() != reflect.Int {
		return 0, false
	}
	if wrote.Bool() {
		status = int(code.Int())
	}
	return status, true
}

// forget lets go of what is large: who still has the context needs none of it.
func (d *ddServed) forget() { d.rw, d.req = nil, nil }

// hijacked tells the status of a connection that the handler has taken over: what it writes there, nobody else sees.
func (d *ddServed) hijacked() {
	switch {
	case d.req.Method == "CONNECT":
		d.info.Answered(StatusOK, "")
	case d.req.Header.has("Upgrade"):
		d.info.Answered(StatusSwitchingProtocols, "")
	}
}

// ddUnwound returns the function of the Go runtime that runs the deferred function which calls it, if it is one that
// unwinds the goroutine.
func ddUnwound() string {
	var pcs [4]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		if f.Function == "runtime.gopanic" || f.Function == "runtime.Goexit" {
			return f.Function
		}
		if !more {
			return ""
		}
	}
}

// ddRouted tells the pattern that a ServeMux has found. Requests that a program has made itself, and hands to a ServeMux,
// are none that the server answers.
func ddRouted(r *Request, pattern *string) {
	if r.RequestURI == "" || r.URL == nil {
		return
	}
	s := httpinfo.Of(r.Context())
	if s == nil {
		return
	}
	if *pattern == "" {
		s.Astray("")
		return
	}
	s.Routed(r.URL.Path, httpinfo.Pattern(*pattern))
}
