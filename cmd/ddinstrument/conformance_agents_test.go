package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/agent"
)

// A program's end loses nothing, whichever it is.
var conformEnds = []conformRow{
	{id: "end/return", run: "return", spans: "conf.f"},
	{id: "end/os.Exit", run: "exit", code: 3, spans: endsBy},
	{id: "end/os.Exit(0)", run: "exit-zero", spans: endsBy},
	{id: "end/os.Exit as a value", run: "exit-value", code: 4, spans: endsBy},
	{id: "end/os.Exit deferred", run: "exit-defer", code: 5, spans: endsBy},
	{id: "end/os.Exit in a goroutine", run: "exit-go", code: 6, spans: endsBy + "\n    conf.leaves"},
	{id: "end/os.Exit in package main", run: "nothing", code: 9, err: "there is no row nothing"},
	{id: "end/log.Fatal", run: "fatal", code: 1, err: "the end", spans: endsBy},
	{id: "end/log.Fatalf", run: "fatalf", code: 1, err: "the end", spans: endsBy},
}

const endsBy = `
conf.endsBy
  conf.f
  conf.ender`

func TestProgramEnd(t *testing.T) {
	exe := buildConform(t, "./cmd/program")
	for _, r := range conformEnds {
		t.Run(r.id, func(t *testing.T) {
			t.Parallel()
			r.test(t, exe)
		})
	}
	t.Run("hung agent", func(t *testing.T) { testHungAgent(t, exe) })
	t.Run("slow agent", func(t *testing.T) { testSlowAgent(t, exe) })
	t.Run("no agent", func(t *testing.T) { testNoAgent(t, exe) })
	t.Run("SIGTERM", func(t *testing.T) { testKilled(t, exe) })
	t.Run("unix socket", func(t *testing.T) { testUnixSocket(t, exe) })
	t.Run("OTLP", func(t *testing.T) { testOTLP(t, exe) })
}

// endings are the ways to end, and their exit statuses.
var endings = map[string]int{
	"return": 0, "exit": 3, "exit-defer": 5, "exit-go": 6, "fatal": 1, "panic": 2, "panic-go": 2, "panic-go-deep": 2, "panic-api": 2,
}

// testHungAgent: an agent that takes the connection and never answers delays the end by no more than the set time.
func testHungAgent(t *testing.T, exe string) {
	url := hang(t)
	var all sync.WaitGroup
	for name, code := range endings {
		all.Go(func() { // they only wait
			p := runConform(t, exe, []string{name}, "DD_TRACE_AGENT_URL="+url)
			if p.code != code || p.took < 500*time.Millisecond || p.took > 4*time.Second {
				t.Errorf("%s: exit status %d after %v\n%s", name, p.code, p.took, p.err)
			}
			if strings.Count(p.err, "ddinstrument: ") > 1 {
				t.Errorf("%s: more than one line of ours:\n%s", name, p.err)
			}
		})
	}
	all.Wait()
}

// testSlowAgent: an agent that takes its time gets what there is.
func testSlowAgent(t *testing.T, exe string) {
	var all sync.WaitGroup
	for _, rows := range [][]conformRow{conformEnds, deathRows(t, conformDir(t), function)} {
		for _, r := range rows {
			if _, ok := endings[r.run]; ok {
				r.delay = 500 * time.Millisecond
				all.Go(func() { r.test(t, exe) })
			}
		}
	}
	all.Wait()
}

// testNoAgent: where nothing listens, there is nothing to wait for.
func testNoAgent(t *testing.T, exe string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	for name, code := range endings {
		p := runConform(t, exe, []string{name}, "DD_TRACE_AGENT_URL=http://"+l.Addr().String())
		if p.code != code || p.took > 1500*time.Millisecond {
			t.Errorf("%s: exit status %d after %v\n%s", name, p.code, p.took, p.err)
		}
		line := fmt.Sprintf("ddinstrument: the agent at http://%s does not answer (connection refused): ", l.Addr())
		if strings.Count(p.err, "ddinstrument: ") != 1 || !strings.Contains(p.err, line) {
			t.Errorf("%s prints:\n%s", name, p.err)
		}
	}
}

// testKilled: killed by a signal that it does not handle, the program loses at most the last second. It ends at once,
// as by the signal.
func testKilled(t *testing.T, exe string) {
	front := startFront(t)
	c := exec.Command(exe, "ticks")
	c.Env = append(conformEnv(), "DD_TRACE_AGENT_URL="+front.URL)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var killed time.Time
	ended := map[string]time.Time{} // when the program had made each span, by its resource
	for lines := bufio.NewScanner(out); lines.Scan(); {
		n, at, _ := strings.Cut(lines.Text(), " ")
		ms, _ := strconv.ParseInt(at, 10, 64)
		ended[n] = time.UnixMilli(ms)
		if killed.IsZero() && time.Since(began) > 2500*time.Millisecond {
			killed = time.Now()
			if err := c.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.Wait()
	if s, ok := c.ProcessState.Sys().(syscall.WaitStatus); !ok || !s.Signaled() || s.Signal() != syscall.SIGTERM {
		t.Errorf("the program ended by %v", c.ProcessState)
	}
	if took := time.Since(killed); took > 500*time.Millisecond {
		t.Errorf("it took %v to end", took)
	}
	front.Close() // waits for requests that have arrived
	for _, trace := range front.agent.Traces() {
		delete(ended, trace.Spans[0].Resource)
	}
	for n, at := range ended {
		// The request itself takes time, on a machine that does other things as well.
		if killed.Sub(at) > 1500*time.Millisecond {
			t.Errorf("span %s, made %v before the end, has not arrived", n, killed.Sub(at))
		}
	}
}

func testUnixSocket(t *testing.T, exe string) {
	path := filepath.Join(t.TempDir(), "apm.socket")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Skip("no unix sockets here:", err)
	}
	server, err := agent.Start(agent.Options{Listeners: []net.Listener{l}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	p := runConform(t, exe, []string{"A6"}, "DD_TRACE_AGENT_URL=unix://"+path)
	if p.code != 0 || p.err != "" || len(server.Traces()) != 2 {
		t.Errorf("exit status %d, traces:\n%s\n%s", p.code, conformTree(server.Traces()), p.err)
	}
}

// hang listens like an agent that accepts connections and never answers.
func hang(t *testing.T) (url string) {
	t.Helper()
	end := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-end }))
	t.Cleanup(func() {
		close(end)
		s.Close()
	})
	return s.URL
}

// testOTLP: a receiver of OpenTelemetry's protocol gets at the end what an agent would.
func testOTLP(t *testing.T, exe string) {
	for _, r := range conformEnds {
		if r.spans == "" {
			continue
		}
		var got []byte // one request after the other
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			got = append(got, r.Method+r.URL.Path...)
			got = append(got, body...)
		}))
		p := runConform(t, exe, []string{r.run}, "DD_TRACE_OTLP_ENDPOINT="+server.URL)
		server.Close()
		for _, name := range append(strings.Fields(r.spans), "POST/v1/traces") {
			if !bytes.Contains(got, []byte(name)) {
				t.Errorf("%s: no %s in %q", r.id, name, got)
			}
		}
		if p.code != r.code || strings.Contains(p.err, "ddinstrument: ") {
			t.Errorf("%s: exit status %d\n%s", r.id, p.code, p.err)
		}
	}
}
