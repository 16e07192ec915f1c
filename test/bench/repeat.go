package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"time"

	"github.com/ddinstrument/ddinstrument/test/bench/internal/measure"
)

// repeatRole runs one operation of one side for a while, to be looked at with a profile:
//
//	go run . -role repeat -cpuprofile cpu.prof ddinstrument "root span" 5s [off|unsampled]
func repeatRole(args []string) error {
	if len(args) < 3 {
		return fmt.Errorf("repeat wants a side, a case and a time")
	}
	if len(args) > 3 {
		mode = args[3]
		for _, e := range environment(mode) {
			for i := range e {
				if e[i] == '=' {
					os.Setenv(e[:i], e[i+1:])
				}
			}
		}
	}
	s, err := sideNamed(args[0])
	if err != nil {
		return err
	}
	long, err := time.ParseDuration(args[2])
	if err != nil {
		return err
	}
	a, err := startAgent()
	if err != nil {
		return err
	}
	defer a.stop()
	if err := s.start(a.url); err != nil {
		return err
	}
	for _, op := range operations(mode, []side{s}) {
		if op.name == args[1] {
			return repeat(op.run, s.flush, long)
		}
	}
	return fmt.Errorf("no case %q", args[1])
}

// writeAllocs writes what has been allocated since the profile was switched on.
func writeAllocs() {
	f, err := os.Create(*mem)
	if err == nil {
		err = pprof.Lookup("allocs").WriteTo(f, 0)
		f.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
}

func repeat(run, flush func(), long time.Duration) error {
	measure.Calibrate(run, *each)
	flush()
	if *mem != "" {
		runtime.MemProfileRate = 512
		defer writeAllocs()
	}
	if *cpu != "" {
		f, err := os.Create(*cpu)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	n, used := 0, measure.CPUTime()
	start := time.Now()
	for time.Since(start) < long {
		for range 100 {
			run()
		}
		n += 100
	}
	wall := time.Since(start)
	flush()
	fmt.Printf("%d times, %.0f ns each, %.0f ns CPU\n", n, float64(wall)/float64(n), float64(measure.CPUTime()-used)/float64(n))
	return nil
}
