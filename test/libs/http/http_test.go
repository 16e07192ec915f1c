// Package http tests the integrations of net/http and of routers with programs
// that know nothing of tracing.
package http

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/internal/libtest"
)

var update = flag.Bool("update", false, "write what the spans are to testdata")

// A program is built once plain and once traced.
type program struct {
	libtest.Program
	built         sync.Once
	plain, traced string
}

var (
	app     = &program{Program: libtest.Program{Package: "./app", Flags: []string{"--trace", "./app:work", "--trace", "./app:slow.Read", "--trace", "./app:inside"}}}
	routers = &program{Program: libtest.Program{Package: "./approuters"}}
	oldest  = &program{Program: libtest.Program{Package: "./approuters", Flags: []string{"-modfile=oldest.mod"}}} // of the routers
)

// keep keeps what is built for one test, for the others.
type keep struct{ testing.TB }

var kept []string

func (k keep) TempDir() string {
	dir, err := os.MkdirTemp("", "ddinstrument-http-")
	if err != nil {
		k.Fatal(err)
	}
	kept = append(kept, dir)
	return dir
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, dir := range kept {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// run runs one scene both ways: what it prints must be the same.
func (p *program) run(t *testing.T, scene string, env ...string) libtest.Result {
	t.Helper()
	p.built.Do(func() {
		plain := p.Program
		plain.Plain = true
		p.plain = libtest.Build(keep{t}, plain)
		p.traced = libtest.Build(keep{t}, p.Program)
	})
	if p.traced == "" {
		t.Fatal("the program has not been built")
	}
	use := libtest.Program{Args: []string{scene}, Env: env}
	want := libtest.Exec(t, p.plain, use)
	got := libtest.Exec(t, p.traced, use)
	if want.Code != 0 || got.Code != want.Code || got.Stdout != want.Stdout {
		t.Fatalf("%s: status %d, prints\n%s%s\nwithout tracing: status %d, prints\n%s%s",
			scene, got.Code, got.Stdout, got.Stderr, want.Code, want.Stdout, want.Stderr)
	}
	return got
}

// keys are the tags that the trees show.
var keys = []string{
	"span.kind", "http.status_code", "http.route", "http.url", "error.message", "http.errors", "gin.errors",
	"tenant", "network.client.ip", "http.client_ip",
}

var ports = regexp.MustCompile(`127\.0\.0\.1:\d\d+`)

// trees prints traces in the order in which they began.
func trees(traces []agent.Trace) string {
	slices.SortStableFunc(traces, func(a, b agent.Trace) int { return int(a.Spans[0].Start - b.Spans[0].Start) })
	var b strings.Builder
	for _, trace := range traces {
		slices.SortStableFunc(trace.Spans, func(a, b agent.Span) int { // a body is read while the server is at work
			return strings.Compare(a.Name[:4], b.Name[:4])
		})
		b.WriteString(libtest.Tree(trace.Spans, keys...))
	}
	return ports.ReplaceAllString(strings.ReplaceAll(b.String(), "app http.request ", ""), "HOST")
}

// expect compares traces with what testdata has under a name.
func expect(t *testing.T, name string, traces []agent.Trace) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	got := trees(traces)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the spans are\n%s\nwant\n%s", got, want)
	}
}

// TestScenes runs everything that the programs can do.
func TestScenes(t *testing.T) {
	for _, scene := range []string{
		"serve", "nested", "rewritten", "bare", "interfaces", "http2", "unencrypted2", "proxy", "limits", "taken", "websocket",
		"raw", "handed", "client", "failing", "redirect", "copies", "cancel", "chain", "bodies", "urls", "conn", "foreign", "foreign2", "inside", "plainmux",
	} {
		t.Run(scene, func(t *testing.T) { expect(t, scene, app.run(t, scene).Traces) })
	}
	for _, scene := range []string{"chi", "gin", "echo", "gorilla", "mounted"} {
		t.Run(scene, func(t *testing.T) { expect(t, scene, routers.run(t, scene).Traces) })
		if !testing.Short() { // they take a build of their own
			t.Run(scene+", oldest", func(t *testing.T) { expect(t, scene, oldest.run(t, scene).Traces) })
		}
	}
}
