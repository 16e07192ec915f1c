//go:build go1.21

package tracer

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestAgentRates has the agent answer rates, which count from then on.
func TestAgentRates(t *testing.T) {
	r := record(t, "DD_ENV=e")
	r.answer(`{"rate_by_service":{"service:conf,env:e":0,"service:,env:":1}}`)
	run := func(service string) string {
		_, s := Trace(bg, "s", Service(service))
		out := http.Header{}
		Inject(nil, out)
		s.Finish()
		got := r.span(t)
		rate, ok := got.Metrics["_dd.agent_psr"]
		equal(t, "priority handed on", out.Get(priorityKey), fmt.Sprint(got.Metrics["_sampling_priority_v1"]))
		return fmt.Sprint(got.Metrics["_sampling_priority_v1"], " ", got.Meta["_dd.p.dm"], " ", rate, ok)
	}
	equal(t, "before", run("conf"), "1 -0 0 false")
	equal(t, "after", run("conf"), "0 -1 0 true")
	equal(t, "another service", run("other"), "1 -1 1 true")

	_, root := Trace(bg, "s", Service("other"))
	out := http.Header{}
	Inject(nil, out)
	root.Finish()
	equal(t, "the rate", r.span(t).Meta["_dd.p.ksr"], "1")
	if tags := out.Get(tagsKey); !strings.Contains(tags, "_dd.p.dm=-1,_dd.p.ksr=1") {
		t.Errorf("handed on: %s", tags)
	}
}

// TestRateLimit keeps one trace a second by the global rate.
func TestRateLimit(t *testing.T) {
	r := record(t, "DD_TRACE_SAMPLE_RATE=1", "DD_TRACE_RATE_LIMIT=1")
	var got []string
	for i := 0; i < 2; i++ {
		_, s := Trace(bg, "s")
		s.Finish()
		m := r.span(t).Metrics
		got = append(got, fmt.Sprint(m["_sampling_priority_v1"], m["_dd.rule_psr"], m["_dd.limit_psr"]))
	}
	equal(t, "priority, rate, limit", fmt.Sprint(got), "[2 1 1 -1 1 0.5]")
}

// TestHandedOnDecision: what another process has been told stays, whatever changes in this one.
func TestHandedOnDecision(t *testing.T) {
	r := record(t, `DD_TRACE_SAMPLING_RULES=[{"resource":"late","sample_rate":0},{"sample_rate":1}]`)
	ctx, s := Trace(bg, "s")
	out := http.Header{}
	Inject(ctx, out)
	s.SetResource("late")
	s.Finish()
	equal(t, "handed on", out.Get(priorityKey), "2")
	equal(t, "sent", r.span(t).Metrics["_sampling_priority_v1"], 2)
	ctx, s = Trace(bg, "s")
	Inject(ctx, out)
	s.SetTag("manual.drop", true)
	s.Finish()
	got := r.span(t)
	equal(t, "what the program wants", fmt.Sprint(got.Metrics["_sampling_priority_v1"], " ", got.Meta["_dd.p.dm"]), "-1 -4")
	_, decided := got.Metrics["_dd.rule_psr"]
	equal(t, "by a rule", decided, false)
}

// TestRulesWhileRunning has rules look at roots that change and are injected at the same time; for the race detector.
func TestRulesWhileRunning(t *testing.T) {
	r := record(t, `DD_TRACE_SAMPLING_RULES=[{"tags":{"k":"1*"},"sample_rate":0},{"sample_rate":1}]`, "DD_TRACE_RATE_LIMIT=-1",
		"DD_TRACE_PARTIAL_FLUSH_MIN_SPANS=2", "DD_APM_FILTER_TAGS_REJECT=k:never", `DD_SPAN_SAMPLING_RULES=[{"name":"child"}]`)
	for i := 0; i < 50; i++ {
		ctx, root := Trace(bg, "root")
		var wg sync.WaitGroup
		for j := 0; j < 4; j++ {
			wg.Add(1)
			go func(j int) {
				defer wg.Done()
				_, s := Trace(ctx, "child")
				root.SetTag("k", j)
				root.SetResource("r")
				if i%2 == 0 {
					Inject(ctx, http.Header{})
				}
				s.Finish()
			}(j)
		}
		root.Finish()
		wg.Wait()
	}
	equal(t, "spans", len(r.whole(t)), 250)
}
