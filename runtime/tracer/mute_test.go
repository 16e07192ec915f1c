//go:build go1.21

package tracer

import "testing"

var loudSite = Site{Name: "loud"}

// tracedError is an error whose methods are traced.
type tracedError struct{}

func (e tracedError) Error() string {
	c := loudSite.EnterGoroutine()
	c.Tag("self", func() any { return e.Error() })
	defer c.ExitNone()
	return "loud"
}

// TestMute: what the tracer calls by itself is no call of the program's.
func TestMute(t *testing.T) {
	rec := record(t)
	site := Site{Name: "outer"}
	func() (err error) {
		c := site.EnterGoroutine()
		defer c.Exit(&err)
		c.Tag("tag", func() any { return tracedError{} })
		(*Span)(c).SetTag("set", tracedError{})
		(*Span)(c).SetError(tracedError{})
		return tracedError{}
	}()
	_ = tracedError{}.Error()
	names := map[string]int{}
	for _, chunk := range rec.traces(t) {
		for _, s := range chunk {
			names[s.Name]++
		}
	}
	if names["outer"] != 1 || names["loud"] != 1 {
		t.Errorf("spans: %v, want one of each", names)
	}
}
