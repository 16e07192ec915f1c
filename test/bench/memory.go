package main

import (
	"context"
	"runtime"
	"time"
)

// filled is what a process has needed at most, above what it had before, in KiB.
type filled struct {
	Above int64
	Wall  time.Duration
}

const hungSpans = 1_000_000

// fillRole begins and ends spans as fast as it goes, with an agent that has stopped to answer: side, agent.
func fillRole(args []string) error {
	s, err := sideNamed(args[0])
	if err != nil {
		return err
	}
	if err := s.start(args[1]); err != nil {
		return err
	}
	time.Sleep(100 * time.Millisecond)
	runtime.GC()
	before, err := status("VmHWM")
	if err != nil {
		return err
	}
	ctx := context.Background()
	start := time.Now()
	for range hungSpans {
		s.work.nested(ctx, 0)
	}
	wall := time.Since(start)
	after, err := status("VmHWM")
	if err != nil {
		return err
	}
	return tell(filled{Above: after - before, Wall: wall})
}

func memory(r *report) error {
	r.section("peak memory above baseline, %d spans at full rate, the agent hung", hungSpans)
	above := map[string][]float64{}
	for range max(3, *rounds/2) {
		for _, s := range sides() {
			a, err := startAgent("hang")
			if err != nil {
				return err
			}
			var f filled
			err = ask(&f, "fill", nil, s.name, a.url)
			a.stop()
			if err != nil {
				return err
			}
			above[s.name] = append(above[s.name], float64(f.Above)/1024)
		}
	}
	for _, s := range sides() {
		r.printf("%-28s %8.1f MiB\n", s.name, median(above[s.name]))
	}
	r.atMost("peak memory, agent hung, MiB", median(above[nameOurs]), 24)
	return nil
}
