//go:build go1.21

// Package ddslog has logs say which span they belong to: every record has dd.trace_id, dd.span_id, dd.service, dd.env and
// dd.version at its top level, whatever groups are open, and whether it was given a context or not.
//
//	slog.SetDefault(slog.New(ddslog.New(slog.NewJSONHandler(os.Stderr, nil))))
//	log.SetOutput(ddslog.NewWriter(os.Stderr))
//
// It knows handlers and writers, and asks the tracer for the rest. DD_LOGS_INJECTION=false leaves all records alone.
package ddslog

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"sync/atomic"

	"github.com/ddinstrument/ddinstrument/runtime/libs/logline"
	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// New returns a handler that hands every record on to another one, together with the ids of the active span. slog's own
// default handler it returns as it is, since slog can't have that inside of another default; Install deals with it.
func New(h slog.Handler) slog.Handler {
	if _, ok := h.(*handler); ok || h == nil || isDefault(h) {
		return h
	}
	return &handler{plain: h, base: h}
}

// isDefault tells whether h is what slog has before SetDefault: it writes to package log, which after SetDefault would
// write to it (golang.org/issue/62424).
func isDefault(h slog.Handler) bool { return fmt.Sprintf("%T", h) == "*slog.defaultHandler" }

// Install has the default loggers of slog and of package log, as the program has set them up so far, say which span their
// lines belong to.
func Install() {
	h := slog.Default().Handler()
	if !isDefault(h) {
		out, flags := log.Writer(), log.Flags()
		slog.SetDefault(slog.New(New(h)))
		if fmt.Sprintf("%T", out) == "*slog.handlerWriter" {
			return // package log writes to slog
		}
		log.SetFlags(flags)
		log.SetOutput(out)
	}
	log.SetOutput(NewWriter(log.Writer()))
}

// handler is a handler with fields that change from record to record. Those belong before every group, but a group that a
// handler has opened can't be closed again: so what has been done since the first one is kept, and done again.
type handler struct {
	plain slog.Handler // as it would be without us
	base  slog.Handler // as it was before the first group
	since []step       // what has come since then

	// Handlers made of base, which are likely to be of use again: the fields of a program without an active span, those
	// that are the same in all spans, and all of the last span.
	idle, fixed, last atomic.Pointer[made]
}

// step is a group that was opened, or attributes.
type step struct {
	group string
	attrs []slog.Attr
}

type made struct {
	of tracer.Correlation
	h  slog.Handler
}

// Enabled asks the other handler.
func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.plain.Enabled(ctx, level)
}

// Handle hands the record on.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	c, wanted := tracer.LogCorrelation(ctx)
	switch {
	case !wanted:
		return h.plain.Handle(ctx, r)
	case c.SpanID == "0":
		return h.having(&h.idle, c).Handle(ctx, r)
	case len(h.since) > 0:
		return h.having(&h.last, c).Handle(ctx, r)
	}
	r = r.Clone()
	r.AddAttrs(slog.String(logline.TraceID, c.TraceID), slog.String(logline.SpanID, c.SpanID))
	c.TraceID, c.SpanID = "", ""
	return h.having(&h.fixed, c).Handle(ctx, r)
}

// having returns h with the fields of c. Ids that are empty are left to the record.
func (h *handler) having(kept *atomic.Pointer[made], c tracer.Correlation) slog.Handler {
	if m := kept.Load(); m != nil && m.of == c {
		return m.h
	}
	attrs := []slog.Attr{slog.String(logline.Service, c.Service), slog.String(logline.Env, c.Env), slog.String(logline.Version, c.Version)}
	if c.SpanID != "" {
		attrs = append(attrs, slog.String(logline.TraceID, c.TraceID), slog.String(logline.SpanID, c.SpanID))
	}
	m := &made{of: c, h: h.base.WithAttrs(attrs)}
	for _, s := range h.since {
		m.h = s.do(m.h)
	}
	kept.Store(m)
	return m.h
}

func (s step) do(h slog.Handler) slog.Handler {
	if s.group != "" {
		return h.WithGroup(s.group)
	}
	return h.WithAttrs(s.attrs)
}

// WithAttrs returns a handler whose records have further attributes.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 {
		return h
	}
	if len(h.since) == 0 {
		with := h.base.WithAttrs(attrs)
		return &handler{plain: with, base: with}
	}
	return h.then(step{attrs: attrs})
}

// WithGroup returns a handler whose further attributes are in a group.
func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return h.then(step{group: name})
}

func (h *handler) then(s step) slog.Handler {
	since := append(h.since[:len(h.since):len(h.since)], s)
	return &handler{plain: s.do(h.plain), base: h.base, since: since}
}
