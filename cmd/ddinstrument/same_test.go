package main

import (
	"errors"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// An outcome is what can be seen of a command.
type outcome struct {
	out, err string
	code     int
	spans    int
}

// sameAsGo is the script command "same SPANS VERB ARGUMENTS...": what go and
// ddinstrument do must be the same: output, errors and exit status, times and
// what is said of the traces aside. SPANS is how many arrive.
func sameAsGo(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || neg {
		ts.Fatalf("usage: same SPANS VERB ARGUMENTS...")
	}
	spans, err := strconv.Atoi(args[0])
	ts.Check(err)
	own := []string{args[1]}
	if args[1] == "run" || args[1] == "test" {
		own = append(own, "--view=json")
	}
	want := outcomeOf(ts, "go", args[1:])
	have := outcomeOf(ts, "ddinstrument", append(own, args[2:]...))
	if want.err != have.err && strings.HasSuffix(want.err, "exit status "+strconv.Itoa(have.code)+"\n") && args[1] == "run" {
		// go run ends with 1, and says what the program's status was.
		want.err = strings.TrimSuffix(want.err, "exit status "+strconv.Itoa(have.code)+"\n")
		want.code = have.code
	}
	want.spans = spans
	if want != have {
		ts.Fatalf("go:\n%+v\nddinstrument:\n%+v", want, have)
	}
}

var (
	times    = regexp.MustCompile(`\(cached\)|\d+\.\d+s\b|"(Time|Elapsed)":[^,}]*`)
	ourLines = regexp.MustCompile(`(?m)^(\{"trace_id"|ddinstrument: there is nothing to trace).*\n`)
	buildDir = regexp.MustCompile(`\S*/go-build\d+/\S*/`)
)

func outcomeOf(ts *testscript.TestScript, name string, args []string) outcome {
	var o outcome
	var exit *exec.ExitError
	if err := ts.Exec(name, args...); errors.As(err, &exit) {
		o.code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	stderr := ts.ReadFile("stderr")
	list, err := sentSpans(stderr)
	ts.Check(err)
	o.spans = len(list)
	o.out = times.ReplaceAllString(ts.ReadFile("stdout"), "T")
	o.err = buildDir.ReplaceAllString(times.ReplaceAllString(ourLines.ReplaceAllString(stderr, ""), "T"), "")
	return o
}
