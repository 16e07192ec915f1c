//go:build ignore

package zerolog

import (
	"context"

	"github.com/ddinstrument/ddinstrument/runtime/libs/logline"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// What package log hands to a logger of this package becomes an event.
var _, _ = logline.Serve("zerolog.Logger"), logline.Serve("*zerolog.Logger")

// ddIDs adds the ids of the span that an event is of as its last fields.
func ddIDs(e *Event, ctx context.Context) {
	span := ddtracer.SpanForLog(ctx)
	if span == nil || logline.Has(e.buf) {
		return
	}
	c := span.Program()
	var id [32]byte
	e.buf = enc.AppendString(enc.AppendKey(e.buf, logline.Service), c.Service)
	e.buf = enc.AppendString(enc.AppendKey(e.buf, logline.Env), c.Env)
	e.buf = enc.AppendString(enc.AppendKey(e.buf, logline.Version), c.Version)
	e.buf = enc.AppendString(enc.AppendKey(e.buf, logline.TraceID), string(span.AppendTraceID(id[:0])))
	e.buf = enc.AppendString(enc.AppendKey(e.buf, logline.SpanID), span.SpanID())
}
