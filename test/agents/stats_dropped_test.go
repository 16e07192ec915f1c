package agents

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// TestStatsOfDropped: traces that are not kept are not sent, and count all the same.
func TestStatsOfDropped(t *testing.T) {
	t.Setenv("DD_TRACE_SAMPLE_RATE", "0")
	in, p := start(t)
	meet(t)
	const traces = 500
	for range traces {
		ctx, root := tracer.Trace(bg, "dropped")
		_, s := tracer.Trace(ctx, "call", tracer.Service("other"))
		s.Finish()
		root.Finish()
	}
	flush(t)
	if n := len(p.sent(t)); n > 1 {
		t.Errorf("%d chunks have been sent", n)
	}
	in.end()
	out := sums(t, in.counted(t))
	takeFirst(out)
	for key, s := range out {
		if s.hits != traces || s.top != traces {
			t.Errorf("%s: %d hits, %d of the top level", key, s.hits, s.top)
		}
	}
	if len(out) != 2 {
		t.Errorf("%d kinds of spans", len(out))
	}
}

// takeFirst takes out the first span, which either the runtime has counted or the agent, by its own ideas of a span.kind.
func takeFirst(sums map[string]*sum) (hits uint64) {
	for key, s := range sums {
		if strings.HasPrefix(key, "agents|first|") {
			hits += s.hits
			delete(sums, key)
		}
	}
	return hits
}

// programVariable makes this test's binary a traced program that does so much.
const programVariable = "AGENTS_PROGRAM"

// shortProgram is one that is over at once.
func shortProgram() {
	defer tracer.ProgramEnd{}.Main()
	for range 3 {
		ctx, root := tracer.Trace(bg, "short", tracer.Resource("GET /"))
		_, s := tracer.Trace(ctx, "call", tracer.Service("other"))
		s.Finish()
		root.Finish()
	}
}

// TestStatsOfShortProgram: each span is counted once, though the program ends before it knows the agent.
func TestStatsOfShortProgram(t *testing.T) {
	in := startIntake(t)
	p := startTap(t, startAgent(t, in))
	const runs = 5
	for range runs {
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), programVariable+"=1", "DD_SERVICE=agents", "DD_ENV=ci", "DD_VERSION=1.2.3", "DD_TRACE_AGENT_URL="+p.URL)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if n := len(p.sent(t)); n != 3*runs {
		t.Errorf("%d chunks", n)
	}
	in.end()
	hits := map[string]uint64{}
	for key, s := range sums(t, in.counted(t)) {
		hits[strings.Join(strings.Split(key, "|")[:3], " ")] += s.hits
	}
	if fmt.Sprint(hits) != "map[agents short GET /:15 other call call:15]" {
		t.Errorf("hits: %v", hits)
	}
}
