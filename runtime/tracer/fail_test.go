//go:build go1.21

package tracer_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"github.com/ddinstrument/ddinstrument/runtime/tracetest"
)

// TestFail: what an integration says of a failure stands where the program has said nothing itself, and has no stack.
func TestFail(t *testing.T) {
	for _, c := range []struct {
		name, typ, message string
		stack              bool
		do                 func(*tracer.Span)
	}{
		{"status", "status", "500: no", false, func(s *tracer.Span) { s.Fail("status", "500: no") }},
		{"error", "*errors.errorString", "read: EOF", false, func(s *tracer.Span) { s.FailBy(fmt.Errorf("read: %w", io.EOF)) }},
		{"no error", "", "", false, func(s *tracer.Span) { s.FailBy(nil) }},
		{"first", "status", "500", false, func(s *tracer.Span) { s.Fail("status", "500"); s.FailBy(io.EOF) }},
		{"program's", "*errors.errorString", "EOF", true, func(s *tracer.Span) { s.SetError(io.EOF); s.Fail("status", "500") }},
		{"program's later", "*errors.errorString", "EOF", true, func(s *tracer.Span) { s.Fail("status", "500"); s.SetError(io.EOF) }},
	} {
		rec := tracetest.Start(t)
		_, span := tracer.Trace(nil, c.name)
		c.do(span)
		if span.Failed() != (c.message != "") || (*tracer.Span)(nil).Failed() {
			t.Errorf("%s: failed is %v", c.name, span.Failed())
		}
		span.Finish()
		c.do(span) // is over
		c.do(nil)
		got := rec.Spans()[0]
		if got.Failed != (c.message != "") || got.Tag("error.type") != c.typ || got.Tag("error.message") != c.message || got.HasTag("error.stack") != c.stack {
			t.Errorf("%s: failed %v, %s %q, stack %v", c.name, got.Failed, got.Tag("error.type"), got.Tag("error.message"), got.HasTag("error.stack"))
		}
	}
}
