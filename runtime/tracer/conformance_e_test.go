//go:build go1.23

package tracer

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

func conformE1(t *testing.T) {
	r := record(t)
	AddFilter(func(TraceView) Decision { return Drop })
	AddFilter(func(TraceView) Decision { t.Error("a filter behind one that drops is called"); return Keep })
	ctx, root := Trace(bg, "root")
	root.SetTag("big", strings.Repeat("x", 1<<16))
	_, child := Trace(ctx, "child")
	child.Finish()
	root.Finish()
	equal(t, "traces", len(r.traces(t)), 0)
	if root.detail != nil {
		t.Error("a dropped span keeps its tags")
	}

	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := 0; i < 10000; i++ {
		_, s := Trace(bg, "s", Tag("k", "v"))
		s.Finish()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("10,000 dropped traces hold %d bytes", grown)
	}
}

func conformE2(t *testing.T) {
	r := record(t, "DD_ENV=e")
	set := func(key, value string) func(TraceView) Decision {
		return func(trace TraceView) Decision {
			for _, s := range trace.Spans() {
				s.SetTag(key, value)
				s.SetTag("last", value)
				s.SetTag("env", value) // overrides what is built in
			}
			return Keep
		}
	}
	AddFilter(set("boop", "beep"))
	AddFilter(set("mats", "sundin"))
	ctx, root := Trace(bg, "root")
	_, child := Trace(ctx, "child")
	child.Finish()
	root.Finish()
	for _, s := range r.one(t) {
		equal(t, "the first one's", s.Meta["boop"], "beep")
		equal(t, "the second one's", s.Meta["mats"], "sundin")
		equal(t, "the order", s.Meta["last"]+s.Meta["env"], "sundinsundin")
	}
}

func conformE3(t *testing.T) {
	r := record(t)
	AddFilter(func(trace TraceView) Decision { trace.Root().SetTag("a", 1); return Keep })
	AddFilter(func(trace TraceView) Decision { trace.Root().SetTag("b", 1); panic("broken") })
	AddFilter(func(trace TraceView) Decision { trace.Root().SetTag("c", 1); return Keep })
	for i := 0; i < 2; i++ {
		_, s := Trace(bg, "s")
		s.Finish()
		got := r.span(t).Metrics
		equal(t, "tags", got["a"]+got["b"]+got["c"], 3)
	}
	equal(t, "the log", r.log.String(), "ddinstrument: a function given to AddFilter panics: broken\n")
}

// conformE4 is FilterRequestsOnUrl as a filter in Go: re.match is anchored at the start.
func conformE4(t *testing.T) {
	r := record(t)
	health := regexp.MustCompile(`^(?:http://.*/healthcheck$)`)
	AddFilter(func(trace TraceView) Decision {
		if url, ok := trace.Root().Tag("http.url").(string); ok && health.MatchString(url) {
			return Drop
		}
		return Keep
	})
	for _, c := range []struct {
		root, child string
		sent        int
	}{
		{"http://host/healthcheck", "", 0}, {"http://host/healthcheck?x=1", "", 1}, {"xhttp://host/healthcheck", "", 1}, {"", "http://host/healthcheck", 1},
	} {
		ctx, root := Trace(bg, "root")
		_, child := Trace(ctx, "child")
		if c.root != "" {
			root.SetTag("http.url", c.root)
		}
		if c.child != "" {
			child.SetTag("http.url", c.child)
		}
		child.Finish()
		root.Finish()
		equal(t, c.root+" "+c.child, len(r.traces(t)), c.sent)
	}
}

func conformE5(t *testing.T) {
	r := record(t, `DD_TRACE_SAMPLING_RULES=[{"resource":"GET /health*","sample_rate":0},{"name":"R*","sample_rate":1},{"name":"root","sample_rate":0}]`)
	ctx, root := Trace(bg, "root")
	_, child := Trace(ctx, "child")
	child.Finish()
	root.SetResource("get /HealthCheck") // late
	root.Finish()
	chunk := r.one(t)
	equal(t, "spans", names(chunk), "root root>child") // sampling is not filtering
	equal(t, "priority", chunk[0].Metrics["_sampling_priority_v1"], -1)
	equal(t, "who has decided", chunk[0].Meta["_dd.p.dm"], "-3")
	rate, ok := chunk[0].Metrics["_dd.rule_psr"]
	equal(t, "the rule's rate", fmt.Sprint(rate, ok), "0 true")
	_, limited := chunk[0].Metrics["_dd.limit_psr"]
	equal(t, "limited", limited, false)
	_, ok = chunk[1].Metrics["_dd.rule_psr"]
	equal(t, "the rule's rate on the child", ok, false)

	_, root = Trace(bg, "root")
	root.Finish()
	s := r.span(t)
	equal(t, "priority", s.Metrics["_sampling_priority_v1"], 2)
	equal(t, "who has decided", s.Meta["_dd.p.dm"], "-3")
	equal(t, "rates", s.Metrics["_dd.rule_psr"]+s.Metrics["_dd.limit_psr"], 2)

	_, other := Trace(bg, "other")
	other.Finish()
	s = r.span(t)
	equal(t, "a trace that no rule matches", fmt.Sprint(s.Metrics["_sampling_priority_v1"], " ", s.Meta["_dd.p.dm"]), "1 -0")
}

