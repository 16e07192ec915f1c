package agents

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// TestRestart has the agent be followed by others at the same address, that take less or more, while a program runs: all
// spans come out, once, and all hits are counted, once, be it by the runtime or the agent.
//
// It would not be so if an agent were killed rather than ended, or took a request without an answer: then what it had is
// lost, or comes twice. Nor if the last agent that the program sees took no statistics: what has been counted and not
// posted yet, of at most 10 s, would be lost, as the spans have gone to an agent that was told not to count them.
func TestRestart(t *testing.T) {
	t.Setenv("DD_TRACE_SAMPLE_RATE", "1") // all are kept
	t.Setenv("DD_TRACE_RATE_LIMIT", "1000000")
	address := "127.0.0.1:0"
	var intakes []*intake
	spans := 0
	for i, hidden := range [][]string{nil, {v10}, {statsPath}, {v10, statsPath}, nil} {
		in := startIntake(t)
		intakes = append(intakes, in)
		p := startTapAt(t, address, startAgent(t, in), hidden...)
		if i == 0 {
			address = strings.TrimPrefix(p.URL, "http://")
			startTracer(t, p.URL)
			meet(t)
			spans++
		}
		for end := time.Now().Add(1500 * time.Millisecond); time.Now().Before(end); time.Sleep(time.Millisecond) {
			ctx, root := tracer.Trace(bg, "root", tracer.Resource(fmt.Sprint("of agent ", i)))
			_, s := tracer.Trace(ctx, "child", tracer.Service("other"))
			s.Finish()
			root.Finish()
			spans += 2
		}
		if i == 4 {
			flush(t)
			tracer.Stop()
		}
		p.Close() // once it has answered what it has been asked
		in.end()
		t.Logf("without %v: requests by path: %v", hidden, p.requests)
	}
	all := startIntake(t)
	hits := map[string]int{}
	sum := 0
	for _, in := range intakes {
		all.chunks = append(all.chunks, in.chunks...)
		for key, s := range sums(t, in.counted(t)) {
			hits[strings.Join(strings.Split(key, "|")[:3], " ")] += int(s.hits)
			sum += int(s.hits)
		}
	}
	once(t, all, spans)
	if sum != spans {
		t.Errorf("%d hits, not %d: %v", sum, spans, hits)
	}
}
