//go:build go1.21

package tracer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The programs that crash or end: the test binary runs itself with one of these names in its environment.
var programs = map[string]func(){
	"goroutine": func() {
		byAPI(bg, "main", func(ctx context.Context) error {
			go traced(ctx, &siteA, func(ctx context.Context) error { return traced(ctx, &siteB, explode) })
			time.Sleep(time.Minute)
			return nil
		})
	},
	"api": func() { // a span without and one with a deferred Finish above the traced call
		ctx, _ := Trace(bg, "never finished")
		byAPI(ctx, "deferred", func(ctx context.Context) error { return traced(ctx, &siteA, explode) })
	},
	"main": func() { traced(bg, &siteA, explode) },
	"panicnil": func() {
		defer func() { os.Exit(3) }() // it is reached, with the panic still going on
		traced(bg, &siteA, func(context.Context) error { panic(any(nil)) })
		os.Exit(0)
	},
	"return": func() {
		var ddexit ProgramEnd
		defer ddexit.Main()
		traced(bg, &siteA, func(context.Context) error { return nil })
	},
	"os.Exit": func() {
		var ddexit ProgramEnd
		traced(bg, &siteA, func(ctx context.Context) error {
			traced(ctx, &siteB, func(context.Context) error { return nil })
			os.Exit(ddexit.Code(4))
			return nil
		})
	},
	"log.Fatal": func() {
		var ddexit ProgramEnd
		traced(bg, &siteA, func(ctx context.Context) error {
			log.Fatal(ddexit.Values(errors.New("y")))
			return nil
		})
	},
}

func TestMain(m *testing.M) {
	if name := os.Getenv("DDTEST_PROGRAM"); name != "" {
		if form := forms[os.Getenv("DDTEST_FORM")]; form != nil {
			traced = form
		}
		programs[name]()
		return
	}
	os.Exit(m.Run())
}

// runProgram runs one of them against the recorder, and returns its exit status and standard error.
func runProgram(t *testing.T, r *recorder, name string, env ...string) (int, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), "DDTEST_PROGRAM="+name), env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	began := time.Now()
	err := cmd.Run()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("%s took %v", name, took)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), stderr.String()
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0, stderr.String()
}

func conformC14(t *testing.T) {
	r := record(t)
	value := io.ErrClosedPipe
	v, _ := call(bg, &siteA, func(context.Context) error { panic(value) })
	equal[any](t, "the panic", v, value)
	r.one(t)

	status, stderr := runProgram(t, r, "goroutine")
	equal(t, "exit status", status, 2)
	if !strings.Contains(stderr, "panic: bim [recovered, repanicked]") || strings.Count(stderr, "panic: ") != 1 {
		t.Errorf("standard error:\n%s", stderr)
	}
	if !strings.Contains(stderr, "conformance_c_test.go:47") && !strings.Contains(stderr, "tracer.explode") {
		t.Errorf("the panicking line is not there:\n%s", stderr)
	}
	chunk := r.one(t)
	equal(t, "spans", names(chunk), "main main>a a>b")
	equal(t, "the ancestor", chunk[0].Error, 0)
	equal(t, "the panicking one", chunk[1].Error, 1)

	status, _ = runProgram(t, r, "main")
	equal(t, "exit status", status, 2)
	equal(t, "the panicking one", r.span(t).Error, 1)
}

// conformC14API has spans of the API above the one that panics: nobody knows whether their ends see the panic.
func conformC14API(t *testing.T) {
	r := record(t)
	status, _ := runProgram(t, r, "api")
	equal(t, "exit status", status, 2)
	var got []string
	for _, chunk := range r.traces(t) {
		for _, s := range chunk {
			if _, snapshot := s.Metrics[snapshotTag]; snapshot {
				s.Name += "..."
			}
			got = append(got, fmt.Sprint(s.Name, " ", s.Error))
		}
	}
	equal(t, "spans", strings.Join(got, ", "), "never finished... 0, deferred... 0, a 1, deferred 1")
}

// TestKnownRecoverer panics below net/http's server: no flush, as the program lives on.
func TestKnownRecoverer(t *testing.T) {
	r := record(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		c := siteA.EnterRequest(req)
		defer c.Exit(nil)
		panic("in a handler")
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	http.Get(server.URL)
	server.Close()
	r.mu.Lock()
	n := len(r.chunks)
	r.mu.Unlock()
	equal(t, "traces sent at once", n, 0)
	r.span(t).wantError(t, "string", "in a handler", "TestKnownRecoverer")
}

// testEnds has programs end in each way.
func testEnds(t *testing.T) {
	r := record(t)
	for _, c := range []struct {
		name   string
		status int
		spans  string
		env    string
	}{
		{"return", 0, "a", "X="},
		{"os.Exit", 4, "a a>b", "X="},
		{"log.Fatal", 1, "a", "X="},
		{"panicnil", 3, "a", "GODEBUG=panicnil=1"},
		{"panicnil", 3, "a", "GODEBUG=panicnil=0"},
	} {
		status, stderr := runProgram(t, r, c.name, c.env)
		if status != c.status {
			t.Errorf("%s: exit status %d\n%s", c.name, status, stderr)
		}
		equal(t, c.name, names(r.one(t)), c.spans)
	}
}
