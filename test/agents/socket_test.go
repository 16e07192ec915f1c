package agents

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// TestSocket sends to the agent's unix socket, in v1.0 and with statistics as to any other, also when the agent has gone,
// with its socket, and another one has come.
func TestSocket(t *testing.T) {
	t.Setenv("DD_TRACE_SAMPLE_RATE", "1") // all are kept
	t.Setenv("DD_TRACE_RATE_LIMIT", "1000000")
	dir, err := os.MkdirTemp("", "apm") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "apm.socket")
	all := startIntake(t)
	hits := 0
	for i := range 2 {
		in := startIntake(t)
		url := startAgent(t, in, socketVariable+"="+socket)
		if url != "unix://"+socket {
			t.Fatalf("the agent is at %s", url)
		}
		if i == 0 {
			startTracer(t, url)
			meet(t)
		}
		for range 500 {
			_, s := tracer.Trace(bg, "root")
			s.Finish()
		}
		flush(t)
		if i == 1 {
			tracer.Stop()
		}
		in.end()
		os.Remove(socket)
		indexed := 0
		for _, c := range in.chunks {
			for _, s := range c.spans {
				if s.meta["_dd.convertedv1"] == "" {
					indexed++
				}
			}
		}
		if indexed < 500 {
			t.Errorf("%d spans have come in v1.0", indexed)
		}
		all.chunks = append(all.chunks, in.chunks...)
		for _, s := range sums(t, in.counted(t)) {
			hits += int(s.hits)
		}
	}
	once(t, all, 1001)
	if hits != 1001 {
		t.Errorf("%d hits", hits)
	}
}
