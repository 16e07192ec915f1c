//go:build go1.21

package tracer

import (
	"sync/atomic"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// alarm calls a function some time after it has been set for the first time, on a goroutine that ends with it.
type alarm struct {
	due atomic.Int64 // when it rings, in nanoseconds since epoch; 0: it is not set
}

// set sets the alarm unless it is set. One that is long overdue belonged to a synctest bubble that is gone.
func (a *alarm) set(after time.Duration, ring func()) {
	a.setAt(now(), after, ring)
}

// setAt is set for who knows what time it is.
func (a *alarm) setAt(now int64, after time.Duration, ring func()) {
	now |= 1
	due := a.due.Load()
	if due != 0 && now-due < int64(5*time.Second) {
		return
	}
	if a.due.CompareAndSwap(due, now+int64(after)) {
		time.AfterFunc(after, func() {
			slot.Put(nil) // a timer's goroutine starts with the labels of whoever happened to run
			a.due.Store(0)
			ring()
		})
	}
}
