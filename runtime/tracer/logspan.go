//go:build go1.21

package tracer

import (
	"context"
	"strconv"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// This file is for integrations of loggers.

// LogSpan is the span that a record of a log belongs to. Its ids never change: a record that keeps it can be written later
// and by another goroutine.
type LogSpan Span

// SpanForLog returns the span that a record which is made now, with ctx (which may be nil), says that it belongs to: the
// active one, or what has come from another process. It is nil where there is none, and where DD_LOGS_INJECTION says no.
func SpanForLog(ctx context.Context) *LogSpan {
	set := current.Load()
	if set == nil || !set.LogIDs || disabled.Load() != 0 {
		return nil
	}
	if s := CurrentSpan(ctx); s != nil {
		return (*LogSpan)(s)
	}
	s := fromContext(ctx)
	if s == nil {
		_, s = onGoroutine(slot.Get(), slot.G())
	}
	if s != nil && s.has(flagRemote) && s.trace.low != 0 {
		return (*LogSpan)(s)
	}
	return nil
}

// Correlation returns what the record says.
func (l *LogSpan) Correlation() Correlation {
	c := l.Program()
	c.TraceID, c.SpanID = l.trace.text(), l.SpanID()
	return c
}

// Program returns what the records of all spans say, and no ids.
func (l *LogSpan) Program() Correlation {
	set := current.Load()
	return Correlation{Service: set.Service, Env: set.Env, Version: set.Version}
}

// SpanID returns the value of dd.span_id.
func (l *LogSpan) SpanID() string {
	if s := (*Span)(l); !s.has(flagRemote) {
		return s.node.Text()
	}
	return strconv.FormatUint(l.id, 10)
}

// AppendTraceID appends the value of dd.trace_id.
func (l *LogSpan) AppendTraceID(b []byte) []byte { return l.trace.appendText(b) }

// VisitContext makes the span that ctx carries the goroutine's active one, until Leave of the result is called there. It
// changes nothing where it is that already, or where the goroutine's descends from it (see begin).
func VisitContext(ctx context.Context) Visit {
	c := fromContext(ctx)
	if c == nil || !started() {
		return Visit{}
	}
	cur, _ := onGoroutine(slot.Get(), slot.G())
	if cur != nil && below(cur, c) {
		return Visit{}
	}
	if c.finished.Load() && !c.has(flagRemote) {
		if c = openAncestor(c); c == cur {
			return Visit{}
		}
	}
	return Held{c, true}.Enter()
}
