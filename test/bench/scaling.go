package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// nobody listens there: with two processors, an agent and a sender at work would be what is measured.
const nobody = "http://127.0.0.1:9"

// parallelRole compares what two goroutines do with what one does.
func parallelRole([]string) error {
	all := []side{ourSide(), ddSide(), otelSide()}
	for _, s := range all {
		if err := s.start(nobody); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	ctx := context.Background()
	ratios := map[string][]float64{}
	for range *rounds {
		for _, s := range all {
			w := s.work
			run := func(n int) {
				for range n {
					w.nested(ctx, 2)
				}
			}
			ratios[s.name] = append(ratios[s.name], rate(2, run)/rate(1, run))
		}
		run := func(n int) {
			buf := make([]byte, 0, 1<<20)
			var s *floorSpan
			for range n {
				buf, s = ownFloor(buf)
			}
			sink(s)
		}
		ratios[nameFloor] = append(ratios[nameFloor], rate(2, run)/rate(1, run))
	}
	return tell(ratios)
}

var (
	sinkLock sync.Mutex
	sinkSpan *floorSpan
)

// sink keeps the compiler from leaving the work out.
func sink(s *floorSpan) {
	sinkLock.Lock()
	sinkSpan = s
	sinkLock.Unlock()
}

// rate is how often per second some goroutines do a thing together.
func rate(goroutines int, run func(n int)) float64 {
	const batch = 1000
	done := make([]int, goroutines)
	var all sync.WaitGroup
	start := time.Now()
	for g := range goroutines {
		all.Go(func() {
			n := 0
			for time.Since(start) < *each {
				run(batch)
				n += batch
			}
			done[g] = n
		})
	}
	all.Wait()
	sum := 0
	for _, n := range done {
		sum += n
	}
	return float64(sum) / time.Since(start).Seconds()
}

func scaling(r *report) error {
	var ratios map[string][]float64
	if err := ask(&ratios, "parallel", nil); err != nil {
		return err
	}
	r.section("two goroutines, three deep, against one")
	for _, name := range []string{nameOurs, nameDD, nameOtel, nameFloor} {
		r.printf("%-28s %6.2f times the work\n", name, median(ratios[name]))
	}
	r.atLeast("two goroutines do, of one's work", median(ratios[nameOurs]), 1.7)
	return nil
}
