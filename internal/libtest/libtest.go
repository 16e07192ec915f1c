// Package libtest runs programs that use a library, built by the real command
// with that library traced, and shows the spans that come of it. It is for the
// tests of integrations, which are modules of their own under test/libs.
package libtest

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ddinstrument/ddinstrument/agent"
)

// A Program is what is built and run.
type Program struct {
	Dir     string   // where the go command runs; "" for the test's folder
	Package string   // "./app"
	Flags   []string // of ddinstrument build, beside --libs
	Plain   bool     // built by ddinstrument without --libs
	Args    []string
	Env     []string // added to the environment
	Stdin   string
}

// A Result is what came of running a program.
type Result struct {
	Stdout, Stderr string
	Code           int
	Traces         []agent.Trace // each with its spans in order of their starts
}

// Spans are those of all traces.
func (r Result) Spans() []agent.Span {
	var all []agent.Span
	for _, t := range r.Traces {
		all = append(all, t.Spans...)
	}
	return all
}

var command = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	_, here, _, _ := runtime.Caller(0)
	root := filepath.Join(filepath.Dir(here), "..", "..")
	// Each tree has one, which the next test builds anew: nothing piles up. Who runs it meanwhile keeps what he has.
	dir := filepath.Join(cache, "ddinstrument-libtest", fmt.Sprintf("%x", crc32.ChecksumIEEE([]byte(root))))
	exe := filepath.Join(dir, "ddinstrument")
	built := fmt.Sprint(exe, ".", os.Getpid())
	cmd := exec.Command("go", "build", "-o", built, "./cmd/ddinstrument")
	cmd.Dir = root // by the go.mod there, whatever the test's has
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building ddinstrument: %w\n%s", err, out)
	}
	return exe, os.Rename(built, exe)
})

// Command is the path of ddinstrument, built once from this tree.
func Command(t testing.TB) string {
	t.Helper()
	exe, err := command()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

// Build builds a program and returns the path of the executable. With -short a
// test is skipped that has other versions of its libraries than go.mod: that
// takes a build of everything.
func Build(t testing.TB, p Program) string {
	t.Helper()
	if testing.Short() && slices.ContainsFunc(p.Flags, func(f string) bool { return strings.HasPrefix(f, "-modfile=") }) {
		t.Skip("-short: not with other versions")
	}
	exe := filepath.Join(t.TempDir(), "program")
	args := []string{"build"}
	if !p.Plain {
		args = append(args, "--libs")
	}
	args = append(append(args, p.Flags...), "-o", exe, p.Package)
	cmd := exec.Command(Command(t), args...)
	cmd.Dir = p.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ddinstrument %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return exe
}

// Run builds a program, runs it to its end beside an agent of its own, and
// returns what it said and sent.
func Run(t testing.TB, p Program) Result {
	t.Helper()
	return Exec(t, Build(t, p), p)
}

// Exec runs what Build has built.
func Exec(t testing.TB, exe string, p Program) Result {
	t.Helper()
	a := StartAgent(t)
	cmd := exec.Command(exe, p.Args...)
	cmd.Dir = p.Dir
	cmd.Env = append(append(os.Environ(), "DD_TRACE_STARTUP_LOGS=false", "DD_SERVICE=app"), p.Env...)
	cmd.Env = append(cmd.Env, a.Env())
	cmd.Stdin = strings.NewReader(p.Stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return Result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode(), a.Traces()}
}

// An Agent receives what several programs send.
type Agent struct{ server *agent.Server }

// StartAgent starts an agent that the test's end stops.
func StartAgent(t testing.TB) *Agent {
	t.Helper()
	s, err := agent.Start(agent.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &Agent{s}
}

// Env is the variable that sends a program's traces here.
func (a *Agent) Env() string { return "DD_TRACE_AGENT_URL=" + a.server.URL() }

// Traces are what has come so far.
func (a *Agent) Traces() []agent.Trace {
	list := a.server.Traces()
	for _, t := range list {
		slices.SortStableFunc(t.Spans, func(x, y agent.Span) int { return int(x.Start - y.Start) })
	}
	return list
}

// Tree prints spans as an indented tree, a line each: service, name, resource,
// "error" for one with an error, and the tags of the given keys that it has. A
// root is a span whose parent is not among them.
func Tree(spans []agent.Span, keys ...string) string {
	var b strings.Builder
	known := map[uint64]bool{}
	for _, s := range spans {
		known[s.SpanID] = true
	}
	var below func(parent uint64, depth int)
	line := func(s agent.Span, depth int) {
		fmt.Fprintf(&b, "%s%s %s %q", strings.Repeat("  ", depth), s.Service, s.Name, s.Resource)
		if s.Error != 0 {
			b.WriteString(" error")
		}
		for _, k := range keys {
			if v, ok := s.Meta[k]; ok {
				fmt.Fprintf(&b, " %s=%q", k, v)
			} else if n, ok := s.Metrics[k]; ok {
				fmt.Fprintf(&b, " %s=%v", k, n)
			}
		}
		b.WriteByte('\n')
		below(s.SpanID, depth+1)
	}
	below = func(parent uint64, depth int) {
		for _, s := range spans {
			if s.ParentID == parent && parent != 0 {
				line(s, depth)
			}
		}
	}
	for _, s := range spans {
		if !known[s.ParentID] {
			line(s, 0)
		}
	}
	return b.String()
}
