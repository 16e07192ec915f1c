//go:build go1.21

// Package logline puts the ids of a span into lines of a log: at the end of a line of text, and as members into one that is
// a JSON object. A line that has them already stays as it is.
//
// It knows lines; which span is active it is told.
package logline

import (
	"bytes"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"unicode/utf8"
	"unsafe"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// The keys, as all Datadog tracers have them.
const (
	TraceID = "dd.trace_id"
	SpanID  = "dd.span_id"
	Service = "dd.service"
	Env     = "dd.env"
	Version = "dd.version"
)

var known = []byte(TraceID)

// Has tells whether a line has ids.
func Has(line []byte) bool { return bytes.Contains(line, known) }

// A Field is one of the five.
type Field struct{ Key, Value string }

// Fields are in the order that Datadog's documentation has them in.
func Fields(c *tracer.Correlation) [5]Field {
	return [...]Field{{Service, c.Service}, {Env, c.Env}, {Version, c.Version}, {TraceID, c.TraceID}, {SpanID, c.SpanID}}
}

// Append appends lines with the fields of c: to every JSON object among them, or to the end.
func Append(b, lines []byte, c *tracer.Correlation) []byte {
	if len(lines) == 0 || lines[0] != '{' {
		if len(lines) == 0 || Has(lines) {
			return append(b, lines...)
		}
		text := bytes.TrimSuffix(lines, []byte{'\n'})
		return append(appendText(append(b, text...), c), lines[len(text):]...)
	}
	for len(lines) > 0 {
		line := lines
		if i := bytes.IndexByte(lines, '\n'); i >= 0 {
			line = lines[:i+1]
		}
		lines = lines[len(line):]
		b = AppendObject(b, line, c)
	}
	return b
}

// AppendObject appends what may be a JSON object, on one line or more, with the fields of c.
func AppendObject(b, line []byte, c *tracer.Correlation) []byte {
	object := bytes.TrimRight(line, " \t\r\n")
	if len(object) < 2 || object[0] != '{' || object[len(object)-1] != '}' || Has(line) {
		return append(b, line...)
	}
	members := bytes.TrimRight(object[:len(object)-1], " \t\r\n")
	b = append(b, members...)
	if len(members) > 1 {
		b = append(b, ',')
	}
	return append(AppendMembers(b, c), line[len(members):]...)
}

// appendText appends " dd.service=shop dd.env= ...".
func appendText(b []byte, c *tracer.Correlation) []byte {
	for _, f := range Fields(c) {
		b = append(append(append(b, ' '), f.Key...), '=')
		if strings.ContainsAny(f.Value, " \t\n\"=") {
			b = strconv.AppendQuote(b, f.Value)
		} else {
			b = append(b, f.Value...)
		}
	}
	return b
}

// AppendMembers appends `"dd.service":"shop","dd.env":"", ...`.
func AppendMembers(b []byte, c *tracer.Correlation) []byte {
	for i, f := range Fields(c) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), f.Key...), `":`...)
		b = appendString(b, f.Value)
	}
	return b
}

// appendString appends a JSON string.
func appendString(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ':
			b = append(b, '\\', 'u', '0', '0', digits[r>>4], digits[r&15])
		default:
			b = utf8.AppendRune(b, r) // what is no character becomes U+FFFD
		}
	}
	return append(b, '"')
}

// served are the types of writers that hand lines to a logger which adds the ids itself.
var served atomic.Pointer[[]string]

// Serve has the lines that go to writers of a type ("*slog.handlerWriter") left alone: what they lead to has ids anyway.
func Serve(name string) bool {
	for {
		old := served.Load()
		list := []string{name}
		if old != nil {
			list = append(list, *old...)
		}
		if served.CompareAndSwap(old, &list) {
			return true
		}
	}
}

// Served tells whether the lines that go to w are left alone.
func Served(w any) bool {
	list := served.Load()
	if list == nil || w == nil {
		return false
	}
	name := reflect.TypeOf(w).String()
	for _, s := range *list {
		if s == name {
			return true
		}
	}
	return false
}

// bare takes the ids out of a record of log/slog, which is none of this package's imports.
var bare atomic.Pointer[func(record unsafe.Pointer)]

// SetBare has Bare call take.
func SetBare(take func(record unsafe.Pointer)) bool { bare.Store(&take); return true }

// Bare has a record of log/slog say nothing of its span, for a handler that hands it to a logger which adds the ids by
// itself, outside of all groups.
func Bare[Record any](r *Record) {
	if take := bare.Load(); take != nil {
		hidden := uintptr(unsafe.Pointer(r)) // the record stays on the stack
		(*take)(*(*unsafe.Pointer)(unsafe.Pointer(&hidden)))
	}
}
