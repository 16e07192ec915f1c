// Torture traces every function of code that is not ours, modules with test
// suites and the standard library, and runs its own tests, plain, traced and, of
// modules, with the spans in the sources, which strip must then give back. It
// prints a table, what could not be traced and which tests can't pass, and ends
// with status 1 when another test that passes without us does not pass with us.
// With libs, it runs the tests of libraries with the libraries traced by --libs.
//
//	go run ./internal/torture [module@version | std | std/encoding | libs | libs/net/http ...]     (or: make torture)
package main

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ddinstrument/ddinstrument/internal/corpus"
)

func main() {
	worse, err := run(os.Stdout, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(2)
	}
	if worse {
		os.Exit(1)
	}
}

func run(out io.Writer, names []string) (worse bool, err error) {
	tmp, err := os.MkdirTemp("", "ddinstrument-torture-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(tmp)
	b := &bench{tmp: tmp, tool: filepath.Join(tmp, "ddinstrument")}
	if out, err := exec.Command("go", "build", "-o", b.tool, "./cmd/ddinstrument").CombinedOutput(); err != nil {
		return false, fmt.Errorf("building ddinstrument: %w\n%s", err, out)
	}
	sink := httptest.NewServer(http.HandlerFunc(swallow))
	defer sink.Close()
	b.agent = sink.URL
	if len(names) == 0 {
		names = append(slices.Clone(corpus.Modules), "std", "libs")
	}
	if names, err = expand(names); err != nil {
		return false, err
	}
	t := &table{out: out, reasons: map[string]int{}, expected: map[string]string{}}
	t.head()
	for i, name := range names {
		s, err := b.suite(name, i)
		if err != nil {
			return false, err
		}
		r, err := s.run()
		if err != nil {
			return false, fmt.Errorf("%s: %w", name, err)
		}
		t.row(r)
	}
	t.foot()
	return t.worse, nil
}

// swallow stands in for an agent that takes whatever comes: what the spans are
// is not the point here, and there are very many.
func swallow(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	if strings.HasPrefix(r.URL.Path, "/info") {
		http.NotFound(w, r)
		return
	}
	io.WriteString(w, "{}")
}

// A table is what is printed.
type table struct {
	out      io.Writer
	reasons  map[string]int    // why functions are passed over, and how many
	expected map[string]string // the tests that did not pass and can't, and why
	worse    bool

	functions, plain, traced int
}

const format = "%-58s %-5s %9v %13v %13v %15v\n"

func (t *table) head() {
	fmt.Fprintf(t.out, format, "module", "race", "functions", "tests, plain", "tests, traced", "tests, in place")
}

func (t *table) row(r *result) {
	race := ""
	if r.race {
		race = "race"
	}
	placed := "-"
	if r.placed != nil {
		placed = fmt.Sprint(len(r.placed))
	}
	fmt.Fprintf(t.out, format, r.name, race, r.traced, len(r.before), len(r.after), placed)
	t.functions, t.plain, t.traced = t.functions+r.traced, t.plain+len(r.before), t.traced+len(r.after)
	t.missing(r.missing(r.after), "traced")
	if r.placed != nil {
		t.missing(r.missing(r.placed), "in place")
	}
	for why, n := range r.passed {
		t.reasons[why] += n
	}
}

// missing prints the tests that do not pass, but for those that can't.
func (t *table) missing(tests []string, how string) {
	for _, test := range tests {
		if why := cannot(test); why != "" {
			t.expected[test] = why
			continue
		}
		t.worse = true
		fmt.Fprintf(t.out, "    does not pass %s: %s\n", how, test)
	}
}

func (t *table) foot() {
	fmt.Fprintf(t.out, format, "in all", "", t.functions, t.plain, t.traced, "")
	fmt.Fprintln(t.out, "\nfunctions that are not traced:")
	for _, why := range slices.Sorted(maps.Keys(t.reasons)) {
		fmt.Fprintf(t.out, "%9d  %s\n", t.reasons[why], why)
	}
	fmt.Fprintln(t.out, "\ntests that can't pass traced:")
	for _, test := range slices.Sorted(maps.Keys(t.expected)) {
		fmt.Fprintf(t.out, "    %s: %s\n", test, t.expected[test])
	}
}
