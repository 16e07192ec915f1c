package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/ddinstrument/ddinstrument/test/bench/internal/measure"
)

// nobody listens there: with two processors, an agent and a sender at work would be what is measured.
const nobody = "http://127.0.0.1:9"

// scaled is what two goroutines do, as a multiple of what one does.
type scaled struct {
	Wall float64 // in the same time
	CPU  float64 // with the CPU time that two processors have for themselves: on a busy machine, the goroutines get less
}

// parallelRole compares what two goroutines do with what one does.
func parallelRole([]string) error {
	all := []side{ourSide(), ddSide(), otelSide()}
	for _, s := range all {
		if err := s.start(nobody); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	ctx := context.Background()
	ratios := map[string][]scaled{}
	compare := func(name string, run func(n int)) {
		two, one := rate(2, run), rate(1, run)
		ratios[name] = append(ratios[name], scaled{two.Wall / one.Wall, 2 * two.CPU / one.CPU})
	}
	for range *rounds {
		for _, s := range all {
			w := s.work
			compare(s.name, func(n int) {
				for range n {
					w.nested(ctx, 2)
				}
			})
		}
		compare(nameFloor, func(n int) {
			buf := make([]byte, 0, 1<<20)
			var s *floorSpan
			for range n {
				buf, s = ownFloor(buf)
			}
			sink(s)
		})
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

// rate is how often some goroutines do a thing together, in a second and in a second of CPU time.
func rate(goroutines int, run func(n int)) scaled {
	const batch = 1000
	done := make([]int, goroutines)
	var all sync.WaitGroup
	start, cpu := time.Now(), measure.CPUTime()
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
	took, used := time.Since(start), measure.CPUTime()-cpu
	sum := 0.0
	for _, n := range done {
		sum += float64(n)
	}
	return scaled{sum / took.Seconds(), sum / used.Seconds()}
}

func scaling(r *report) error {
	var ratios map[string][]scaled
	if err := ask(&ratios, "parallel", nil); err != nil {
		return err
	}
	r.section("two goroutines, three deep, against one")
	wall := map[string]float64{}
	for _, name := range []string{nameOurs, nameDD, nameOtel, nameFloor} {
		var byWall, byCPU []float64
		for _, s := range ratios[name] {
			byWall, byCPU = append(byWall, s.Wall), append(byCPU, s.CPU)
		}
		wall[name] = median(byWall)
		r.printf("%-28s %6.2f times the work; with two processors for themselves, by CPU time: %.2f\n", name, wall[name], median(byCPU))
	}
	if wall[nameFloor] < 1.7 {
		r.printf("the floor does no more: the machine has no two processors to spare\n")
	}
	r.atLeast("two goroutines do, of one's work", wall[nameOurs], 1.7)
	return nil
}
