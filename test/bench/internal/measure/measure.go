// Package measure says what an operation takes, for the programs of the bench that measure themselves.
package measure

import (
	"runtime"
	"syscall"
	"time"
)

// Cost is what one operation takes: ns, ns, bytes and their number.
type Cost struct{ Wall, CPU, Bytes, Allocs float64 }

// CPUTime is what all threads of the process have used so far.
func CPUTime() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Calibrate says how often an operation is to be run for one measurement to take about so long, and warms it up.
func Calibrate(run func(), each time.Duration) int {
	for n := 100; ; n *= 2 {
		start := time.Now()
		for range n {
			run()
		}
		if took := time.Since(start); took > each/8 {
			return int(float64(n) * float64(each) / float64(took))
		}
	}
}

// Operation runs an operation n times. Its wall time is the program's; its CPU time, bytes and allocations have all that is
// done for it in the process, until everything has been sent.
func Operation(run func(), n int, flush func()) Cost {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu := CPUTime()
	start := time.Now()
	for range n {
		run()
	}
	wall := time.Since(start)
	flush()
	time.Sleep(20 * time.Millisecond) // what goes on in the background comes to its end
	used := CPUTime() - cpu
	runtime.ReadMemStats(&after)
	per := 1 / float64(n)
	return Cost{
		Wall: float64(wall) * per, CPU: float64(used) * per,
		Bytes:  float64(after.TotalAlloc-before.TotalAlloc) * per,
		Allocs: float64(after.Mallocs-before.Mallocs) * per,
	}
}
