//go:build go1.21

package otlp

import (
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/ddinstrument/ddinstrument/runtime/internal/chunk"
	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

// kinds of fields, and what they are called.
type message map[int]struct {
	name string
	of   any // message, or one of the letters below, or nil: a value within an array
}

// s: string, x: bytes, d: integer, f: flags, n: floating-point number
var (
	anyValue   = message{stringValue: {"s", 's'}, boolValue: {"b", 'd'}, intValue: {"i", 'd'}, doubleValue: {"n", 'n'}, arrayValue: {"array", message{1: {"", nil}}}}
	keyValue   = message{keyField: {"k", 's'}, valueField: {"v", anyValue}}
	linkFields = message{1: {"trace", 'x'}, 2: {"span", 'x'}, 3: {"state", 's'}, 4: {"a", keyValue}, 6: {"flags", 'f'}}
	event      = message{1: {"time", 'd'}, 2: {"name", 's'}, 3: {"a", keyValue}}
	spanFields = message{
		traceIDField: {"trace", 'x'}, spanIDField: {"span", 'x'}, stateField: {"state", 's'}, parentField: {"parent", 'x'}, nameField: {"name", 's'}, kindField: {"kind", 'd'},
		startField: {"start", 'd'}, endField: {"end", 'd'}, attributesField: {"a", keyValue}, eventsField: {"event", event}, linksField: {"link", linkFields},
		statusField: {"status", message{2: {"message", 's'}, 3: {"code", 'd'}}}, flagsField: {"flags", 'f'},
	}
	request = message{1: {"of", message{
		1: {"resource", message{1: {"a", keyValue}}},
		2: {"scope", message{1: {"is", message{1: {"name", 's'}, 2: {"version", 's'}}}, 2: {"span", spanFields}}},
	}}}
)

// show writes a message as text: name=value, and name{...} for messages within it. Anything wrong is a line with !.
func show(b []byte, m message) string {
	var out []string
	rest := fields(b, func(field int, number uint64, value []byte) {
		f, known := m[field]
		if !known {
			out = append(out, fmt.Sprintf("!field %d", field))
			return
		}
		switch of := f.of.(type) {
		case message:
			out = append(out, f.name+"{"+show(value, of)+"}")
		case rune:
			out = append(out, f.name+"="+one(of, number, value))
		default:
			out = append(out, show(value, anyValue))
		}
	})
	if len(rest) > 0 {
		out = append(out, fmt.Sprintf("!%d of %d bytes left", len(rest), len(b)))
	}
	return strings.Join(out, " ")
}

func one(kind rune, number uint64, value []byte) string {
	switch kind {
	case 's':
		if !utf8.Valid(value) {
			return "!not UTF-8"
		}
		return string(value)
	case 'x':
		return hex.EncodeToString(value)
	case 'n':
		return fmt.Sprint(math.Float64frombits(number))
	case 'f':
		return fmt.Sprintf("%#x", number)
	}
	return fmt.Sprint(int64(number))
}

// tagged is a span for a chunk.
type tagged struct {
	name, service, resource, typ string
	id, parent                   uint64
	start, duration              int64
	failed                       bool
	meta                         [][2]string
	metrics                      []numbered
	links                        func([]byte) []byte // appends the array
}

type numbered struct {
	key   string
	value float64
}

// encoded makes a chunk of spans.
func encoded(trace uint64, spans ...tagged) []byte {
	b := chunk.AppendHead(nil, trace)
	for _, s := range spans {
		b = chunk.AppendSpan(b, s.id, s.parent, s.start, s.duration, s.failed)
		tail := len(b)
		for _, v := range []string{s.service, s.name, s.resource, s.typ} {
			b = msgpack.AppendString(b, v)
		}
		if s.links == nil {
			b = msgpack.AppendArray(b, 0)
		} else {
			b = s.links(b)
		}
		b = msgpack.AppendMap(b, len(s.meta))
		for _, m := range s.meta {
			b = msgpack.AppendString(msgpack.AppendString(b, m[0]), m[1])
		}
		b = msgpack.AppendMap(b, len(s.metrics))
		for _, m := range s.metrics {
			b = msgpack.AppendFloat(msgpack.AppendString(b, m.key), m.value)
		}
		chunk.EndSpan(b, tail)
	}
	chunk.SetSpans(b, len(spans))
	return b
}
