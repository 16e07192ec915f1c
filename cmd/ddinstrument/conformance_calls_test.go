package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// The rows in which traced code uses the tracer's functions.
var conformCallRows = []conformRow{
	{id: "A15", spans: `
decorated_function service=s resource=r type=t a=b

wrap.parent service=webserver
  wrap.overwrite kwargs={"wrapped" "s" "r" "t"} args:42
    wrap.overwrite kwargs={"inner" "" "" ""}

wrapped service=s resource=r type=t args:1
  inner`},
	{id: "B6", out: `
beside: current sideBySide, root sideBySide
after: current sideBySide, root sideBySide`, spans: `
conf.sideBySide
  side
  inner
  conf.f

alone`},
	{id: "B8", env: []string{"DD_TRACE_DEBUG=true"}, sent: 2, out: `
after its parent: current late, root late
after its parent: current late, root late
<nil>`, err: "ddinstrument: span conf.late is closing after its parent, conf.early", spans: `
conf.early
  conf.late
    inner

conf.f`},
	{id: "B9", sent: 1, out: `
elsewhere before: current none, root none
elsewhere after: current none, root none
below, finished: current handsOut, root handsOut
below, finished: current handsOut, root handsOut
above: current handsOut, root handsOut
elsewhere before: current none, root none
elsewhere after: current none, root none
above, finished: current none, root none`, spans: `
conf.handsOut
  conf.handedOut
    inner`},
	{id: "B7", show: []string{"_sampling_priority_v1", "_dd.top_level", "runtime-id", "process_id"}, out: `
before: current none, root none
in it: current arrives, root arrives
below: current continues, root arrives
true 2 somewhere
in it: current arrives, root arrives
below: current continues, root arrives
false 1`, spans: `
? conf.arrives _dd.origin=somewhere runtime-id _dd.top_level:1 _sampling_priority_v1:2 process_id
  conf.continues

conf.arrives runtime-id _dd.top_level:1 _sampling_priority_v1:1 process_id
  conf.continues`},
	{id: "B13", err: `ddinstrument: 2 spans will not be sent, open when tracer.Stop is called: conf.stops (resource conf.stops, trace ...
, parent 0, started 20`},
	{id: "B14/min 5", env: []string{"DD_TRACE_PARTIAL_FLUSH_MIN_SPANS=5"}, sent: 2, spans: handsOver},
	{id: "B14/min 1", env: []string{"DD_TRACE_PARTIAL_FLUSH_MIN_SPANS=1"}, sent: 6, spans: handsOver},
	{id: "B14/min 6", env: []string{"DD_TRACE_PARTIAL_FLUSH_MIN_SPANS=6"}, sent: 1, spans: handsOver},
	{id: "B15", show: []string{"duration"}, out: "first true\nsecond true\ntrue", spans: "conf.finishes first=called second=called took 0s\n\nconf.hourLong took 1h0m0s"},
	{id: "B16", show: []string{"_dd.top_level"}, spans: `
conf.top service=my-svc _dd.top_level:1
  conf.child
    conf.subchild
    conf.subchild2 service=svc-2 _dd.top_level:1`},
	{id: "C5", spans: "conf.attaches @conf.attaches"},
	{id: "C6/two", env: []string{"DD_TRACE_SPAN_TRACEBACK_MAX_SIZE=2"}, show: []string{"error.stack"},
		spans: "conf.panicsBelow frames:2 !string: deep down @conf.digs"},
	{id: "C6/by default", show: []string{"error.stack"}, spans: "conf.panicsBelow frames:30 !string: deep down @conf.digs"},
	{id: "C7", spans: `
conf.expects

conf.expectsBelow n:1

conf.expects

conf.expectsBelow n:1

conf.expects

conf.expectsBelow n:1 !*errors.errorString: open x: boo @conf.expectsBelow

conf.expects

conf.expectsBelow n:1 !*errors.errorString: wrap: open x: boo @conf.expectsBelow

conf.expects

conf.expectsBelow n:1 !conf.coded: code 3 @conf.expectsBelow

conf.expects !*errors.errorString: unexpected EOF @conf.expects

conf.expectsBelow n:1 !*errors.errorString: unexpected EOF @conf.expectsBelow

conf.expects

conf.expectsBelow n:1

conf.expects

conf.expectsBelow n:1`, block: []string{" n:1", ""}},
	{id: "D6", env: []string{"DD_VERSION=1"}, show: []string{"_sampling_priority_v1"}, spans: `
conf.decides version=1 _sampling_priority_v1:2
  conf.decidesBelow service=other service.version=7 version=7

conf.decidesTwice version=1 _sampling_priority_v1:-1

conf.decidesNot version=1 _sampling_priority_v1:1

conf.drops version=1 _sampling_priority_v1:-1`},
	{id: "D7", show: []string{"runtime-id", "process_id"}, out: `
in it: current arrives, root arrives
below: current continues, root arrives
true 2 somewhere`, spans: `
cake.make service=baker resource=cake runtime-id process_id
  cake.mix
  cake.bake

? conf.arrives _dd.origin=somewhere runtime-id process_id
  conf.continues`},
}

const handsOver = `
conf.handsOver
  inner
  inner
  inner
  inner
  inner`

// conformC11 looks at the events of a span.
func conformC11(t *testing.T, exe, form string) {
	front := startFront(t)
	p := runConform(t, exe, []string{"C11", form}, "DD_TRACE_AGENT_URL="+front.URL)
	compare(t, "standard output", p.out, "<nil>")
	if strings.Count(p.err, "\n") != 1 || !strings.Contains(p.err, " bad, is left out: ") {
		t.Errorf("standard error:\n%s", p.err)
	}
	s := front.agent.Traces()[0].Spans[0]
	if s.Name != "conf.handles" || s.Error != 0 || s.Meta["error.message"] != "" {
		t.Errorf("the span: %+v", s)
	}
	var events []struct {
		Name       string
		Time       int64
		Attributes struct {
			Type    string `json:"exception.type"`
			Message string `json:"exception.message"`
			Stack   string `json:"exception.stacktrace"`
			Attempt int
			Bad     any
		}
	}
	text, err := json.Marshal(s.Events)
	if err := errors.Join(err, json.Unmarshal(text, &events)); err != nil || len(events) != 2 {
		t.Fatalf("%v: %s", err, text)
	}
	for i, message := range []string{"boo", "second"} {
		e, a := events[i], events[i].Attributes
		function, _, _ := strings.Cut(a.Stack, "\n")
		compare(t, "the top of the stack", inFunctionForm("@"+strings.TrimPrefix(function, "example.com/"), form), "@conf.handles")
		if e.Name != "exception" || a.Type != "*errors.errorString" || a.Message != message || a.Attempt != 2*i || a.Bad != nil ||
			e.Time < s.Start || e.Time > s.Start+s.Duration {
			t.Errorf("event %d: %+v", i, e)
		}
	}
}
