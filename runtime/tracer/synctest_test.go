//go:build go1.25

package tracer

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestSynctest traces inside a bubble of testing/synctest, whose clock is made up and whose timers end with it:
// nothing may panic or hang, and the spans that come afterwards are sent.
func TestSynctest(t *testing.T) {
	r := record(t)
	for i := 0; i < 3; i++ {
		synctest.Test(t, func(t *testing.T) {
			_, s := Trace(bg, "inside")
			time.Sleep(300 * time.Millisecond)
			s.Finish()
		})
	}
	_, s := Trace(bg, "outside")
	s.Finish()
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		r.mu.Lock()
		n := len(r.chunks)
		r.mu.Unlock()
		if n == 4 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d traces came", n)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		_, s := Trace(bg, "inside")
		s.Finish()
		time.Sleep(2 * time.Second) // the timer fires in the bubble
		_, s = Trace(bg, "inside")
		s.Finish()
	})
	equal(t, "traces", len(r.traces(t)) >= 6, true)
}
