package main

import (
	"context"
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/ddinstrument/ddinstrument/test/bench/internal/measure"
)

// delivered is what came of traces of five spans.
type delivered struct {
	Sent  int
	Share float64       // of the traces that the agent has
	CPU   time.Duration // of the process that traces
	Wall  time.Duration
	Bytes int64
}

const (
	spansEach = 5    // root, and four below
	theirs    = 0.57 // of what is sent at the rate that is looked for, dd-trace-go delivers so much
)

// deliverRole sends a number of traces from some goroutines, so many a second (0: as fast as it goes): side, agent, number,
// goroutines, rate.
func deliverRole(args []string) error {
	s, err := sideNamed(args[0])
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(args[2])
	goroutines, _ := strconv.Atoi(args[3])
	perSecond, _ := strconv.ParseFloat(args[4], 64)
	if err := s.start(args[1]); err != nil {
		return err
	}
	ctx := context.Background()
	for range 100 { // connections, tables: what is made once
		s.work.family(ctx, spansEach-1)
	}
	s.flush()
	a := &agent{url: args[1]}
	before, err := a.quiet()
	if err != nil {
		return err
	}
	n -= n % goroutines
	cpu, start := measure.CPUTime(), time.Now()
	var all sync.WaitGroup
	for range goroutines {
		all.Go(func() { pace(n/goroutines, perSecond/float64(goroutines), func() { s.work.family(ctx, spansEach-1) }) })
	}
	all.Wait()
	wall := time.Since(start)
	s.flush()
	after, err := a.quiet()
	if err != nil {
		return err
	}
	return tell(delivered{
		Sent: n, Share: float64(after.Traces-before.Traces) / float64(n), CPU: measure.CPUTime() - cpu, Wall: wall,
		Bytes: after.Bytes - before.Bytes,
	})
}

// pace runs an operation n times, so often a second.
func pace(n int, perSecond float64, run func()) {
	start := time.Now()
	for done := 0; done < n; {
		due := n
		if perSecond > 0 {
			due = min(n, int(perSecond*time.Since(start).Seconds()))
		}
		for ; done < due; done++ {
			run()
		}
		if done < n {
			time.Sleep(time.Millisecond)
		}
	}
}

// quiet is what the agent has once nothing comes any more.
func (a *agent) quiet() (got received, err error) {
	for last := int64(-1); last != got.Traces; {
		last = got.Traces
		time.Sleep(1500 * time.Millisecond)
		if got, err = a.received(); err != nil {
			return got, err
		}
	}
	return got, nil
}

// load is how traces are sent.
type load struct {
	goroutines int
	perSecond  float64 // 0: as fast as it goes
}

func send(name string, n int, l load) (d delivered, err error) {
	a, err := startAgent()
	if err != nil {
		return d, err
	}
	defer a.stop()
	err = ask(&d, "deliver", nil, name, a.url, strconv.Itoa(n), strconv.Itoa(l.goroutines), strconv.FormatFloat(l.perSecond, 'f', 0, 64))
	return d, err
}

// delivery looks for the rate at which dd-trace-go delivers what the mark says, and sends all traces at that.
func delivery(r *report) error {
	l, err := search(r)
	if err != nil {
		return err
	}
	r.section("%d traces of %d spans from %d goroutines, %.0f a second", *traces, spansEach, l.goroutines, l.perSecond)
	perSpan := map[string]float64{}
	var share float64
	for _, name := range []string{nameDD, nameOurs} {
		d, err := send(name, *traces, l)
		if err != nil {
			return err
		}
		spans := d.Share * float64(d.Sent) * spansEach
		perSpan[name] = float64(d.CPU) / spans
		r.printf("%-28s %6.2f %% delivered  %6.0f ns CPU and %4.0f bytes for each delivered span  %.1f s\n",
			name, 100*d.Share, perSpan[name], float64(d.Bytes)/spans, d.Wall.Seconds())
		if name == nameOurs {
			share = d.Share
		}
	}
	r.atLeast("delivered, percent", 100*share, 100)
	r.atLeast("CPU per delivered span, times cheaper than dd-trace-go", perSpan[nameDD]/perSpan[nameOurs], 5)
	return nil
}

// near is how far from what is looked for a share may be.
const near = 0.1

// search takes more and more goroutines, each as fast as it goes, until dd-trace-go delivers less than is looked for. If
// that is far from it, it halves the range of rates. What is delivered swings from run to run, and with what else the
// machine does: the nearest is taken.
func search(r *report) (load, error) {
	n := max(*traces/5, 1000)
	r.section("the rate at which dd-trace-go delivers %.0f %%", 100*theirs)
	best, nearest := load{}, 1.0
	try := func(l load) (share, perSecond float64, err error) {
		d, err := send(nameDD, n, l)
		if err != nil {
			return 0, 0, err
		}
		perSecond = float64(n) / d.Wall.Seconds()
		r.printf("%8.0f traces a second from %d goroutines: %5.1f %%\n", perSecond, l.goroutines, 100*d.Share)
		if off := math.Abs(d.Share - theirs); off < nearest {
			best, nearest = load{l.goroutines, perSecond}, off
		}
		return d.Share, perSecond, nil
	}
	low, high := 0.0, 0.0
	goroutines := 1
	for high == 0 {
		share, perSecond, err := try(load{goroutines, 0})
		switch {
		case err != nil:
			return best, err
		case share < theirs:
			high = perSecond
		case goroutines == 32:
			return best, nil // it delivers more however fast it goes
		default:
			goroutines *= 2
		}
	}
	for step := 0; step < 6 && nearest > near; step++ {
		middle := (low + high) / 2
		share, _, err := try(load{goroutines, middle})
		switch {
		case err != nil:
			return best, err
		case share > theirs:
			low = middle
		default:
			high = middle
		}
	}
	return best, nil
}
