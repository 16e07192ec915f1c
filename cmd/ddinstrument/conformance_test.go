package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/agent"
)

// A conformRow is a row of the table of what each form must do. Its program is testdata/conformance, built once by the
// command, in each form that a directive has.
type conformRow struct {
	id    string        // of the table; after a slash, what is special about this run
	form  string        // the only one that the row is about, or that it is run in; else all are
	run   string        // the program's argument, if it is not the id
	env   []string      // besides DD_SERVICE=conf
	code  int           // exit status
	out   string        // all of standard output
	err   string        // all of standard error, but for a part after "..."
	spans string        // a line for each span, see conformTree; an empty line between traces
	show  []string      // tags of ours that are to be in it, or "duration"
	delay time.Duration // before the agent takes a request
	sent  int           // "flushed n": chunks handed to the agent; 0: as many as traces, -1: it may vary

	// What stands in the place of what in spans where the directive is on a block or statement: the span ends where
	// control leaves that, before deferred functions change or recover anything, and a panic has left it then.
	block []string
}

// TestConformance runs the rows by the names of id and form: TestConformance/C1/block.
func TestConformance(t *testing.T) {
	dir := conformProgram(t)
	bin := filepath.Join(dir, "bin")
	command(t, "build", "-C", dir, "-o", bin+string(filepath.Separator), "./cmd/...")
	exe := filepath.Join(bin, "program")
	for _, r := range slices.Concat(conformRows, conformCallRows, conformIteratorRows, conformErrorRows, conformFilterRows, conformLogRows) {
		for _, r := range r.inForms() {
			t.Run(r.name(), func(t *testing.T) {
				t.Parallel()
				r.test(t, exe)
			})
		}
	}
	for _, form := range allForms() {
		for _, r := range slices.Concat(endRows(form), deathRows(t, dir, form)) {
			t.Run(r.name(), func(t *testing.T) {
				t.Parallel()
				r.test(t, exe)
			})
		}
	}
	testMore(t, exe)
	testRaces(t, dir)
}

func (r conformRow) name() string {
	id, special, found := strings.Cut(r.id, "/")
	name := id + "/" + cmp.Or(r.form, function)
	if found {
		name += "/" + special
	}
	return name
}

func (r conformRow) test(t *testing.T, exe string) {
	front := startFront(t)
	front.delay = r.delay
	id, _, _ := strings.Cut(r.id, "/")
	args := []string{cmp.Or(r.run, id), cmp.Or(r.form, function)}
	p := runConform(t, exe, args, append([]string{"DD_TRACE_AGENT_URL=" + front.URL}, r.env...)...)
	if p.code != r.code {
		t.Errorf("exit status %d, want %d\n%s", p.code, r.code, p.err)
	}
	compare(t, "standard output", p.out, r.out)
	if want, rest, open := strings.Cut(r.err, "..."); open {
		if !strings.HasPrefix(p.err, strings.TrimLeft(want, "\n")) || !strings.Contains(p.err, strings.TrimSpace(rest)) {
			t.Errorf("standard error:\n%s\nwant:\n%s", p.err, r.err)
		}
	} else {
		compare(t, "standard error", p.err, r.err)
	}
	traces := front.agent.Traces()
	compare(t, "spans", inFunctionForm(conformTree(traces, r.show...), r.form), inFunctionForm(r.spans, r.form))
	if got, want := int(front.chunks.Load()), cmp.Or(r.sent, len(traces)); got != want && want >= 0 {
		t.Errorf("%d chunks were sent, want %d", got, want)
	}
}

func compare(t *testing.T, what, got, want string) {
	t.Helper()
	if got, want := strings.TrimSpace(got), strings.TrimSpace(want); got != want {
		t.Errorf("%s:\n%s\nwant:\n%s", what, got, want)
	}
}

// buildConform has the command build a program of testdata/conformance and returns where it is.
func buildConform(t *testing.T, args ...string) string {
	t.Helper()
	exe := filepath.Join(t.TempDir(), "program")
	command(t, append([]string{"build", "-C", conformDir(t), "-o", exe}, args...)...)
	return exe
}

// command runs a command line that must go well and have nothing to say.
func command(t *testing.T, args ...string) {
	t.Helper()
	var out bytes.Buffer
	if s := run(args, stream{nil, &out, &out}, conformEnv()); !s.OK() || out.Len() > 0 {
		t.Fatalf("ddinstrument %s: %+v\n%s", strings.Join(args, " "), s, &out)
	}
}

func conformDir(t *testing.T) string { return filepath.Join(repository(t), "testdata", "conformance") }

