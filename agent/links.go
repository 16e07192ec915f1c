package agent

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// Links and events of v0.4: fields of the span where the agent says in /info
// that it knows them, or JSON in tags, from older tracers and those that send
// v0.5 (pkg/proto/pbgo/trace/span.pb.go, pkg/trace/transform in the real
// agent).

const (
	linksTag  = "_dd.span_links"
	eventsTag = "events"
)

func (d *decoder) link(l *Link) error {
	return d.named(func(key string) (err error) {
		switch key {
		case "trace_id":
			l.TraceID.Low, err = d.id()
		case "trace_id_high":
			l.TraceID.High, err = d.id()
		case "span_id":
			l.SpanID, err = d.id()
		case "tracestate":
			l.Tracestate, err = d.string()
		case "flags":
			var flags uint64
			flags, err = d.id()
			l.Flags = uint32(flags)
		case "attributes":
			l.Attributes, err = decodeMap(d, l.Attributes, d.string, d.string)
		default:
			err = d.skip(0)
		}
		return err
	})
}

func (d *decoder) event(e *Event) error {
	return d.named(func(key string) (err error) {
		switch key {
		case "time_unix_nano":
			e.Time, err = d.time()
		case "name":
			e.Name, err = d.string()
		case "attributes":
			e.Attributes, err = decodeMap(d, e.Attributes, d.string, d.typed)
		default:
			err = d.skip(0)
		}
		return err
	})
}

// named reads a map with names for keys.
func (d *decoder) named(read func(key string) error) error {
	n, err := d.mapping()
	if err != nil {
		return err
	}
	for range n {
		key, err := d.string()
		if err == nil {
			err = read(key)
		}
		if err != nil {
			return fmt.Errorf("field %.40q: %w", key, err)
		}
	}
	return nil
}

// typed reads an attribute of an event: its type, and the value under the name
// of the type.
func (d *decoder) typed() (any, error) { return d.typedAt(0) }

func (d *decoder) typedAt(depth int) (any, error) {
	if depth > 2 { // a list in an attribute, and its values
		return nil, errTooDeep
	}
	if err := d.charge(valueCost); err != nil {
		return nil, err
	}
	var value any
	err := d.named(func(key string) (err error) {
		switch key {
		case "string_value":
			value, err = d.string()
		case "bool_value":
			value, err = d.boolean()
		case "int_value":
			value, err = d.integer()
		case "double_value":
			value, err = d.float()
		case "array_value":
			value, err = d.typedArray(depth)
		default: // the type, which the name tells too
			err = d.skip(0)
		}
		value = jsonable(value)
		return err
	})
	return value, err
}

func (d *decoder) typedArray(depth int) (all []any, err error) {
	all = []any{}
	err = d.named(func(key string) error {
		if key != "values" {
			return d.skip(0)
		}
		return readList(d, &all, valueCost, func(v *any) (err error) {
			*v, err = d.typedAt(depth + 1)
			return err
		})
	})
	return all, err
}

// liftTags takes links and events out of the tags, if they are in them.
func (d *decoder) liftTags(s *Span) error {
	if text, ok := s.Meta[eventsTag]; ok {
		if events, ok := readJSON[taggedEvent](d, text, eventCost); ok {
			delete(s.Meta, eventsTag)
			for _, e := range events {
				s.Events = append(s.Events, e.event())
				if err := d.charge(int(s.Events[len(s.Events)-1].cost())); err != nil {
					return err
				}
			}
		}
	}
	if text, ok := s.Meta[linksTag]; ok {
		if links, ok := readJSON[taggedLink](d, text, linkCost); ok {
			delete(s.Meta, linksTag)
			for _, l := range links {
				s.Links = append(s.Links, l.link())
				if err := d.charge(int(s.Links[len(s.Links)-1].cost())); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// readJSON reads an array of objects, if it is one and takes no more memory
// than there may be.
func readJSON[E any](d *decoder, text string, cost int64) ([]E, bool) {
	if most := jsonCost([]byte(text), cost); most > d.left {
		return nil, false
	}
	in := json.NewDecoder(bytes.NewReader([]byte(text)))
	in.UseNumber()
	var all []E
	if err := in.Decode(&all); err != nil || in.More() {
		return nil, false
	}
	return all, true
}

// jsonCost is about the most that JSON takes in memory when it is read into
// structs of that size: each object may be one, with a map in it.
func jsonCost(text []byte, object int64) int64 {
	return int64(len(text)) + int64(bytes.Count(text, []byte{'{'}))*(object+mapCost) +
		int64(bytes.Count(text, []byte{'['})+bytes.Count(text, []byte{','}))*entryCost
}

// taggedEvent is an event in the tag.
type taggedEvent struct {
	Time       json.Number    `json:"time_unix_nano"`
	Name       string         `json:"name"`
	Attributes map[string]any `json:"attributes"`
}

func (t *taggedEvent) event() Event {
	e := Event{Name: t.Name, Attributes: t.Attributes}
	if n, ok := number(t.Time).(int64); ok {
		e.Time = n
	}
	for k, v := range e.Attributes {
		e.Attributes[k] = numbersIn(v)
	}
	return e
}

// numbersIn makes numbers of what the JSON decoder leaves as text.
func numbersIn(value any) any {
	switch v := value.(type) {
	case json.Number:
		return number(v)
	case []any:
		for i := range v {
			v[i] = numbersIn(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = numbersIn(v[k])
		}
	}
	return value
}

// number is an int64 where it is one.
func number(n json.Number) any {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return i
	}
	if f, err := n.Float64(); err == nil && !math.IsInf(f, 0) {
		return f
	}
	return string(n)
}

// taggedLink is a link in the tag: ids are hexadecimal.
type taggedLink struct {
	TraceID    string         `json:"trace_id"`
	SpanID     string         `json:"span_id"`
	Tracestate string         `json:"tracestate"`
	Flags      json.Number    `json:"flags"`
	Attributes map[string]any `json:"attributes"`
}

func (t *taggedLink) link() Link {
	l := Link{Tracestate: t.Tracestate}
	if id, err := ParseTraceID(fmt.Sprintf("%032s", t.TraceID)); err == nil {
		l.TraceID = id
	}
	if id, err := hex.DecodeString(fmt.Sprintf("%016s", t.SpanID)); err == nil && len(id) == 8 {
		for _, b := range id {
			l.SpanID = l.SpanID<<8 | uint64(b)
		}
	}
	if n, ok := number(t.Flags).(int64); ok {
		l.Flags = uint32(n)
	}
	for k, v := range t.Attributes {
		if l.Attributes == nil {
			l.Attributes = map[string]string{}
		}
		l.Attributes[k] = textOf(numbersIn(v))
	}
	return l
}
