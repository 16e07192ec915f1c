//go:build go1.21

package tracer

import (
	"sync/atomic"
	"time"
)

// epoch is where the monotonic clock starts to count.
var epoch = time.Now()

// now is the monotonic clock: nanoseconds since epoch.
func now() int64 { return int64(time.Since(epoch)) }

// anchor is what both clocks have shown at one moment.
type anchor struct{ mono, wall int64 }

var anchored atomic.Pointer[anchor]

// anchorAge is for how long an anchor holds. Somebody may set the wall clock, and the monotonic one stands still while a
// laptop sleeps.
const anchorAge = int64(100 * time.Millisecond)

// wall is the time since 1970, in nanoseconds, at a moment of the monotonic clock that has just been. Two clocks are read
// only when the anchor is old, or of another time: a testing/synctest bubble has clocks of its own.
func wall(mono int64) int64 {
	a := anchored.Load()
	if a == nil || uint64(mono-a.mono) > uint64(anchorAge) {
		t := time.Now()
		a = &anchor{mono: int64(t.Sub(epoch)), wall: t.UnixNano()}
		anchored.Store(a)
	}
	return a.wall + mono - a.mono
}
