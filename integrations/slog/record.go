//go:build ignore

package slog

import (
	"bytes"
	"context"
	"slices"
	"time"
	"unsafe"

	"github.com/ddinstrument/ddinstrument/runtime/libs/logline"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// What package log hands to a handler of this package becomes a record.
var _ = logline.Serve("*slog.handlerWriter")

// Handlers that hand records to another logger which adds the ids want none from here.
var _ = logline.SetBare(func(record unsafe.Pointer) { (*Record)(record).ddspan = nil })

type ddLogSpan = ddtracer.LogSpan

// ddBackground is the context of records that are given none.
var ddBackground = context.Background()

// ddVisit makes the span of a logger's context the one that the record is of.
func ddVisit(ctx context.Context) ddtracer.Visit { return ddtracer.VisitContext(ctx) }

// ddNewRecord is NewRecord, with the active span.
func ddNewRecord(t time.Time, level Level, msg string, pc uintptr) Record {
	return Record{Time: t, Message: msg, Level: level, PC: pc, ddspan: ddtracer.SpanForLog(nil)}
}

// ddAttr tells whether a record has the ids as an attribute: from who has copied another record's, or has added them.
func ddAttr(r *Record) bool {
	for i := range r.front[:r.nFront] {
		if r.front[i].Key == logline.TraceID {
			return true
		}
	}
	for i := range r.back {
		if r.back[i].Key == logline.TraceID {
			return true
		}
	}
	return false
}

// ddAppend writes the ids of a record that is about to be written. r is the handler's own copy, which has none of them
// afterwards, or has them as attributes that are to be written with the others.
func ddAppend(s *handleState, r *Record) {
	l := r.ddspan
	r.ddspan = nil
	if bytes.Contains(s.h.preformattedAttrs, []byte(logline.TraceID)) {
		return
	}
	c := l.Program()
	var id [32]byte
	c.TraceID, c.SpanID = string(l.AppendTraceID(id[:0])), l.SpanID() // which stays on the stack
	if ddAttr(r) {
		if len(s.h.groups) == 0 && s.h.groupPrefix == "" {
			return
		}
		ddTake(r, &c)
	}
	for _, f := range logline.Fields(&c) {
		s.appendKey(f.Key)
		s.appendString(f.Value)
	}
}

// ddTake takes the ids out of a record's attributes, which are to be written in a group.
func ddTake(r *Record, c *ddtracer.Correlation) {
	var others []Attr
	r.Attrs(func(a Attr) bool {
		switch a.Key {
		case logline.TraceID:
			c.TraceID = a.Value.String()
		case logline.SpanID:
			c.SpanID = a.Value.String()
		case logline.Service:
			c.Service = a.Value.String()
		case logline.Env:
			c.Env = a.Value.String()
		case logline.Version:
			c.Version = a.Value.String()
		default:
			others = append(others, a)
		}
		return true
	})
	clear(r.front[:])
	r.nFront, r.back = 0, nil
	r.AddAttrs(others...)
}

// ddWhole adds the ids to the attributes of a copy of a record that somebody looks at.
func ddWhole(r *Record) {
	l := r.ddspan
	r.ddspan = nil
	if ddAttr(r) {
		return
	}
	c := l.Correlation()
	r.back = slices.Clip(r.back)
	for _, f := range logline.Fields(&c) {
		r.back = append(r.back, String(f.Key, f.Value))
	}
}

func ddNumAttrs(r *Record) int {
	n := r.nFront + len(r.back)
	if !ddAttr(r) {
		n += 5
	}
	return n
}