func conformE6(t *testing.T) {
	r := record(t)
	for _, priority := range []string{"-1", "0", "1", "2", ""} {
		_, s := Trace(arrived(traceIDKey, "5", parentIDKey, "6", priorityKey, priority), "s")
		s.Finish()
		want := priority
		if want == "" {
			want = "1"
		}
		equal(t, "priority", fmt.Sprint(r.span(t).Metrics["_sampling_priority_v1"]), want)
	}
}

func conformE7(t *testing.T) {
	const rules = `[{"name":"no","sample_rate":0},{"service":"c*f","name":"chi??","sample_rate":1,"max_per_second":1}]`
	r := record(t, "DD_SPAN_SAMPLING_RULES="+rules)
	run := func(drop bool) []recorded {
		ctx, root := Trace(bg, "root")
		root.SetTag("manual.drop", drop)
		for _, name := range []string{"child", "child", "no"} {
			_, s := Trace(ctx, name)
			s.Finish()
		}
		root.Finish()
		return r.one(t)
	}
	show := func(chunk []recorded) string {
		var list []string
		for _, s := range chunk {
			list = append(list, fmt.Sprint(s.Metrics["_dd.span_sampling.mechanism"], s.Metrics["_dd.span_sampling.rule_rate"], s.Metrics["_dd.span_sampling.max_per_second"]))
		}
		return strings.Join(list, ", ")
	}
	equal(t, "of a trace that is kept", show(run(false)), "0 0 0, 0 0 0, 0 0 0, 0 0 0")
	equal(t, "of a trace that is not", show(run(true)), "0 0 0, 8 1 1, 0 0 0, 0 0 0")
	equal(t, "the log", r.log.String(), "")

	for _, bad := range []string{`{"name":"child"}`, `[`, `[{"name":"chil[d]"}]`, `[{"name":"chil]d"}]`} {
		r = record(t, "DD_SPAN_SAMPLING_RULES="+bad)
		equal(t, bad, show(run(true)), "0 0 0, 0 0 0, 0 0 0, 0 0 0")
		if log := r.log.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, "DD_SPAN_SAMPLING_RULES=") || !strings.Contains(log, "using no rule") {
			t.Errorf("%s: the log: %s", bad, log)
		}
	}
}

func conformE8(t *testing.T) {
	for _, c := range []struct {
		setting string
		sent    bool
	}{
		{"DD_APM_IGNORE_RESOURCES=x,health", false}, // not anchored
		{"DD_APM_IGNORE_RESOURCES=^health", true},
		{"DD_APM_IGNORE_RESOURCES=child", true}, // the root's resource only
		{"DD_APM_IGNORE_RESOURCES=(,health", false},
		{"DD_APM_FILTER_TAGS_REJECT=a:1", false},
		{"DD_APM_FILTER_TAGS_REJECT=number:5", true}, // tags that are texts only
		{"DD_APM_FILTER_TAGS_REJECT=number", true},
		{"DD_APM_FILTER_TAGS_REJECT=c", true}, // the child's
		{"DD_APM_FILTER_TAGS_REJECT=env:e", false},
		{"DD_APM_FILTER_TAGS_REJECT=language", false},
		{"DD_APM_FILTER_TAGS_REJECT=error.message:bad", false},
		{"DD_APM_FILTER_TAGS_REGEX_REJECT=error.stack:conformE8", false},
		{"DD_APM_FILTER_TAGS_REGEX_REJECT=a:[0-9]", false},
		{"DD_APM_FILTER_TAGS_REQUIRE=a b", true},
		{"DD_APM_FILTER_TAGS_REQUIRE=a c", false},
		{"DD_APM_FILTER_TAGS_REGEX_REQUIRE=a:2", false},
	} {
		t.Run(c.setting, func(t *testing.T) { dropsOrSends(t, c.setting, c.sent) })
	}
}

func dropsOrSends(t *testing.T, setting string, sent bool) {
	r := record(t, "DD_ENV=e", setting)
	AddFilter(func(TraceView) Decision {
		equal(t, "seen by another filter", true, sent)
		return Keep
	})
	ctx, root := Trace(bg, "root", Resource("GET /health"), Tag("a", "1"), Tag("b", "2"), Tag("number", 5))
	_, child := Trace(ctx, "child", Tag("c", "x"))
	child.Finish()
	root.SetError(filterError("bad"))
	late := StartSpan("late", ChildOf(root))
	root.Finish()
	late.Finish()
	StartSpan("later", ChildOf(root)).Finish() // a further chunk of the trace
	spans := 0
	for _, chunk := range r.traces(t) {
		spans += len(chunk)
	}
	equal(t, "spans", spans, map[bool]int{true: 4}[sent])
}
