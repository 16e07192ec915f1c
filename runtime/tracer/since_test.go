//go:build go1.21

package tracer_test

import (
	"context"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"github.com/ddinstrument/ddinstrument/runtime/tracetest"
)

var sinceSite = tracer.Site{Name: "connect"}

func TestEnterSince(t *testing.T) {
	rec := tracetest.Start(t)
	ctx, outer := tracer.Trace(context.Background(), "outer")
	since, before := tracer.Now(), time.Now()
	time.Sleep(20 * time.Millisecond)
	c := sinceSite.EnterSince(ctx, since)
	if (*tracer.Span)(c).Site() != &sinceSite || outer.Site() == &sinceSite || (*tracer.Span)(nil).Site() != nil {
		t.Error("a span has another one's site")
	}
	if tracer.CurrentSpan(ctx) != (*tracer.Span)(c) {
		t.Error("the span is not active")
	}
	c.ExitNone()
	outer.Finish()
	s := rec.Find("connect")
	if s.Duration < 20*time.Millisecond || s.Duration > 10*time.Second || s.ParentID != rec.Find("outer").ID {
		t.Errorf("it took %v, below %d", s.Duration, s.ParentID)
	}
	if d := s.Start.Sub(before); d.Abs() > 15*time.Millisecond {
		t.Errorf("it started %v after the moment", d)
	}
}
