package main

import (
	"context"
	"fmt"

	"github.com/ddinstrument/ddinstrument/test/bench/internal/measure"
)

// Modes: what is set for all sides in one child process.
const (
	modeOn        = "on"
	modeUnsampled = "unsampled"
	modeOff       = "off"
)

// mode is this process's.
var mode = modeOn

// environment is what sets a mode for those sides that read it.
func environment(mode string) []string {
	switch mode {
	case modeUnsampled:
		return []string{"DD_TRACE_SAMPLE_RATE=0"}
	case modeOff:
		return []string{"DD_TRACE_ENABLED=false"}
	}
	return nil
}

// What is measured.
const (
	caseRoot   = "root span"
	caseThree  = "three deep"
	caseTagged = "three deep, three tags each"
	caseFamily = "root with ten children"
	caseChild  = "child"
	caseFailed = "with an error"
	caseFloor  = "floor"
)

const children = 10

// operation is one thing to measure.
type operation struct {
	name, side string
	run        func()
}

func operations(mode string, sides []side) (list []operation) {
	ctx := context.Background()
	for _, s := range sides {
		w := s.work
		list = append(list, operation{caseRoot, s.name, func() { w.nested(ctx, 0) }})
		if mode != modeOn {
			continue
		}
		list = append(list,
			operation{caseThree, s.name, func() { w.nested(ctx, 2) }},
			operation{caseTagged, s.name, func() { w.tagged(ctx, 2) }},
			operation{caseFamily, s.name, func() { w.family(ctx, children) }},
			operation{caseFailed, s.name, func() { deep(frames, func() error { return w.failed(ctx) }) }})
	}
	return append(list, operation{caseFloor, nameFloor, floorOp})
}

// measured is one operation's cost in one round.
type measured struct {
	Case, Side string
	Round      int
	measure.Cost
}

// spans measures all sides in one process for each mode.
func spans(r *report) error {
	for _, mode := range []string{modeOn, modeUnsampled, modeOff} {
		var urls []string
		for range sides() {
			a, err := startAgent()
			if err != nil {
				return err
			}
			defer a.stop()
			urls = append(urls, a.url)
		}
		var list []measured
		if err := ask(&list, "measure", environment(mode), append([]string{mode}, urls...)...); err != nil {
			return err
		}
		r.costs(mode, list)
	}
	return nil
}

// measureRole measures in one process: a mode, and an agent for each side.
func measureRole(args []string) error {
	mode = args[0]
	all := sides()
	for i, s := range all {
		if err := s.start(args[1+i]); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	flush := func(string) {}
	if mode != modeOff {
		flush = func(name string) {
			for _, s := range all {
				if s.name == name {
					s.flush()
				}
			}
		}
	}
	ops := operations(mode, all)
	times := make([]int, len(ops))
	for i, op := range ops {
		times[i] = measure.Calibrate(op.run, *each)
		flush(op.side)
	}
	var list []measured
	for round := range *rounds {
		for i := range ops {
			if round%2 == 1 { // in turns, and now and then the other way round
				i = len(ops) - 1 - i
			}
			op := ops[i]
			c := measure.Operation(op.run, times[i], func() { flush(op.side) })
			list = append(list, measured{op.name, op.side, round, c})
		}
	}
	return tell(list)
}
