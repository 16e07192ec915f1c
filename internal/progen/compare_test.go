package progen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/agent"
)

// A batch is programs of one binary, built plain and traced.
type batch struct {
	lab      *lab
	dir      string
	programs []Program
	plain    string // the binaries
	traced   string
	problems map[string][]string // by program
}

// batch builds programs in both ways.
func (l *lab) batch(t *testing.T, programs []Program) *batch {
	t.Helper()
	b := &batch{lab: l, dir: t.TempDir(), programs: programs, problems: map[string][]string{}}
	write(t, b.dir, Module(programs))
	b.plain, b.traced = filepath.Join(b.dir, "plain.exe"), filepath.Join(b.dir, "traced.exe")
	if out, err := l.command(b.dir, "go", "build", "-gcflags=-e", "-o", b.plain, "."); err != nil {
		t.Fatalf("building what was generated: %v\n%s", err, out)
	}
	out, err := l.command(b.dir, l.tool, "build", "-gcflags=-e", "-o", b.traced, ".")
	b.notBuilt(out, err)
	return b
}

var programFile = regexp.MustCompile(`\bp\d+/p(\d+)\.go:`)

// notBuilt notes whose programs' fault it is that the traced form does not
// compile.
func (b *batch) notBuilt(out string, err error) {
	if err != nil {
		b.traced = ""
	}
	for line := range strings.Lines(out) {
		if m := programFile.FindStringSubmatch(line); m != nil {
			b.problem("P"+m[1], "building it traced: %s", strings.TrimSpace(line))
		}
	}
	if len(b.problems) == 0 && (err != nil || out != "") {
		b.problem("all", "building it traced: %v\n%s", err, out)
	}
}

// A result is what a run of a binary shows.
type result struct {
	code        int
	out, stderr string
}

func (b *batch) run(exe, url string, args ...string) (result, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, exe, args...)
	c.Env = append(slices.Clone(b.lab.env), "DD_TRACE_AGENT_URL="+url)
	var out, stderr bytes.Buffer
	c.Stdout, c.Stderr = &out, &stderr
	err := c.Run()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		err = nil
	}
	return result{c.ProcessState.ExitCode(), out.String(), stderr.String()}, err
}

// both runs the binaries, the traced one before an agent of its own.
func (b *batch) both(t *testing.T, args ...string) (plain, traced result, traces []agent.Trace) {
	t.Helper()
	server, err := agent.Start(agent.Options{Memory: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	plain, err = b.run(b.plain, "", args...)
	if err != nil {
		t.Fatal(err)
	}
	if traced, err = b.run(b.traced, server.URL(), args...); err != nil {
		t.Fatal(err)
	}
	return plain, traced, server.Traces()
}

func (b *batch) problem(program, format string, args ...any) {
	b.problems[program] = append(b.problems[program], fmt.Sprintf(format, args...))
}

// compare compares runs of all programs, and the spans of the traced ones with
// the programs' own counts. It returns how many spans there were.
func (b *batch) compare(t *testing.T) int {
	t.Helper()
	if b.traced == "" {
		return 0
	}
	plain, traced, traces := b.both(t)
	if plain.code != 0 || plain.code != traced.code || plain.stderr != traced.stderr {
		b.problem("all", "exit status %d, traced %d\n%s\n%s", plain.code, traced.code, plain.stderr, traced.stderr)
		return 0
	}
	was, is := sections(plain.out), sections(traced.out)
	for _, p := range b.programs {
		if was[p.Name] != is[p.Name] {
			b.problem(p.Name, "prints, where plain and traced part:\n%s", firstDifference(was[p.Name], is[p.Name]))
		}
	}
	return b.compareSpans(entries(plain.out), traces)
}

// sections cuts the output into the programs'.
func sections(out string) map[string]string {
	list := map[string]string{}
	for _, part := range strings.Split("\n"+out, "\nprogram ")[1:] {
		name, _, _ := strings.Cut(part, "\n")
		list[name], _, _ = strings.Cut(part, "\nentered ")
	}
	return list
}

func firstDifference(a, b string) string {
	was, is := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			return fmt.Sprintf("line %d of %d: %q\nline %d of %d: %q", i+1, len(was), was[i], i+1, len(is), is[i])
		}
	}
	return fmt.Sprintf("%d lines\n%d lines", len(was), len(is))
}

// entries reads how often each traced place was entered.
func entries(out string) map[string]int {
	list := map[string]int{}
	for line := range strings.Lines(out) {
		if words := strings.Fields(line); len(words) == 3 && words[0] == "entered" {
			list[words[1]], _ = strconv.Atoi(words[2])
		}
	}
	return list
}

func (b *batch) compareSpans(entered map[string]int, traces []agent.Trace) int {
	sites, owner := map[string]Site{}, map[string]string{}
	for _, p := range b.programs {
		for _, s := range p.Sites {
			sites[s.Name], owner[s.Name] = s, p.Name
		}
	}
	sent, total := map[string]int{}, 0
	for _, trace := range traces {
		names := map[uint64]string{}
		for _, s := range trace.Spans {
			names[s.SpanID] = s.Name
		}
		for _, s := range trace.Spans {
			sent[s.Name]++
			total++
			if want := sites[s.Name].Parent; want != "" && names[s.ParentID] != want {
				b.problem(owner[s.Name], "the parent of %s is %q, want %s", s.Name, names[s.ParentID], want)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sites)) {
		if sent[name] != entered[name] {
			b.problem(owner[name], "%s is entered %d times, and %d spans arrived", name, entered[name], sent[name])
		}
	}
	for name := range sent {
		if _, ok := sites[name]; !ok {
			b.problem("all", "spans named %s arrived: nothing is called so", name)
		}
	}
	return total
}

// compareAlone runs one program so that its panics are nobody's.
func (b *batch) compareAlone(t *testing.T, name string) {
	t.Helper()
	if b.traced == "" {
		return
	}
	plain, traced, _ := b.both(t, name)
	if plain.code != traced.code || plain.out != traced.out || death(plain.stderr) != death(traced.stderr) {
		b.problem(name, "alone: exit status %d, traced %d; it ends with %q, traced %q\n%s",
			plain.code, traced.code, death(plain.stderr), death(traced.stderr), firstDifference(plain.out, traced.out))
	}
}

// addresses differ in every run, and Go says of what our code let pass that it
// was recovered, in the place of what it says of the program's own recover when
// that was later.
var addresses = regexp.MustCompile(`0x[0-9a-f]+| \[recovered(, repanicked)?\]`)

// death is what a program that dies says first.
func death(stderr string) string {
	text, _, _ := strings.Cut(stderr, "\ngoroutine ")
	return addresses.ReplaceAllString(text, "")
}

// compareVet: go vet says the same of the traced form.
func (b *batch) compareVet(t *testing.T) {
	t.Helper()
	was, _ := b.lab.command(b.dir, "go", "vet", "./...")
	is, _ := b.lab.command(b.dir, b.lab.tool, "vet", "./...")
	if was, is := sortedLines(was), sortedLines(is); was != is {
		b.problem("all", "go vet, where plain and traced part:\n%s", firstDifference(was, is))
	}
}

// sortedLines: packages come in any order.
func sortedLines(s string) string {
	return strings.Join(slices.Sorted(strings.Lines(s)), "")
}

// report fails the test for each program with problems.
func (b *batch) report(t *testing.T) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(b.problems)) {
		list := b.problems[name]
		t.Errorf("seed %s: %d problems; the first:\n%s", strings.TrimPrefix(name, "P"), len(list), strings.Join(list[:min(3, len(list))], "\n"))
	}
}
