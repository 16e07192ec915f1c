package clients

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/agent"
)

// figures are what an agent that runs alone tells at its end.
type figures struct {
	agent.Totals
	Heap int64 // bytes in use after a collection
	Peak int64 // bytes of resident memory, at most
}

// alone is an agent in a process of its own, with a reader that looks at it as
// a page in a browser would. It ends when its standard input does.
func alone() error {
	s, err := agent.Start(agent.Options{})
	if err != nil {
		return err
	}
	fmt.Println(s.URL())
	ctx, stop := context.WithCancel(context.Background())
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		watch(ctx, s.Store())
	}()
	_, _ = io.Copy(io.Discard, os.Stdin)
	stop()
	<-watched
	if err := s.Close(); err != nil {
		return err
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return json.NewEncoder(os.Stdout).Encode(figures{s.Store().Totals(), int64(m.HeapAlloc), peakMemory()})
}

// watch reads ten times a second: what is new, a trace of that, and the
// numbers; and everything by a filter once a second.
func watch(ctx context.Context, store *agent.Store) {
	changed, stop := store.Watch()
	defer stop()
	var seq uint64
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
		list := store.List(agent.Query{After: seq, Limit: 200})
		seq = list.Seq
		if len(list.Traces) > 0 {
			store.Trace(list.Traces[0].ID)
		}
		if n%10 == 0 {
			store.List(agent.Query{Text: "what nobody says"})
			store.Services(time.Minute)
			store.Resources(time.Minute)
			store.Calls()
		}
	}
}

// peakMemory is the most that the process has had resident; 0 where the system
// does not tell.
func peakMemory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if text, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(text), " kB"), 10, 64)
			return kib << 10
		}
	}
	return 0
}

// TestFullRate sends with our runtime as fast as it goes, for some seconds, or
// for RATE_TIME, while somebody looks.
func TestFullRate(t *testing.T) {
	took := cmp.Or(os.Getenv("RATE_TIME"), "5s")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(cmd.Environ(), "CLIENT=agent")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}()
	lines := bufio.NewReader(out)
	url, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	sent, stderr := runClient(t, "rate", "RATE_TIME="+took, "DD_TRACE_AGENT_URL="+strings.TrimSpace(url))
	in.Close()
	var f figures
	if err := json.NewDecoder(lines).Decode(&f); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %s traces of 5 spans made, %d spans received in %d payloads; %d traces kept in %.0f MiB, %d let go; heap %.0f MiB, at most %.0f MiB resident\n%s",
		took, strings.TrimSpace(sent), f.ReceivedSpans, f.Payloads, f.Traces, mib(f.Memory), f.Dropped, mib(f.Heap), mib(f.Peak), stderr)
	if f.Memory > f.Budget || f.ReceivedSpans == 0 || f.Refused > 0 {
		t.Errorf("%+v", f)
	}
	// What is kept takes no more than is reckoned. The collector lets garbage
	// grow to as much again, and payloads in work come on top.
	const other = 16 << 20
	if f.Heap > f.Budget+other {
		t.Errorf("a heap of %.0f MiB", mib(f.Heap))
	}
	if f.Peak > 3*f.Budget {
		t.Errorf("%.0f MiB resident", mib(f.Peak))
	}
}

func mib(n int64) float64 { return float64(n) / (1 << 20) }
