//go:build go1.21

package httpinfo

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"github.com/ddinstrument/ddinstrument/runtime/tracetest"
)

func TestStatuses(t *testing.T) {
	c, problems := read(env(map[string]string{
		"DD_TRACE_HTTP_SERVER_ERROR_STATUSES": "404, 500-510", "DD_TRACE_HTTP_CLIENT_ERROR_STATUSES": "many",
	}))
	for code, want := range map[int]bool{404: true, 403: false, 500: true, 510: true, 511: false} {
		if c.ServerErrors.Has(code) != want {
			t.Errorf("%d is an error: %v", code, !want)
		}
	}
	if !c.ClientErrors.Has(404) || c.ClientErrors.Has(500) {
		t.Error("what is not understood is used")
	}
	if len(problems) != 1 || !strings.Contains(problems[0], `DD_TRACE_HTTP_CLIENT_ERROR_STATUSES="many" is not understood: 400-499`) {
		t.Errorf("it says %q", problems)
	}
	for code := 100; code < 600; code++ {
		if typ, message := StatusError(code, "x"); typ == "" || !strings.HasPrefix(message, Status(code)+": ") || len(Status(code)) != 3 {
			t.Errorf("%d: %s %s", code, typ, message)
		}
	}
}

func TestHeaderTags(t *testing.T) {
	c, problems := read(env(map[string]string{"DD_TRACE_HEADER_TAGS": "X-Tenant:Tenant, user-id ,x.y,:z"}))
	want := []HeaderTag{{"X-Tenant", "tenant"}, {"User-Id", "http.request.headers.user-id"}, {"X.y", "http.request.headers.x_y"}}
	if !reflect.DeepEqual(c.Headers, want) || len(problems) != 1 {
		t.Errorf("%v %q, want %v", c.Headers, problems, want)
	}
}

func TestClientIP(t *testing.T) {
	for _, c := range []struct {
		header map[string][]string
		remote string
		only   string
		client string
	}{
		{nil, "1.2.3.4:80", "", "1.2.3.4"},
		{nil, "", "", ""},
		{map[string][]string{"X-Forwarded-For": {"10.0.0.1, 8.8.8.8, 9.9.9.9"}}, "10.1.1.1:80", "", "8.8.8.8"},
		{map[string][]string{"X-Forwarded-For": {"10.0.0.1"}}, "10.1.1.1:80", "", "10.0.0.1"},
		{map[string][]string{"X-Forwarded-For": {"10.0.0.1"}}, "1.2.3.4:80", "", "1.2.3.4"},
		{map[string][]string{"X-Real-Ip": {"8.8.4.4"}, "X-Forwarded-For": {"nobody"}}, "[::1]:80", "", "8.8.4.4"},
		{map[string][]string{"Forwarded": {`for="[2001:db8::1]:4711";proto=http, for=10.0.0.1`}}, "10.1.1.1:80", "", "2001:db8::1"},
		{map[string][]string{"X-Forwarded-For": {"8.8.8.8"}, "X-Own": {"9.9.9.9:1"}}, "10.1.1.1:80", "X-Own", "9.9.9.9"},
	} {
		if _, got := clientIP(c.header, c.remote, c.only); got != c.client {
			t.Errorf("%v from %s: %s, want %s", c.header, c.remote, got, c.client)
		}
	}
}

// TestCarriers: names as net/http has them; ids that are sent stand alone.
func TestCarriers(t *testing.T) {
	came := map[string][]string{"Traceparent": {"a"}, "Tracestate": {"x=1", "y=2"}, "X-Datadog-Tags": {"old"}, "Accept": {"*/*"}}
	if got := Header(came).Get("tracestate"); got != "x=1,y=2" {
		t.Errorf("tracestate is %s", got)
	}
	var s Sending
	out := s.Copy(came)
	s.Set("traceparent", "new")
	s.Set("x-datadog-trace-id", "1")
	s.Set("x-something-else", "2")
	s.Tidy()
	want := map[string][]string{"Traceparent": {"new"}, "X-Datadog-Trace-Id": {"1"}, "X-Something-Else": {"2"}, "Accept": {"*/*"}}
	if !reflect.DeepEqual(out, want) || len(came) != 4 || came["Traceparent"][0] != "a" {
		t.Errorf("sent %v, left %v", out, came)
	}
	if s.Get("traceparent") != "new" {
		t.Error("what is set can't be read")
	}
	for i := 0; i < 2*room; i++ {
		s.Set("x-n-"+Status(100+i), "v")
	}
	if len(out) != 4+2*room {
		t.Errorf("%d headers", len(out))
	}
	if got := canonical("x-B3-traceId"); got != "X-B3-Traceid" {
		t.Error(got)
	}
}

// step is what one router tells.
type step struct{ path, pattern string }

