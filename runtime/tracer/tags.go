//go:build go1.21

package tracer

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/sampling"
)

// Limits of what a span holds.
const (
	maxTags = 512   // tags of one span; a further key is left out
	maxText = 25000 // bytes of a tag, a name or a message: the agent keeps no more
)

// tag is one tag, a string (meta) or a number (metrics).
type tag struct {
	key    string
	text   string
	number float64
	isNum  bool
}

// detail is what the program has set of the most usual.
type detail struct {
	resource string // "": the site's
	tags     []tag
}

// tagged is a detail with room for the first tags: one allocation for all.
type tagged struct {
	detail
	room [4]tag
}

var noDetail detail

// own is what the program has set, of which nothing may be changed: see details.
func (s *Span) own() *detail {
	if s.detail == nil {
		return &noDetail
	}
	return s.detail
}

// details must be called under the lock, or while nobody else sees the span.
func (s *Span) details() *detail {
	if s.detail == nil {
		s.detail = new(detail)
	}
	return s.detail
}

// add appends a tag that the span has not yet.
func (s *Span) add(t tag) {
	if s.detail == nil {
		d := new(tagged)
		d.tags = d.room[:0]
		s.detail = &d.detail
	}
	if s.detail.tags == nil {
		s.detail.tags = make([]tag, 0, len(tagged{}.room))
	}
	s.detail.tags = append(s.detail.tags, t)
}

// String is the tag's value as text.
func (t tag) String() string {
	if t.isNum {
		return strconv.FormatFloat(t.number, 'f', -1, 64)
	}
	return t.text
}

// SetTag sets a tag. Strings, bytes, bools, fmt.Stringers and errors become meta, numbers metrics (integers beyond 2^53
// meta, since a float64 does not hold them); anything else is printed as fmt.Sprint does. NaN, infinities and nil are
// no tags. The last value for a key counts. service.name sets the service; manual.keep and manual.drop decide for the
// whole trace and are not stored.
func (s *Span) SetTag(key string, value any) {
	if s == nil || s.finished.Load() {
		return
	}
	t, ok := s.convert(key, value)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.finished.Load() && !s.special(&t) {
		s.put(t)
	}
}

// convert is convert without spans of the methods that it calls.
func (s *Span) convert(key string, value any) (tag, bool) {
	switch value.(type) {
	case nil, string, bool, int, int64, float64: // no methods to call
	default:
		defer s.mute().end()
	}
	return convert(key, value)
}

// special takes the keys that stand for something else than a tag. The lock is held.
func (s *Span) special(t *tag) bool {
	if len(t.key) < 11 || len(t.key) > 15 {
		return false
	}
	switch t.key {
	case "service.name":
		if t.isNum || t.text == "" {
			return false
		}
		s.service.Store(s.set.serviceNamed(t.text))
	case "service.version":
		s.put(*t)
		t.key = "version"
		return false
	case "manual.keep", "manual.drop":
		if t.text == "false" || t.isNum && t.number == 0 {
			return true
		}
		s.trace.decision.Store(sampling.ByProgram(t.key == "manual.keep"))
	default:
		return false
	}
	return true
}

// put stores a tag. The lock is held.
func (s *Span) put(t tag) {
	tags := s.own().tags
	for i := range tags {
		if tags[i].key == t.key {
			tags[i] = t
			return
		}
	}
	if len(tags) >= maxTags {
		diag.Once("tags", "a span (%s) has more than %d tags: further ones are left out", s.site.Name, maxTags)
		return
	}
	s.add(t)
}

// convert makes a tag of a value, at the time of the call: nobody looks at the value later.
func convert(key string, value any) (t tag, ok bool) {
	t.key = key
	switch v := value.(type) {
	case nil:
		return t, false
	case string:
		t.text = clip(v)
		return t, true
	case bool:
		t.text = strconv.FormatBool(v)
		return t, true
	case int:
		return integer(t, int64(v)), true
	case int64:
		return integer(t, v), true
	case float64:
		return float(t, v)
	case error:
		return printed(t, v.Error)
	case fmt.Stringer:
		return printed(t, v.String)
	}
	return convertKind(t, reflect.ValueOf(value))
}

// convertKind is for numbers and strings of other types, and the rest.
func convertKind(t tag, v reflect.Value) (tag, bool) {
	switch {
	case v.CanInt():
		return integer(t, v.Int()), true
	case v.CanUint():
		if u := v.Uint(); u > 1<<53 {
			t.text = strconv.FormatUint(u, 10)
			return t, true
		}
		t.number, t.isNum = float64(v.Uint()), true
		return t, true
	case v.CanFloat():
		return float(t, v.Float())
	case v.Kind() == reflect.Bool:
		t.text = strconv.FormatBool(v.Bool())
		return t, true
	case v.Kind() == reflect.String:
		t.text = clip(v.String())
		return t, true
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		t.text = clip(string(v.Bytes())) // text, as in Datadog's tracers
		return t, true
	case v.Kind() == reflect.Pointer && v.IsNil():
		return t, false
	}
	return printed(t, func() string { return fmt.Sprint(v.Interface()) })
}

func integer(t tag, v int64) tag {
	if v > 1<<53 || v < -1<<53 {
		t.text = strconv.FormatInt(v, 10)
	} else {
		t.number, t.isNum = float64(v), true
	}
	return t
}

func float(t tag, v float64) (tag, bool) {
	t.number, t.isNum = v, true
	return t, !math.IsNaN(v) && !math.IsInf(v, 0)
}

// printed calls a method of the program's, which may panic: then there is no tag.
func printed(t tag, text func() string) (_ tag, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	t.text = clip(text())
	return t, true
}

// clip cuts a text at maxText bytes, between two characters.
func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	n := maxText
	for n > maxText-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// protect calls a function of the program's, whose panic must not become the traced code's.
func protect(what string, f func()) {
	defer func() {
		if v := recover(); v != nil {
			diag.Once(what, "a function given to %s panics: %s", what, panicText(v))
		}
	}()
	f()
}
