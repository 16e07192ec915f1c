package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ddinstrument/ddinstrument/agent"
)

// raceRows are what the race detector sees more of: goroutines, what is set too late, and ways out of blocks.
var raceRows = []string{"B11", "C3", "C9", "C13", "D8"}

// testRaces runs rows under the race detector, in a program in dir.
func testRaces(t *testing.T, dir string) {
	if testing.Short() {
		t.Skip("it compiles all again for the race detector")
	}
	exe := filepath.Join(dir, "race")
	command(t, "build", "-C", dir, "-race", "-o", exe, "./cmd/program")
	for _, form := range []string{function, "block"} {
		t.Run("B10/"+form, func(t *testing.T) {
			t.Parallel()
			conformB10(t, exe, form)
		})
		for _, r := range slices.Concat(conformRows, conformErrorRows) {
			if slices.Contains(raceRows, r.id) {
				r := r.in(form)
				t.Run(r.name()+"/race", func(t *testing.T) {
					t.Parallel()
					r.test(t, exe)
				})
			}
		}
	}
}

// conformB10 has ten goroutines make spans at a time.
func conformB10(t *testing.T, exe, form string) {
	front := startFront(t)
	p := runConform(t, exe, []string{"B10", form}, "DD_TRACE_AGENT_URL="+front.URL)
	if p.code != 0 || p.err != "" || p.out != "" {
		t.Errorf("exit status %d\n%s%s", p.code, p.out, p.err)
	}
	times := map[string]int{}
	for _, trace := range front.agent.Traces() {
		times[conformTree([]agent.Trace{trace})]++
	}
	for round := range 1000 {
		tree := fmt.Sprintf("m1 round:%d\n  conf.m2\n  conf.m3\n\n", round)
		if times[tree] != 10 {
			t.Errorf("%d times:\n%s", times[tree], tree)
		}
		delete(times, tree)
	}
	if len(times) > 0 {
		t.Errorf("other traces: %v", times)
	}
}
