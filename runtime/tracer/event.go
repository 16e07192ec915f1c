//go:build go1.21

package tracer

import (
	"math"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/stack"
)

// maxEvents is how many events a span may have; further ones are left out.
const maxEvents = 128

// event is something that happened while the span was open. All are sent as one tag, in JSON.
type event struct {
	time       int64
	failure    failure
	attributes []byte // JSON, each with a comma before it
}

// RecordError keeps an error that the program has dealt with as an event of the span, which is not marked by it. The
// attributes, made by Tag, are strings, bools, finite numbers that an int64 or float64 holds, or slices of one such
// type; others are left out.
func (s *Span) RecordError(err error, attributes ...Option) {
	if s == nil || err == nil || s.finished.Load() {
		return
	}
	pcs := stack.Callers(0, s.set.StackDepth)
	defer s.mute().end()
	e := event{time: time.Now().UnixNano(), failure: errorFailure(err, pcs)}
	for _, a := range attributes {
		if a.kind != optionTag {
			continue
		}
		if v, ok := appendAttribute(nil, a.value); ok {
			e.attributes = append(append(appendJSON(append(e.attributes, ','), a.key), ':'), v...)
		} else {
			diag.Once("attribute "+a.key, "an attribute of an error, %s, is left out: %T %v is no string, bool, finite number or slice of one of these",
				a.key, a.value, panicText(a.value))
		}
	}
	s.edit(func(s *Span) {
		if x := s.extras(); len(x.events) < maxEvents {
			x.events = append(x.events, e)
		} else {
			diag.Once("events", "a span (%s) has more than %d events: further ones are left out", s.site.Name, maxEvents)
		}
	})
}

// eventsText is the tag's value, as the agent expects it.
func eventsText(list []event, depth int) string {
	b := []byte{'['}
	for i, e := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"name":"exception","time_unix_nano":`...)
		b = strconv.AppendInt(b, e.time, 10)
		b = appendJSON(append(b, `,"attributes":{"exception.type":`...), e.failure.typ)
		b = appendJSON(append(b, `,"exception.message":`...), e.failure.msg)
		b = appendJSON(append(b, `,"exception.stacktrace":`...), stack.Text(e.failure.pcs, depth))
		b = append(append(b, e.attributes...), "}}"...)
	}
	return string(append(b, ']'))
}

// appendAttribute appends a value as JSON. It is not ok for what a backend would not take.
func appendAttribute(b []byte, value any) ([]byte, bool) {
	v := reflect.ValueOf(value)
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
		return appendScalar(b, v)
	}
	var kind reflect.Type
	b = append(b, '[')
	for i := 0; i < v.Len(); i++ {
		e := v.Index(i)
		if e.Kind() == reflect.Interface {
			e = e.Elem()
		}
		if i > 0 {
			b = append(b, ',')
		}
		if !e.IsValid() || kind != nil && kind != e.Type() {
			return nil, false
		}
		kind = e.Type()
		var ok bool
		if b, ok = appendScalar(b, e); !ok {
			return nil, false
		}
	}
	return append(b, ']'), true
}

func appendScalar(b []byte, v reflect.Value) ([]byte, bool) {
	switch {
	case v.Kind() == reflect.String:
		return appendJSON(b, clip(v.String())), true
	case v.Kind() == reflect.Bool:
		return strconv.AppendBool(b, v.Bool()), true
	case !v.IsValid():
	case v.CanInt():
		return strconv.AppendInt(b, v.Int(), 10), true
	case v.CanUint() && v.Uint() <= math.MaxInt64:
		return strconv.AppendUint(b, v.Uint(), 10), true
	case v.CanFloat() && !math.IsNaN(v.Float()) && !math.IsInf(v.Float(), 0):
		return strconv.AppendFloat(b, v.Float(), 'g', -1, 64), true
	}
	return nil, false
}

// appendJSON appends a string as JSON has it.
func appendJSON(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\t':
			b = append(b, '\\', 't')
		case r < ' ' || r == 0x7f:
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			b = utf8.AppendRune(b, r) // what is no character becomes U+FFFD
		}
	}
	return append(b, '"')
}
