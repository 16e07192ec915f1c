//go:build go1.21

package tracer

import (
	"errors"
	"testing"
)

// builtin are tags that the runtime sets, by the value that a program gives them here.
var builtin = []string{
	"error.type", "error.message", "error.stack", "language", "runtime-id", "process_id",
	eventsTag, originTag, priorityTag, topTag, measuredTag, highKey, mechanismKey, rateKey, "_dd.p.custom", "_dd.limit_psr", "_dd.rule_psr", "_dd.agent_psr",
}

// TestBuiltin: a tag with the name of one of the runtime's is there once (the recorder sees to that), the program's
// unless Datadog's own processing goes by it.
func TestBuiltin(t *testing.T) {
	for _, value := range []any{"mine", 5} {
		for _, env := range []string{"DD_ENV=e", `DD_TRACE_SAMPLING_RULES=[{"sample_rate":1}]`} {
			r := record(t, env)
			site := Site{Name: "root", Measured: true, Tags: []SiteTag{{mechanismKey, "site"}, {"language", "site"}}}
			ctx, root := site.Enter(Extract(TextMap{
				"x-datadog-trace-id": "1", "x-datadog-parent-id": "2", "x-datadog-origin": "rum",
				"x-datadog-tags": "_dd.p.custom=c,_dd.p.tid=0123456789abcdef",
			}).Context(bg))
			_, child := Trace(ctx, "child")
			for _, s := range []*Span{CurrentSpan(ctx), child} {
				for _, key := range builtin {
					s.SetTag(key, value)
				}
				s.RecordError(errors.New("dealt with"))
				s.SetError(errors.New("boo"))
			}
			child.Finish()
			root.ExitNone()
			spans := r.traces(t)[0]
			for _, s := range spans {
				for _, key := range builtin[:6] {
					mine(t, s, key, value)
				}
				if s.Meta[eventsTag] == "mine" || s.Meta[eventsTag] == "" {
					t.Errorf("the events of %s are %q", s.Name, s.Meta[eventsTag])
				}
			}
			equal(t, "origin", spans[0].Meta[originTag], "rum")
			equal(t, "upper half", spans[0].Meta[highKey], "0123456789abcdef")
			equal(t, "handed on", spans[0].Meta["_dd.p.custom"], "c")
			equal(t, "measured", spans[0].Metrics[measuredTag], 1)
			equal(t, "top", spans[0].Metrics[topTag], 1)
			mine(t, spans[1], originTag, value)
		}
	}
}

// TestBuiltinEverywhere: so it is with tags that all spans have.
func TestBuiltinEverywhere(t *testing.T) {
	r := record(t, "DD_TAGS=language:mine,_dd.p.dm:-9,process_id:x,team:t")
	_, s := Trace(bg, "s")
	s.Finish()
	got := r.span(t)
	equal(t, "language", got.Meta["language"], "mine")
	equal(t, "process_id", got.Meta["process_id"], "x")
	equal(t, "team", got.Meta["team"], "t")
	if m := got.Meta[mechanismKey]; m == "-9" || m == "" {
		t.Errorf("the decision maker is %q", m)
	}
}

func mine(t *testing.T, s recorded, key string, value any) {
	t.Helper()
	if v, ok := s.Meta[key]; ok && v == value {
		return
	}
	if v, ok := s.Metrics[key]; !ok || v != 5 || value != 5 {
		t.Errorf("%s of %s is not the program's: %q, %v", key, s.Name, s.Meta[key], v)
	}
}
