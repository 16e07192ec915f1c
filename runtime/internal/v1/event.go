//go:build go1.21

package v1

import (
	"math"
	"sort"
	"strconv"

	"github.com/ddinstrument/ddinstrument/runtime/internal/json"
	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

// The fields of an event.
const (
	eventTime = iota + 1
	eventName
	eventAttributes
)

// event is something that happened while a span was open. In v0.4 all of a span stand in one of its tags, in JSON; here
// they have a form of their own, in which the agent finds what is to be obfuscated or replaced in them.
type event struct {
	time       uint64
	name       string
	keys       []string // sorted
	attributes map[string]any
}

// parseEvents reads the tag. It is not ok if it says anything that an event could not: then it stays a tag.
func parseEvents(text string) ([]event, bool) {
	v, _ := json.ParseExact(text)
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return nil, false
	}
	events := make([]event, len(list))
	for i, v := range list {
		if events[i], ok = eventOf(v); !ok {
			return nil, false
		}
	}
	return events, true
}

func eventOf(v any) (e event, ok bool) {
	m, _ := v.(map[string]any)
	for key, v := range m {
		switch key {
		case "name":
			e.name, ok = v.(string)
		case "time_unix_nano":
			n, _ := v.(json.Number)
			var err error
			e.time, err = strconv.ParseUint(string(n), 10, 64)
			ok = err == nil
		case "attributes":
			e.attributes, ok = v.(map[string]any)
		default:
			ok = false
		}
		if !ok {
			return e, false
		}
	}
	for key, v := range e.attributes {
		if !typed(v, true) {
			return e, false
		}
		e.keys = append(e.keys, key)
	}
	sort.Strings(e.keys)
	return e, e.name != ""
}

// typed tells whether there is a type for an attribute's value, or for one in an array.
func typed(v any, outer bool) bool {
	switch v := v.(type) {
	case string, bool:
		return true
	case json.Number:
		_, _, err := number(v)
		return err == nil
	case []any:
		for _, v := range v {
			if !typed(v, false) {
				return false
			}
		}
		return outer
	}
	return false
}

// number reads a number: an integer if it is written as one that fits, and then f is NaN.
func number(n json.Number) (i int64, f float64, err error) {
	if i, err = strconv.ParseInt(string(n), 10, 64); err == nil {
		return i, math.NaN(), nil
	}
	f, err = strconv.ParseFloat(string(n), 64)
	return 0, f, err
}

func (e *Encoder) events(b []byte, list []event) []byte {
	b = msgpack.AppendArray(b, len(list))
	for _, v := range list {
		b = msgpack.AppendUint(append(b, 0x83, eventTime), v.time)
		b = e.strings.append(append(b, eventName), view(v.name))
		b = msgpack.AppendArray(append(b, eventAttributes), 3*len(v.keys))
		for _, key := range v.keys {
			b = e.strings.append(b, view(key))
			b = e.value(b, v.attributes[key], false)
		}
	}
	return b
}

// value appends a typed value. A number may have to be a double for the sake of others.
func (e *Encoder) value(b []byte, v any, double bool) []byte {
	switch v := v.(type) {
	case string:
		return e.strings.append(append(b, textValue), view(v))
	case bool:
		return append(b, boolValue, 0xc2+byte(some(v)))
	case json.Number:
		i, f, _ := number(v)
		switch {
		case !math.IsNaN(f):
			return msgpack.AppendFloat(append(b, doubleValue), f)
		case double:
			return msgpack.AppendFloat(append(b, doubleValue), float64(i))
		}
		return msgpack.AppendInt(append(b, intValue), i)
	case []any:
		b = msgpack.AppendArray(append(b, arrayValue), 2*len(v))
		double = hasDouble(v)
		for _, element := range v {
			b = e.value(b, element, double)
		}
	}
	return b
}

// hasDouble tells whether a number in the list is no integer: then none is, since a list is of one type.
func hasDouble(list []any) bool {
	for _, v := range list {
		if n, ok := v.(json.Number); ok {
			if _, f, _ := number(n); !math.IsNaN(f) {
				return true
			}
		}
	}
	return false
}