// conformEnv is the environment without what would change the build, or the program's tracer.
func conformEnv() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "DD_") && !strings.HasPrefix(kv, "OTEL_") && !strings.HasPrefix(kv, "GOFLAGS=") && !strings.HasPrefix(kv, "GODEBUG=") {
			env = append(env, kv)
		}
	}
	return append(env, "GOFLAGS=", "GOWORK=off")
}

// A ranProgram is what is seen of a program from outside.
type ranProgram struct {
	code     int // -1: ended by a signal
	out, err string
	took     time.Duration
}

func runConform(t *testing.T, exe string, args []string, env ...string) ranProgram {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out, stderr bytes.Buffer
	c := exec.CommandContext(ctx, exe, args...)
	c.Env = append(append(conformEnv(), "DD_SERVICE=conf"), env...)
	c.Stdout, c.Stderr = &out, &stderr
	began := time.Now()
	err := c.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return ranProgram{c.ProcessState.ExitCode(), out.String(), stderr.String(), time.Since(began)}
}

// A front is an agent behind a proxy that counts the chunks: the agent itself keeps one trace for the chunks of one id.
type front struct {
	*httptest.Server
	agent  *agent.Server
	chunks atomic.Int64
	delay  time.Duration // before a request is handed on
}

func startFront(t *testing.T) *front {
	t.Helper()
	server, err := agent.Start(agent.Options{})
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	f := &front{agent: server}
	proxy := httputil.NewSingleHostReverseProxy(target)
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.Header.Get("X-Datadog-Trace-Count"))
		f.chunks.Add(int64(n))
		time.Sleep(f.delay)
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		f.Close()
		server.Close()
	})
	return f
}

// conformTree is a line for each span, children indented below their parent:
//
//	name [service=S] [resource=R] [type=T] [meta=text ...] [metric:number ...] [!type: message @function on top of the stack]
//
// The service stands where it is not the parent's, or not conf. Below "?" are spans whose parent has not been sent. Tags of
// ours are only there if they are to be shown.
func conformTree(traces []agent.Trace, show ...string) string {
	var b strings.Builder
	for _, trace := range traces {
		children := map[uint64][]agent.Span{}
		there := map[uint64]bool{0: true}
		for _, s := range trace.Spans {
			children[s.ParentID] = append(children[s.ParentID], s)
			there[s.SpanID] = true
		}
		var write func(parent uint64, service, indent string)
		write = func(parent uint64, service, indent string) {
			for _, s := range children[parent] {
				b.WriteString(indent + conformLine(s, service, show) + "\n")
				write(s.SpanID, s.Service, indent+"  ")
			}
		}
		for _, s := range trace.Spans {
			if !there[s.ParentID] {
				b.WriteString("? ")
				write(s.ParentID, "conf", "")
				there[s.ParentID] = true
			}
		}
		write(0, "conf", "")
		b.WriteString("\n")
	}
	return b.String()
}

func conformLine(s agent.Span, service string, show []string) string {
	words := []string{s.Name}
	hidden := func(key string) bool { return slices.Contains(internal, key) && !slices.Contains(show, key) }
	add := func(key, value, usual string) {
		if value != usual {
			words = append(words, key+"="+value)
		}
	}
	add("service", s.Service, service)
	add("resource", s.Resource, s.Name)
	add("type", s.Type, "")
	for _, k := range slices.Sorted(maps.Keys(s.Meta)) {
		switch {
		case hidden(k):
		case k == "runtime-id":
			words = append(words, k)
		case k == "error.stack":
			words = append(words, fmt.Sprint("frames:", strings.Count(s.Meta[k], "\n")/2))
		default:
			words = append(words, k+"="+s.Meta[k])
		}
	}
	for _, k := range slices.Sorted(maps.Keys(s.Metrics)) {
		switch {
		case k == "_dd.partial_version": // its value is a time
			words = append(words, "SNAPSHOT")
		case hidden(k):
		case k == "process_id":
			words = append(words, k)
		default:
			words = append(words, k+":"+strconv.FormatFloat(s.Metrics[k], 'g', -1, 64))
		}
	}
	if slices.Contains(show, "duration") {
		words = append(words, "took "+time.Duration(s.Duration).String())
	}
	if s.Error != 0 {
		words = append(words, "!"+s.Meta["error.type"]+":")
		if text, ok := s.Meta["error.message"]; ok {
			words = append(words, strings.ReplaceAll(text, "\n", "|"))
		}
	}
	if stack, ok := s.Meta["error.stack"]; ok {
		function, _, _ := strings.Cut(stack, "\n")
		words = append(words, "@"+strings.TrimPrefix(function, "example.com/"))
	}
	return strings.Join(words, " ")
}
