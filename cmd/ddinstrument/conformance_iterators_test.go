package main

import (
	"testing"
	"time"
)

// The rows about functions that return an iterator.
var conformIteratorRows = []conformRow{
	{id: "A10", form: function, out: "true"},
	{id: "A11", form: function, out: "0\n<nil>", spans: `
outer
  g
    conf.f
    inner
  g
    conf.f
    inner
  g
    conf.f
    inner`},
	{id: "A12", form: function, spans: `
outer of=the consumer
  g
    conf.f
    inner
  consumer.work
  consumer.work`},
	{id: "A13", form: function, out: "true\ntrue\ntrue", spans: `
outer
  g !*errors.errorString: no more @conf.rowA13.func1-range1
    conf.f
    inner
  conf.nested !*errors.errorString: no more @conf.nested
    g
      conf.f
      inner
    g
      conf.f
      inner`},
}

func conformA9(t *testing.T, exe, _ string) {
	front := startFront(t)
	p := runConform(t, exe, []string{"A9"}, "DD_TRACE_AGENT_URL="+front.URL)
	compare(t, "standard output", p.out, "0 1 2 3")
	traces := front.agent.Traces()
	compare(t, "spans", conformTree(traces), "conf.slow a=b\n\nconf.literal a=b")
	for _, trace := range traces {
		if s := trace.Spans[0]; s.Duration < int64(30*time.Millisecond) {
			t.Errorf("%s takes %d ns", s.Name, s.Duration)
		}
	}
}
