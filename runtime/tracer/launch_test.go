//go:build go1.21

package tracer

import (
	"net/http"
	"net/http/httptest"
	"sort"
	"strings"
	"testing"
)

const (
	launchParent  = "TRACEPARENT=00-0000000000000000000000000000007b-00000000000001c8-01"
	launchState   = "TRACESTATE=dd=s:2;t.usr:x,other=1"
	launchBaggage = "BAGGAGE=user=7"
)

var (
	ownSite   = Site{Name: "its own", Root: true}
	entrySite = Site{Name: "entry", Entry: true}
)

// launched starts the tracer as in a process that has been started with these variables.
func launched(t *testing.T, env ...string) *recorder {
	serving.Store(false)
	t.Cleanup(func() { serving.Store(false) })
	return record(t, env...)
}

// parents says of each span whether it belongs to the process that has started this one.
func parents(t *testing.T, r *recorder) string {
	t.Helper()
	var list []string
	for _, chunk := range r.traces(t) {
		for _, s := range chunk {
			switch {
			case s.Trace == 123 && s.Parent == 456:
				list = append(list, s.Name+" joins")
			case s.Parent == 0 && s.Trace != 123:
				list = append(list, s.Name+" alone")
			default:
				list = append(list, s.Name+" below")
			}
		}
	}
	sort.Strings(list)
	return strings.Join(list, ", ")
}

func TestLaunched(t *testing.T) {
	r := launched(t, launchParent, launchState, launchBaggage)
	ctx, a := Trace(bg, "a")
	value := a.BaggageItem("user")
	equal(t, "baggage", value, "7")
	c := TextMap{}
	Inject(ctx, c)
	equal(t, "tracestate", strings.HasSuffix(c["tracestate"], ",other=1"), true)
	equal(t, "priority", c["x-datadog-sampling-priority"], "2")
	child("b")
	a.Finish()
	siteA.EnterGoroutine().Exit(nil)
	_, d := siteB.Start(bg)
	d.Finish()
	ownSite.EnterGoroutine().Exit(nil)
	_, chosen := Trace(bg, "chosen", ChildOf(nil))
	chosen.Finish()
	StartSpan("started").Finish()
	_, e := entrySite.Enter(bg)
	child("in entry")
	e.Exit(nil)
	child("after")
	equal(t, "spans", parents(t, r), "a joins, a joins, after alone, b below, b joins, chosen alone, entry alone, in entry below, its own alone, started alone")
}

// TestLaunchedEntry takes a message that has come from somewhere.
func TestLaunchedEntry(t *testing.T) {
	r := launched(t, launchParent)
	ctx := Extract(TextMap{"x-datadog-trace-id": "5", "x-datadog-parent-id": "6"}).Context(bg)
	_, e := entrySite.Enter(ctx)
	e.Exit(nil)
	child("after")
	equal(t, "spans", parents(t, r), "after alone, entry below")
}

// TestLaunchedServer has a traced function serve a request, with nothing in between that is traced.
func TestLaunchedServer(t *testing.T) {
	r := launched(t, launchParent)
	out, _ := http.NewRequest("GET", "http://x/", nil)
	siteA.EnterRequest(out).Exit(nil) // a client's
	siteA.EnterRequest((*http.Request)(nil)).Exit(nil)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		siteB.EnterRequest(req).Exit(nil)
	}))
	defer server.Close()
	resp, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	child("after")
	equal(t, "spans", parents(t, r), "a joins, a joins, after alone, b alone")
}

func TestLaunchedOrphan(t *testing.T) {
	r := launched(t, launchParent)
	child("a")
	l := current.Load().launched
	l.parent = -1
	l.checked.Store(0)
	child("b")
	child("c")
	equal(t, "spans", parents(t, r), "a joins, b alone, c alone")
}

func TestNotLaunched(t *testing.T) {
	for _, env := range [][]string{
		{"DD_ENV=e"},
		{launchParent, "DD_TRACE_PROPAGATION_STYLE_EXTRACT=none"},
		{launchParent, "DD_TRACE_PROPAGATION_STYLE_EXTRACT=datadog"},
		{"TRACEPARENT=rubbish", launchState},
		{launchState, launchBaggage},
	} {
		r := launched(t, env...)
		child("a")
		equal(t, strings.Join(env, " "), parents(t, r), "a alone")
		for _, e := range env {
			name, _, _ := strings.Cut(e, "=")
			t.Setenv(name, "")
		}
	}
}
