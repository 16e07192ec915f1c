package agents

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDoctor: ddinstrument doctor finds the real agent in order, and the span that it sends goes no further, in no form.
func TestDoctor(t *testing.T) {
	repository := filepath.Join("..", "..")
	tool := filepath.Join(t.TempDir(), "ddinstrument")
	if out, err := command(repository, "go", "build", "-o", tool, "./cmd/ddinstrument").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	in := startIntake(t)
	doctor := command(filepath.Join("testdata", "short"), tool, "doctor", ".")
	doctor.Env = append(os.Environ(), "DD_TRACE_AGENT_URL="+startAgent(t, in))
	out, err := doctor.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	said := strings.Join(strings.Fields(string(out)), " ")
	for _, line := range []string{"ok /info Datadog's agent ", "ok test span accepted", "ok clock the agent's is the same"} {
		if !strings.Contains(said, line) {
			t.Errorf("it does not say %q but\n%s", line, out)
		}
	}
	in.end()
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.chunks) > 0 {
		t.Errorf("the intake has %+v", in.chunks)
	}
	for _, p := range in.stats {
		for _, bucket := range p.Stats {
			if len(bucket.Stats) > 0 {
				t.Errorf("the intake counts %+v", bucket.Stats)
			}
		}
	}
}
