package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/ddinstrument/ddinstrument/internal/corpus"
)

// raced are the modules whose tests run with the race detector: half of them,
// those that take no hours with it.
var raced = []string{
	"github.com/gin-gonic/gin@v1.12.0",
	"github.com/gorilla/mux@v1.8.1",
	"github.com/alecthomas/participle/v2@v2.1.4",
	"github.com/spf13/cobra@v1.10.2",
	"github.com/spf13/pflag@v1.0.9",
}

// A bench is where suites run.
type bench struct{ tmp, tool, agent string }

// A suite is code with tests.
type suite struct {
	*bench
	name     string
	dir      string   // where the commands run
	packages []string // of the tests
	rules    []string // the flags that select every function
	race     bool
}

// suite gets a module, or the standard library, ready.
func (b *bench) suite(name string, i int) (*suite, error) {
	s := &suite{bench: b, name: name, dir: filepath.Join(b.tmp, fmt.Sprint(i)), packages: []string{"./..."}, rules: []string{"--all"}}
	if first, ok := strings.CutPrefix(name, std); ok {
		return s, s.stdSuite(first)
	}
	if library, ok := strings.CutPrefix(name, libs); ok {
		return s, s.libSuite(library)
	}
	s.race = slices.Contains(raced, name)
	return s, corpus.Copy(name, s.dir)
}

// A result is what came of a suite.
type result struct {
	*suite
	traced        int            // functions
	passed        map[string]int // functions passed over, by reason
	before, after map[string]bool
	placed        map[string]bool // with the spans in the sources; nil for the standard library and with --libs
}

func (s *suite) run() (*result, error) {
	r := &result{suite: s, passed: map[string]int{}}
	var err error
	library := strings.HasPrefix(s.name, libs)
	if !library {
		err = r.selected()
	}
	if err != nil {
		return nil, err
	}
	if r.before, err = s.tests("go"); err != nil {
		return nil, err
	}
	if r.after, err = s.tests(s.tool, s.rules...); err != nil {
		return nil, err
	}
	if err := r.again(); err != nil || library || strings.HasPrefix(s.name, std) {
		return r, err
	}
	r.placed, err = s.inPlace()
	return r, err
}

// selected counts the functions that are traced, and those that are passed over.
func (r *result) selected() error {
	cmd := exec.Command(r.tool, slices.Concat([]string{"check", "-v"}, r.rules, r.packages)...)
	cmd.Dir = r.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("ddinstrument check: %w\n%s", err, stderr.Bytes())
	}
	for line := range strings.Lines(string(out)) {
		if _, why, ok := strings.Cut(strings.TrimSpace(line), " passed over: "); ok {
			r.passed[why]++
		} else {
			r.traced++
		}
	}
	return nil
}

// varying is what names of tests may have in them that differs in every run:
// addresses and times.
var varying = regexp.MustCompile(`0x[0-9a-f]+|[0-9]+`)

// tests runs the tests and returns those that pass.
func (s *suite) tests(tool string, flags ...string) (map[string]bool, error) {
	args := slices.Concat([]string{"test"}, flags, []string{"-json", "-short", "-count=1", "-timeout=20m", "-skip=" + tooMany})
	if s.race {
		args = append(args, "-race")
	}
	cmd := exec.Command(tool, append(args, s.packages...)...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "DD_TRACE_AGENT_URL="+s.agent)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if failed := new(exec.ExitError); err != nil && !errors.As(err, &failed) {
		return nil, err
	}
	list := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		var event struct{ Action, Package, Test string }
		if json.Unmarshal([]byte(line), &event) == nil && event.Action == "pass" {
			list[strings.TrimSpace(event.Package+" "+varying.ReplaceAllString(event.Test, "N"))] = true
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no test passes in %s:\n%s\n%s", s.dir, out, stderr.Bytes())
	}
	return list, nil
}

// missing lists the tests that pass plain and are not among those that pass
// traced. A package as a whole is one where all of its tests pass, or can't.
func (r *result) missing(after map[string]bool) []string {
	var list []string
	excused := map[string]bool{}
	for test := range r.before {
		pkg, _, ofPackage := strings.Cut(test, " ")
		if after[test] || !ofPackage {
			continue
		}
		list = append(list, test)
		if cannot(test) != "" {
			excused[pkg] = true
		}
	}
	for test := range r.before {
		if !strings.Contains(test, " ") && !after[test] && !excused[test] {
			list = append(list, test)
		}
	}
	slices.Sort(list)
	return list
}

// again runs the packages in which a test did not pass traced once more, plain
// and traced: there are tests that fail now and then, and more on a busy
// machine. What passes only the second time has passed, and what fails plain
// the second time is not counted.
func (r *result) again() error {
	var packages []string
	for _, test := range r.missing(r.after) {
		if pkg, _, _ := strings.Cut(test, " "); cannot(test) == "" {
			packages = append(packages, pkg)
		}
	}
	if len(packages) == 0 {
		return nil
	}
	packages = slices.Compact(packages) // they are sorted
	second := *r.suite
	second.packages = packages
	before, err := second.tests("go")
	if err != nil {
		return err
	}
	after, err := second.tests(r.tool, r.rules...)
	if err != nil {
		after = nil // none passes: the first run says it
	}
	for test := range r.before {
		pkg, _, _ := strings.Cut(test, " ")
		if slices.Contains(packages, pkg) && !before[test] {
			delete(r.before, test)
		}
		r.after[test] = r.after[test] || after[test]
	}
	for test := range r.after {
		if !r.after[test] {
			delete(r.after, test)
		}
	}
	return nil
}
