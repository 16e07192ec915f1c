//go:build go1.21

package otlp

import (
	"math"
	"sort"
	"strconv"

	"github.com/ddinstrument/ddinstrument/runtime/internal/json"
)

// appendEvents appends the events that the tag of that name has in JSON. It is not ok, and appends nothing, if that is
// something else: a tag of the program's own.
func appendEvents(b []byte, value []byte) (_ []byte, ok bool) {
	v, err := json.ParseExact(string(value))
	list, isList := v.([]any)
	if err != nil || !isList || len(list) == 0 {
		return b, false
	}
	start := len(b)
	for _, v := range list {
		if b, ok = appendEvent(b, v); !ok {
			return b[:start], false
		}
	}
	return b, true
}

func appendEvent(b []byte, v any) (_ []byte, ok bool) {
	const (
		timeField       = 1
		nameField       = 2
		attributesField = 3
	)
	m, _ := v.(map[string]any)
	name, named := m["name"].(string)
	number, _ := m["time_unix_nano"].(json.Number)
	nanoseconds, err := strconv.ParseUint(string(number), 10, 64)
	if !named || err != nil {
		return b, false
	}
	b, at := begin(b, eventsField)
	b = appendFixed64(b, timeField, nanoseconds)
	b = appendString(b, nameField, name)
	attributes, _ := m["attributes"].(map[string]any)
	for _, key := range sortedKeys(attributes) {
		// The value's size is not known before, and both are short enough for a message of their own.
		var inner, value int
		b, inner = begin(b, attributesField)
		b = appendString(b, keyField, key)
		b, value = begin(b, valueField)
		b = end(appendValue(b, attributes[key]), value)
		b = end(b, inner)
	}
	return end(b, at), true
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// appendValue appends the field of an AnyValue. Null, and an object, which events do not have, are an empty one.
func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendString(b, stringValue, v)
	case bool:
		n := uint64(0)
		if v {
			n = 1
		}
		return appendVarint(b, boolValue, n)
	case json.Number:
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return appendVarint(b, intValue, uint64(n))
		}
		f, _ := strconv.ParseFloat(string(v), 64)
		return appendFixed64(b, doubleValue, math.Float64bits(f))
	case []any:
		const values = 1 // of an ArrayValue
		b, at := begin(b, arrayValue)
		for _, e := range v {
			var inner int
			b, inner = begin(b, values)
			b = end(appendValue(b, e), inner)
		}
		return end(b, at)
	}
	return b
}