func TestRoutes(t *testing.T) {
	for _, c := range []struct {
		path  string
		steps []step
		want  string
	}{
		{"/users/5", []step{{"/users/5", "/users/{id}"}}, "/users/{id}"},
		{"/api/users/5", []step{{"/api/users/5", "/api/"}, {"/users/5", "/users/{id}"}}, "/api/users/{id}"},
		{"/api/users/5", []step{{"/api/users/5", "/api/"}, {"/users/5", "/users/{id}"}, {"/users/5", "/users/{id}"}}, "/api/users/{id}"},
		{"/t/acme/users/5", []step{{"/t/acme/users/5", "/t/{tenant}/"}, {"/users/5", "/users/{id}"}}, "/t/{tenant}/users/{id}"},
		{"/api/v1/users/5", []step{{"/api/v1/users/5", "/"}, {"/users/5", "/users/{id}"}}, "/api/v1/users/{id}"},
		{"/api/v1/users/5", []step{{"/api/v1/users/5", "/api/{rest...}"}, {"/users/5", "/users/{id}"}}, "/api/v1/users/{id}"},
		{"/api/x", []step{{"/api/x", "shop.example/api/"}, {"/x", "inner.example/{x}"}}, "shop.example/api/{x}"},
		{"/", []step{{"/index", "/index"}}, "/index"},
		{"/a/b", []step{{"/a/b", "/a/{x}"}, {"/elsewhere", "/elsewhere"}}, "/elsewhere"},
		{"/api/", []step{{"/api/", "/api/"}, {"/", "/{$}"}}, "/api/{$}"},
		{"/files/a", []step{{"/files/a", "/files/*"}, {"a", "/{x}"}}, "/files//{x}"},
	} {
		rec := tracetest.Start(t)
		_, span := tracer.Trace(nil, "http.request")
		s := &Served{Context: context.Background()}
		s.Begin(span, "GET", c.path, "")
		for _, step := range c.steps {
			s.Routed(step.path, step.pattern)
		}
		s.Astray("unknown") // comes too late
		span.Finish()
		got := rec.Spans()[0]
		if got.Resource != "GET "+c.want || got.Meta[RouteTag] != c.want {
			t.Errorf("%s: resource %s, route %v, want %s", c.path, got.Resource, got.Meta[RouteTag], c.want)
		}
	}
}

func TestQuantize(t *testing.T) {
	for path, want := range map[string]string{
		"": "", "/": "/", "/users/list": "/users/list", "/users/123/": "/users/*", "/api/v2/users/a1/x-y_z": "/api/v2/users/*/x-y_z",
		"*": "/*", "/a//1": "/a//*", "/v1": "/v1", "/v1x": "/*", "/a%20b": "/*",
	} {
		if got := Quantize(path); got != want {
			t.Errorf("%s becomes %s, want %s", path, got, want)
		}
	}
	c, _ := read(env(map[string]string{"DD_TRACE_HTTP_CLIENT_RESOURCE_NAME_QUANTIZE": "1"}))
	if c.Path("/1") != "/1" || c.SentPath("/1") != "/*" {
		t.Error("what the environment says is not done")
	}
}

func TestPattern(t *testing.T) {
	for p, want := range map[string]string{"/a": "/a", "GET /a": "/a", "GET \t /a": "/a", "a.example/x": "a.example/x", "": ""} {
		if got := Pattern(p); got != want {
			t.Errorf("%q: %q", p, got)
		}
	}
}

// TestAnswer: a handler's error says more than the status; what the program has recorded itself says most.
func TestAnswer(t *testing.T) {
	for _, c := range []struct {
		name, want string
		status     int
		do         func(*Served)
	}{
		{"fine", "", 200, func(s *Served) {}},
		{"fine after all", "", 404, func(s *Served) { s.Fails(context.Canceled) }},
		{"status", "502: Bad Gateway", 502, func(s *Served) {}},
		{"error", "context canceled", 500, func(s *Served) { s.Fails(context.Canceled) }},
		{"own", "context deadline exceeded", 500, func(s *Served) { s.Span().SetError(context.DeadlineExceeded) }},
	} {
		rec := tracetest.Start(t)
		_, span := tracer.Trace(nil, "http.request")
		s := &Served{Context: context.Background()}
		s.Begin(span, "GET", "/", "")
		if Of(context.WithValue(s, step{}, 1)) != s || Of(context.Background()) != nil || Of(nil) != nil {
			t.Error("the request is not found in its context")
		}
		c.do(s)
		s.Answered(c.status, "Bad Gateway")
		span.Finish()
		got := rec.Spans()[0]
		if message := got.Meta["error.message"]; message != c.want || got.Meta[StatusTag] != Status(c.status) {
			t.Errorf("%s: error %q, status %v, want %q", c.name, message, got.Meta[StatusTag], c.want)
		}
	}
}

// TestNothing: where no server has begun a span there is nobody to tell.
func TestNothing(t *testing.T) {
	var s *Served
	s.Routed("/", "/")
	s.Below("/")
	s.Prefix("/")
	s.Astray("")
	s.Fails(context.Canceled)
	if s.Span() != nil {
		t.Error("a span")
	}
}
