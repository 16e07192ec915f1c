//go:build go1.21

package sampling

import (
	"math"
	"sync"
	"time"
)

// Limiter lets a number of things pass a second, on average; after a pause, the number of one second at once. The zero
// Limiter lets nothing pass, a nil one everything.
type Limiter struct {
	mu     sync.Mutex
	rate   float64 // a second
	tokens float64
	last   time.Time

	// Seconds are counted from the first call in one to the first call after it.
	begun     time.Time
	now, past count
}

type count struct{ allowed, seen float64 }

// NewLimiter makes a Limiter; nil for a negative rate: there is no limit.
func NewLimiter(rate float64) *Limiter {
	if rate < 0 {
		return nil
	}
	return &Limiter{rate: rate, tokens: math.Ceil(rate)}
}

// Allow says whether one more may pass at a certain time, and which part of all has passed in this second and the one
// before, this one included: the rate by which the agent extrapolates (_dd.limit_psr), as dd-trace-go computes it.
//
// Time may jump, in both directions: in a bubble of testing/synctest it begins in the year 2000.
func (l *Limiter) Allow(now time.Time) (ok bool, rate float64) {
	if l == nil {
		return true, 1
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if passed := now.Sub(l.last); passed > 0 && !l.last.IsZero() {
		l.tokens = math.Min(math.Ceil(l.rate), l.tokens+passed.Seconds()*l.rate)
	}
	l.last = now
	switch passed := now.Sub(l.begun); {
	case passed < 0 || passed >= 2*time.Second:
		l.begun, l.now, l.past = now, count{}, count{}
	case passed >= time.Second:
		l.begun, l.now, l.past = now, count{}, l.now
	}
	l.now.seen++
	if ok = l.tokens >= 1; ok {
		l.tokens--
		l.now.allowed++
	}
	return ok, (l.now.allowed + l.past.allowed) / (l.now.seen + l.past.seen)
}
