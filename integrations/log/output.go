//go:build ignore

package log

import (
	"github.com/ddinstrument/ddinstrument/runtime/libs/logline"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// ddSpan returns the span that a line of l is to have the ids of; nil for none.
func ddSpan(l *Logger) *ddtracer.LogSpan {
	span := ddtracer.SpanForLog(nil)
	if span == nil || l.isDiscard.Load() {
		return nil
	}
	l.outMu.Lock()
	out := l.out
	l.outMu.Unlock()
	if logline.Served(out) {
		return nil
	}
	return span
}

// ddAppend adds the ids to a line that is complete but for its end.
func ddAppend(line []byte, span *ddtracer.LogSpan) []byte {
	buf := getBuffer()
	defer putBuffer(buf)
	c := span.Program()
	var id [32]byte
	c.TraceID, c.SpanID = string(span.AppendTraceID(id[:0])), span.SpanID() // which stays on the stack
	*buf = logline.Append(*buf, line, &c)
	return append(line[:0], *buf...)
}
