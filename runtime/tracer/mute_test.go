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

// TestMuteElsewhere is TestMute on a goroutine that has inherited its span, whose own goroutine is not muted by that.
func TestMuteElsewhere(t *testing.T) {
	r := record(t)
	ctx, p := Trace(bg, "p")
	here, done := Here{}, make(chan bool)
	go func() {
		defer close(done)
		here.TagFrom(ctx, "tag", func() any {
			done <- true
			<-done
			_ = tracedError{}.Error()
			here.Tag("inner", func() any { return 1 })
			p.SetTag("set", tracedError{})
			_ = tracedError{}.Error()
			return "text"
		})
		leafIn(nil)
	}()
	<-done
	leafIn(ctx)
	done <- true
	<-done
	p.Finish()
	chunk := r.one(t)
	equal(t, "spans", names(chunk), "p p>leaf p>leaf")
	equal(t, "tag", chunk[0].Meta["tag"], "text")
	equal(t, "set", chunk[0].Meta["set"], "loud")
	if _, there := chunk[0].Metrics["inner"]; there {
		t.Error("code that runs for a tag sets another one")
	}
}

// TestMuteOuter sets tags of a span that is not the goroutine's innermost.
func TestMuteOuter(t *testing.T) {
	r := record(t)
	ctx, p := Trace(bg, "p")
	inner, c := Trace(ctx, "c")
	p.SetTag("set", tracedError{})
	Here{}.TagFrom(ctx, "tag", func() any { leafIn(ctx); leafIn(inner); return tracedError{} })
	c.Finish()
	p.Finish()
	chunk := r.one(t)
	equal(t, "spans", names(chunk), "p p>c")
	equal(t, "set", chunk[0].Meta["set"], "loud")
	equal(t, "tag", chunk[0].Meta["tag"], "loud")
}
