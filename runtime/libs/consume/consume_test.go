//go:build go1.21

package consume

import (
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"github.com/ddinstrument/ddinstrument/runtime/tracetest"
)

var site = tracer.Site{Name: "message", Entry: true}

func next(c *Spans) {
	c.Next()
	_, call := site.Enter(nil)
	c.Add((*tracer.Span)(call))
}

// TestNext: each goroutine's own span ends when that goroutine asks for the next message.
func TestNext(t *testing.T) {
	rec := tracetest.Start(t)
	var c Spans
	c.Next()
	c.Add(nil)
	next(&c)
	mine := tracer.CurrentSpan(nil)
	asked, ended := make(chan bool), make(chan bool)
	go func() {
		next(&c)
		next(&c)
		close(asked)
		<-ended
	}()
	<-asked
	if len(rec.Spans()) != 2 { // that one's first; and mine, which was active where it was started
		t.Errorf("%d spans have ended, want 2", len(rec.Spans()))
	}
	close(ended)
	next(&c)
	if at := tracer.CurrentSpan(nil); at == mine || at == nil {
		t.Error("the next message's span is not active")
	}
	c.End()
	if n := len(rec.Spans()); n != 4 || len(c.open) != 0 || tracer.CurrentSpan(nil) != nil {
		t.Errorf("%d spans have ended, want 4", n)
	}
}

// TestLimit: what nobody ends does not pile up.
func TestLimit(t *testing.T) {
	rec := tracetest.Start(t)
	var c Spans
	for i := 0; i < limit+10; i++ {
		_, s := site.Start(nil)
		c.Add(s)
	}
	if n := len(rec.Spans()); n != 10 || len(c.open) != limit {
		t.Errorf("%d spans have ended, %d are open", n, len(c.open))
	}
	c.AddAll([]*tracer.Span{nil, tracer.StartSpan("a"), tracer.StartSpan("b")})
	c.End()
	if n := len(rec.Spans()); n != limit+12 {
		t.Errorf("%d spans have ended at last", n)
	}
}
