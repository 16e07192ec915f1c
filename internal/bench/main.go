// Bench measures what tracing costs a build: a web framework with a small
// program and some 50 directives is built by go build and by ddinstrument
// build, in turns, each with caches of its own; and rewrite and strip beside
// gofmt. It prints medians and their ratios; the times mean nothing, the ratios
// do.
//
//	go run ./internal/bench          (or: make bench)
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
	runs := flag.Int("runs", 3, "how many times each build is measured")
	flag.Parse()
	if err := run(*runs); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// A side is one of the two that are compared.
type side struct {
	name string
	dir  string   // its copy of the module
	env  []string // its caches
	cmd  []string // what builds
}

// A cost is what one build took.
type cost struct{ wall, cpu time.Duration }

func run(runs int) error {
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
		{name: "plain", cmd: []string{"go"}},
		{name: "traced", cmd: []string{tool}},
	}
	for _, s := range sides {
		s.dir = filepath.Join(tmp, s.name)
		s.env = append(os.Environ(),
			"GOCACHE="+filepath.Join(tmp, s.name+"-gocache"), "DDINSTRUMENT_CACHE="+filepath.Join(tmp, s.name+"-cache"))
		n, err := prepare(s.dir)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %d directives\n", s.name, n)
	}
	fmt.Printf("\n%-34s %12s %12s %8s %10s\n", "build", "plain", "traced", "ratio", "CPU ratio")
	if err := scenarios(sides, runs); err != nil {
		return err
	}
	return places(tmp, tool, runs)
}

func scenarios(sides []*side, runs int) error {
	edits := 0
	list := []struct {
		name   string
		before func(*side) error
	}{
		{"cold", func(s *side) error { return s.forget() }},
		{"nothing changed", func(*side) error { return nil }},
		{"one file changed", func(s *side) error {
			edits++
			return appendTo(filepath.Join(s.dir, "context.go"), fmt.Sprintf("\nvar benchEdit%d = %d\n", edits, edits))
		}},
		{"other file changed", func(s *side) error {
			edits++
			return appendTo(filepath.Join(s.dir, "version.go"), fmt.Sprintf("\nvar benchEdit%d = %d\n", edits, edits))
		}},
	}
	for _, sc := range list {
		costs := map[string][]cost{}
		for range runs {
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
	args := append(slices.Clone(s.cmd[1:]), "build", "-buildvcs=false", "-o", "app", "./cmd/app")
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
