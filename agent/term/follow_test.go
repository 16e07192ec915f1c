package term

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/agent/readable"
)

// storeOf makes a store of lines as --save writes them.
func storeOf(t *testing.T, lines ...string) *agent.Store {
	t.Helper()
	st := agent.NewStore(0)
	add(t, st, lines...)
	return st
}

func add(t *testing.T, st *agent.Store, lines ...string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "traces.jsonl")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := st.Open(path); err != nil {
		t.Fatal(err)
	}
}

// trace is a trace of one span. Its start is the local time 10:00:00.
func trace(id int, parent, fields string) string {
	start := time.Date(2026, 1, 2, 10, 0, 0, 0, time.Local).UnixNano()
	return fmt.Sprintf(`{"trace_id":"%032x","spans":[{"span_id":"%d","parent_id":%q,"start":%d,%s}]}`, id, id, parent, start, fields)
}

// buffer is written and read concurrently.
type buffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func await(t *testing.T, b *buffer, text string) {
	t.Helper()
	for range 1000 {
		if strings.Contains(b.String(), text) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%q never came; got\n%s", text, b)
}

func follow(t *testing.T, st *agent.Store, opts Options) (out *buffer, end func()) {
	t.Helper()
	if opts.Width == nil {
		opts.Width = func() int { return 100 }
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	out = &buffer{}
	go func() { done <- Follow(ctx, st, out, out, opts) }()
	end = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(end)
	return out, end
}

func TestFollowPrintsTracesAsTheyFinish(t *testing.T) {
	st := storeOf(t, trace(1, "0", `"name":"shop.make","service":"shop","resource":"GET /","duration":12400000`))
	out, end := follow(t, st, Options{})
	await(t, out, "10:00:00   12.4ms  shop  shop.make  GET /")
	add(t, st, trace(2, "0", `"name":"failed","service":"shop","resource":"failed","duration":1,"error":1`))
	await(t, out, "10:00:00 ✗    1ns  shop  failed ")
	// One without a root is waited for, and printed at the end.
	add(t, st, trace(3, "77", `"name":"part","service":"shop","duration":1`))
	end()
	if !strings.Contains(out.String(), "1 span, no root\n") {
		t.Errorf("got\n%s", out)
	}
	// A span that comes later is no second line.
	if n := strings.Count(out.String(), "\n"); n != 3 {
		t.Errorf("%d lines:\n%s", n, out)
	}
}

func TestFollowTellsATraceOnce(t *testing.T) {
	line := trace(1, "0", `"name":"a","service":"s","duration":1`)
	later := strings.Replace(trace(1, "1", `"name":"b","service":"s","duration":1`), `"span_id":"1"`, `"span_id":"2"`, 1)
	for form, want := range map[Form]int{Lines: 1, Trees: 2, JSON: 2} { // a tree has a header
		st := storeOf(t, line)
		out, end := follow(t, st, Options{Form: form})
		await(t, out, "\n")
		add(t, st, later)
		end()
		if n := strings.Count(strings.TrimSpace(out.String()), "\n") + 1; n != want {
			t.Errorf("form %d: %d lines, not %d:\n%s", form, n, want, out)
		}
	}
}

func TestLinesFit(t *testing.T) {
	var l layout
	for _, s := range []agent.Summary{
		{Service: "shop", Name: "shop.make", Resource: "GET /orders", Spans: 8, Finished: true},
		{Service: strings.Repeat("s", 99), Name: strings.Repeat("n", 99), Resource: strings.Repeat("日", 200), Spans: 12345, Errors: 99, Services: make([]string, 12)},
		{Service: "shop", Name: "shop.make", Resource: "shop.make", Spans: 8, Finished: true, Failed: true, Errors: 1},
	} {
		for columns := 64; columns < 200; columns++ {
			if line := l.line(s, columns, false); readable.Width(line) > columns && s.Spans < 100 || readable.Width(line) > columns+20 {
				t.Errorf("%d of %d columns: %s", readable.Width(line), columns, line)
			}
		}
	}
	long := agent.Summary{Service: "shop", Name: "shop.make", Resource: strings.Repeat("r", 300), Spans: 1, Finished: true}
	if line := l.line(long, 0, false); !strings.Contains(line, long.Resource) {
		t.Errorf("cut where nothing is narrow: %s", line)
	}
	first, second := l.line(long, 100, false), l.line(agent.Summary{Service: "shop", Name: "x", Spans: 1, Errors: 1}, 100, false)
	if strings.Index(first, "shop.make") != strings.Index(second, "x ") {
		t.Errorf("columns do not stand below each other:\n%s\n%s", first, second)
	}
}

// TestFollowTellsOfALongTraceTwice: one that had no root for long is told of
// again when it has.
func TestFollowTellsOfALongTraceTwice(t *testing.T) {
	var f follower
	begun, done := agent.Summary{ID: agent.TraceID{Low: 1}}, agent.Summary{ID: agent.TraceID{Low: 1}, Finished: true}
	for i, step := range []struct {
		s    agent.Summary
		told bool
	}{{begun, false}, {begun, true}, {done, false}, {done, true}, {begun, true}} {
		if f.isTold(step.s) != step.told {
			t.Errorf("step %d: not %v", i, step.told)
		}
	}
	for i := range 3 * remembered {
		f.isTold(agent.Summary{ID: agent.TraceID{Low: uint64(i + 10)}})
	}
	if n := len(f.printed.now) + len(f.printed.before); n > 2*remembered {
		t.Errorf("%d are remembered", n)
	}
}

func TestFollowSumsUpACrowd(t *testing.T) {
	var lines []string
	for i := range 3000 {
		lines = append(lines, trace(i+1, "0", `"name":"a","service":"s","duration":1`))
	}
	for terminal, want := range map[bool]int{true: crowd + 1, false: 3000} {
		st := storeOf(t, lines...)
		out, end := follow(t, st, Options{Terminal: terminal})
		end()
		if n := strings.Count(out.String(), "\n"); n != want {
			t.Errorf("%d lines, not %d", n, want)
		}
		if terminal && !strings.Contains(out.String(), "… and 2,960 traces more at once\n") {
			t.Errorf("got\n%s", out)
		}
	}
}

func TestNothingReceivedActsOnTheTerminal(t *testing.T) {
	hostile := `"name":"a\u001b]0;x\u0007","service":"\u202eb\nc","resource":"\u001b[2J\r\u009b31m\u0000","duration":1`
	for _, form := range []Form{Lines, Trees} {
		out, end := follow(t, storeOf(t, trace(1, "0", hostile)), Options{Form: form})
		end()
		for _, r := range out.String() {
			if r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r == '\u202e' {
				t.Errorf("form %d: %q in %q", form, r, out)
			}
		}
	}
}

func TestDuration(t *testing.T) {
	for ns, want := range map[int64]string{
		-1: "0ns", 0: "0ns", 999: "999ns", 1000: "1.00µs", 12_345: "12.3µs", 999_499: "999µs", 999_500: "1.00ms",
		999_499_999: "999ms", 999_500_000: "1.00s", 59_949_000_000: "59.9s", 59_999_000_000: "60.0s", 187e9: "3m07s",
		5*3600e9 + 12*60e9: "5h12m", 1<<63 - 1: "106751d",
	} {
		if got := readable.Duration(ns); got != want {
			t.Errorf("%d: %s, not %s", ns, got, want)
		}
	}
}
