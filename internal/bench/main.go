// Bench measures what tracing costs a build: a web framework with a small
// program and some 50 directives is built by go build and by ddinstrument
// build, in turns, each with caches of its own; and rewrite and strip beside
// gofmt. It prints medians and their ratios; the times mean nothing, the ratios
// do.
//
//	go run ./internal/bench          (or: make bench)
//	go run ./internal/bench -libs    a program that uses every library that is known, by ddinstrument build --libs
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

func main() {
	runs := flag.Int("runs", 3, "how many times each build is measured; those that are not cold, at least 5 times")
	libs := flag.Bool("libs", false, "build the program that uses every library that is known, with these traced")
	flag.Parse()
	p := framework
	if *libs {
		p = libraries
	}
	if err := run(p, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// A project is what is built.
type project struct {
	prepare func(dir string) (what string, err error) // makes a copy
	pkg     string                                    // the program
	flags   []string                                  // of ddinstrument build
	edits   []edit
	places  bool // measure what works in place, too
}

// An edit is a change of one file.
type edit struct{ name, file string }

// A side is one of the two that are compared.
type side struct {
	name string
	dir  string   // its copy of the module
	env  []string // its caches
	cmd  []string // what builds, and its flags
	pkg  string
}

// A cost is what one build took.
type cost struct{ wall, cpu time.Duration }

func run(p project, runs int) error {
	tmp, err := os.MkdirTemp("", "ddinstrument-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	tool := filepath.Join(tmp, "ddinstrument")
	if out, err := exec.Command("go", "build", "-o", tool, "./cmd/ddinstrument").CombinedOutput(); err != nil {
		return fmt.Errorf("building ddinstrument: %w\n%s", err, out)
	}
	sides := []*side{
		{name: "plain", pkg: p.pkg, cmd: []string{"go", "build"}},
		{name: "traced", pkg: p.pkg, cmd: append([]string{tool, "build"}, p.flags...)},
	}
	for _, s := range sides {
		s.dir = filepath.Join(tmp, s.name)
		s.env = append(os.Environ(),
			"GOCACHE="+filepath.Join(tmp, s.name+"-gocache"), "DDINSTRUMENT_CACHE="+filepath.Join(tmp, s.name+"-cache"))
		what, err := p.prepare(s.dir)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %s\n", s.name, what)
	}
	fmt.Printf("\n%-34s %12s %12s %8s %10s\n", "build", "plain", "traced", "ratio", "CPU ratio")
	if err := scenarios(sides, p.edits, runs); err != nil || !p.places {
		return err
	}
	return places(tmp, tool, runs)
}

// A scenario is what happens before a build.
type scenario struct {
	name   string
	runs   int
	before func(*side) error
}

func scenarios(sides []*side, edits []edit, runs int) error {
	list := []scenario{
		{"cold", runs, func(s *side) error { return s.forget() }},
		{"nothing changed", max(runs, 5), func(*side) error { return nil }},
	}
	n := 0
	for _, e := range edits {
		list = append(list, scenario{e.name, max(runs, 5), func(s *side) error {
			n++
			return appendTo(filepath.Join(s.dir, e.file), fmt.Sprintf("\nvar benchEdit%d = %d\n", n, n))
		}})
	}
	for _, sc := range list {
		costs := map[string][]cost{}
		for range sc.runs {
			for _, s := range sides {
				if err := sc.before(s); err != nil {
					return err
				}
				c, err := s.build()
				if err != nil {
					return err
				}
				costs[s.name] = append(costs[s.name], c)
			}
		}
		report(sc.name, costs["plain"], costs["traced"])
	}
	return nil
}

// forget empties the side's caches.
func (s *side) forget() error {
	for _, cache := range []string{s.dir + "-gocache", s.dir + "-cache"} {
		if err := os.RemoveAll(cache); err != nil {
			return err
		}
	}
	return nil
}

func (s *side) build() (cost, error) {
	args := append(slices.Clone(s.cmd[1:]), "-buildvcs=false", "-o", "program", s.pkg)
	cmd := exec.Command(s.cmd[0], args...)
	cmd.Dir, cmd.Env = s.dir, s.env
	start := time.Now()
	out, err := cmd.CombinedOutput()
	c := cost{wall: time.Since(start)}
	if err != nil {
		return c, fmt.Errorf("%s: %w\n%s", s.name, err, out)
	}
	c.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return c, nil
}

func report(name string, plain, traced []cost) {
	wall := func(c cost) time.Duration { return c.wall }
	cpu := func(c cost) time.Duration { return c.cpu }
	p, t := median(plain, wall), median(traced, wall)
	fmt.Printf("%-34s %12s %12s %8.2f %10.2f\n", name, p.Round(time.Millisecond), t.Round(time.Millisecond),
		float64(t)/float64(p), float64(median(traced, cpu))/float64(median(plain, cpu)))
}

func median(list []cost, of func(cost) time.Duration) time.Duration {
	var d []time.Duration
	for _, c := range list {
		d = append(d, of(c))
	}
	slices.Sort(d)
	return d[len(d)/2]
}
