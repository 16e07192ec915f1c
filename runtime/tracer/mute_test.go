package tracer

import "testing"

var loudSite = Site{Name: "loud"}

// loud is an error whose methods are traced.
type loud struct{}

func (e loud) Error() string {
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
		c.Tag("tag", func() any { return loud{} })
		(*Span)(c).SetTag("set", loud{})
		(*Span)(c).SetError(loud{})
		return loud{}
	}()
	_ = loud{}.Error()
	spans := rec.flush(t)
	names := map[string]int{}
	for _, s := range spans {
		names[s.name]++
	}
	if names["outer"] != 1 || names["loud"] != 1 {
		t.Errorf("spans: %v, want one of each", names)
	}
}
