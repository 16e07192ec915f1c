package agent

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Trace returns one trace with all its spans. The spans' maps are not to be
// changed. An id of 64 bits finds the trace by the low half.
func (st *Store) Trace(id TraceID) (Trace, bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	k := st.find(id.Low, id.High)
	if k == nil {
		return Trace{}, false
	}
	return k.trace(), true
}

// Watch returns a channel that gets a value after the store has changed, one
// for any number of changes, until stop is called.
func (st *Store) Watch() (changed <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	st.mu.Lock()
	defer st.mu.Unlock()
	st.watchers[c] = true
	return c, func() {
		st.mu.Lock()
		defer st.mu.Unlock()
		delete(st.watchers, c)
	}
}

// wake tells the watchers; whoever has not yet seen the last time needs no
// second one.
func (st *Store) wake() {
	for c := range st.watchers {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Totals tell what was received, kept and let go.
func (st *Store) Totals() Totals {
	st.mu.Lock()
	defer st.mu.Unlock()
	t := st.totals
	t.Traces, t.Memory, t.Budget = st.age.Len(), st.used, st.budget
	return t
}

// refuse counts a payload that was not accepted.
func (st *Store) refuse(err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.totals.Refused++
	st.totals.LastRefused = shortText(err.Error())
}

// saveFailed takes down that a Saver has given up.
func (st *Store) saveFailed(err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.totals.SaveFailed = shortText(err.Error())
	st.wake()
}

// Resources returns the numbers of every kind of request, by service, name
// and resource, of the last window or, for 0, since the beginning. The window
// is at most a minute, counted in steps of ten seconds by the time of arrival.
func (st *Store) Resources(window time.Duration) []ResourceStats {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.numbers.resources(window, time.Now())
}

// Services returns the numbers of every service, sorted by name; see Resources
// for the window.
func (st *Store) Services(window time.Duration) []ServiceStats {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.numbers.services(window, time.Now())
}

// shortText keeps what is told of an error from being as long as what a client
// sent.
func shortText(s string) string {
	const most = 300
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}

// cutText is a text of at most so many bytes, a copy where it is shorter.
func cutText(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return strings.Clone(s[:most])
}
