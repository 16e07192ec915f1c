package agents

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestShortPrograms: of programs that live for 50 ms, with 1 to 100 spans, and of some that live longer, all spans and all hits are at the intake, once,
// whatever the agent takes and however the program ends.
func TestShortPrograms(t *testing.T) {
	repository := filepath.Join("..", "..")
	dir := t.TempDir()
	tool, exe := filepath.Join(dir, "ddinstrument"), filepath.Join(dir, "short")
	if out, err := command(repository, "go", "build", "-o", tool, "./cmd/ddinstrument").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := command(filepath.Join("testdata", "short"), tool, "build", "-o", exe, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, hidden := range map[string][]string{
		"v1.0": nil, "v0.4": {v10}, "v1.0 without statistics": {statsPath}, "v0.4 without statistics": {v10, statsPath},
	} {
		t.Run(name, func(t *testing.T) {
			in := startIntake(t)
			p := startTap(t, startAgent(t, in), hidden...)
			const runs, long = 32, 8
			spans, steps := 0, 0
			var all sync.WaitGroup
			for i := range runs + long {
				n, end := 1+i*99/(runs+long-1), []string{"return", "exit", "fatal", "panic"}[i%4]
				cmd := command(".", exe, fmt.Sprint(n), end)
				cmd.Env = append(os.Environ(), "DD_SERVICE=agents", "DD_ENV=ci", "DD_TRACE_AGENT_URL="+p.URL)
				if i >= runs {
					cmd.Args = append(cmd.Args, "longer")
					spans, steps = spans+n, steps+n-1
				}
				spans, steps = spans+n, steps+n-1
				check := func() {
					out, _ := cmd.CombinedOutput()
					if code := cmd.ProcessState.ExitCode(); code != map[string]int{"exit": 3, "fatal": 1, "panic": 2}[end] {
						t.Errorf("%s: exit code %d\n%s", end, code, out)
					}
				}
				if i < runs {
					check()
				} else {
					all.Go(check)
				}
			}
			all.Wait()
			in.end()
			once(t, in, spans)
			hits := map[string]int{}
			for key, s := range sums(t, in.counted(t)) {
				hits[strings.Join(strings.Split(key, "|")[:2], " ")] += int(s.hits)
			}
			if hits["agents whole"] != runs+2*long || hits["other step"] != steps || len(hits) != 2 {
				t.Errorf("hits: %v, not %d and %d", hits, runs+2*long, steps)
			}
			form := v10
			if slices.Contains(hidden, v10) {
				form = v04
			}
			if counted := p.requests[statsPath] > 0; p.requests[form] < long || counted == slices.Contains(hidden, statsPath) {
				t.Errorf("requests by path: %v", p.requests)
			}
		})
	}
}

// once sees to it that so many spans have come out, each of them once but for what is shown of them while they are open.
func once(t *testing.T, in *intake, spans int) {
	t.Helper()
	in.mu.Lock()
	defer in.mu.Unlock()
	times := map[uint64]int{}
	for _, c := range in.chunks {
		for id, s := range c.spans {
			if _, snapshot := s.metrics["_dd.partial_version"]; !snapshot {
				times[id]++
			}
		}
	}
	for id, n := range times {
		if n != 1 {
			t.Errorf("span %d has come out %d times", id, n)
		}
	}
	if len(times) != spans {
		t.Errorf("%d spans have come out, not %d", len(times), spans)
	}
}
