//go:build go1.21

package tracer

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestViews reads and changes what a filter sees.
func TestViews(t *testing.T) {
	r := record(t, "DD_ENV=e")
	var kept TraceView
	var keptSpan SpanView
	site := Site{Name: "site", Resource: "GET /", Type: "web", Tags: []SiteTag{{"span.kind", "server"}}}
	AddFilter(func(trace TraceView) Decision {
		kept, keptSpan = trace, trace.Root()
		high, low := trace.ID()
		s := trace.Root()
		id, parent := s.ID()
		seen := fmt.Sprintln(len(trace.Spans()), high != 0, low != 0, trace.Priority(), s.Name(), s.Service(), s.Resource(), s.Type(), s.Tag("span.kind"),
			s.Tag("env"), s.Tag("n"), s.Tag("none"), s.Tag("error.message"), s.Failed(), id != 0, parent, time.Since(s.Start()) < time.Minute, s.Duration() > 0)
		equal(t, "seen", seen, "1 true true 1 site conf GET / web server e 5 <nil> bad true true 0 true true\n")
		s.SetName("name")
		s.SetService("service")
		s.SetResource("resource")
		s.SetType("type")
		s.SetTag("n", "text")
		s.SetTag("manual.keep", true)
		s.SetTag("nothing", nil)
		s.SetFailed(false)
		return Keep
	})
	c := site.EnterGoroutine()
	(*Span)(c).SetTag("n", 5)
	err := error(filterError("bad"))
	c.Exit(&err)
	s := r.span(t)
	equal(t, "sent", fmt.Sprint(s.Name, s.Service, s.Resource, s.Type, s.Meta["n"], s.Metrics["n"], s.Metrics["_sampling_priority_v1"], s.Error, s.Meta["error.message"]),
		"nameserviceresourcetypetext0 2 0")

	keptSpan.SetName("late") // nothing happens any more
	equal(t, "after the filter", fmt.Sprint(len(kept.Spans()), kept.Root() == SpanView{}, keptSpan.Name(), SpanView{}.Name(), TraceView{}.Priority()), "0 true0")
}

type filterError string

func (e filterError) Error() string { return string(e) }

// TestFilterStartsSpans: what a filter runs is not traced, and a span that it starts nevertheless is not sent.
func TestFilterStartsSpans(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		r := record(t)
		calls := 0
		AddFilter(func(trace TraceView) Decision {
			calls++
			_, s := Trace(bg, "in a filter")
			equal(t, "a span", s, nil)
			equal(t, "a span of a site", siteA.EnterGoroutine(), nil)
			StartSpan("unasked for").Finish()
			done := make(chan bool)
			go func() {
				defer close(done)
				_, s := Trace(nil, "in its goroutine")
				s.Finish()
			}()
			<-done
			return Keep
		})
		_, under := Trace(bg, "under")
		_, s := Trace(bg, "s", ChildOf(nil))
		s.Finish()
		equal(t, "current", CurrentSpan(nil), under)
		equal(t, "spans", names(r.one(t)), "s")
		under.Finish()
		equal(t, "current", CurrentSpan(nil), nil)
		equal(t, "spans", names(r.one(t)), "under")
		equal(t, "calls", calls, 2)
	})
}

// TestFilterCalls has a filter call what it should not, while the tracer stops.
func TestFilterCalls(t *testing.T) {
	r := record(t)
	called := make(chan bool, 1)
	AddFilter(func(TraceView) Decision {
		SetTags(map[string]any{"a": 1})
		AddFilter(func(TraceView) Decision { return Keep })
		Flush(bg)
		Stop()
		called <- true
		return Keep
	})
	ctx, root := Trace(bg, "root")
	_, child := Trace(ctx, "child")
	child.Finish()
	Stop() // sends the child
	<-called
	root.Finish()
	r.mu.Lock()
	defer r.mu.Unlock()
	equal(t, "chunks", len(r.chunks), 1)
}

// TestManyFilters: their number is bounded.
func TestManyFilters(t *testing.T) {
	r := record(t)
	calls := 0
	AddFilter(nil)
	for i := 0; i < maxFilters+10; i++ {
		AddFilter(func(TraceView) Decision { calls++; return Keep })
	}
	_, s := Trace(bg, "s")
	s.Finish()
	equal(t, "calls", calls, maxFilters)
	if log := r.log.String(); strings.Count(log, "\n") != 1 {
		t.Errorf("the log: %s", log)
	}
}

// TestFilterOfOpenRoot: of a trace that is sent in parts, all are dropped for what its root is by then.
func TestFilterOfOpenRoot(t *testing.T) {
	r := record(t, "DD_TRACE_PARTIAL_FLUSH_MIN_SPANS=1", "DD_APM_IGNORE_RESOURCES=^GET /health$", "DD_APM_FILTER_TAGS_REQUIRE=late")
	for _, resource := range []string{"GET /health", "GET /"} {
		ctx, root := Trace(bg, "root", Resource(resource))
		_, child := Trace(ctx, "child")
		child.Finish()
		root.SetTag("late", "x")
		root.Finish()
	}
	got := ""
	for _, chunk := range r.traces(t) {
		got += names(chunk) + " " + chunk[0].Resource + ";"
	}
	equal(t, "sent", got, "child child;root GET /;")
}
