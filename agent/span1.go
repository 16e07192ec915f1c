package agent

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/tinylib/msgp/msgp"
)

// errTooDeep is a value in values in values.
var errTooDeep = fmt.Errorf("values nest deeper than %d", maxDepth)

// spanKinds are the texts of the tag span.kind. The first is what a tracer
// says of a span of which it knows none.
var spanKinds = []string{2: "server", 3: "client", 4: "producer", 5: "consumer"}

func (d *decoder) span1(s *Span) error {
	return d.fields(func(field uint64) (err error) {
		switch field {
		case 1:
			s.Service, err = d.text()
		case 2:
			s.Name, err = d.text()
		case 3:
			s.Resource, err = d.text()
		case 4:
			s.SpanID, err = d.id()
		case 5:
			s.ParentID, err = d.id()
		case 6:
			s.Start, err = d.time()
		case 7:
			s.Duration, err = d.time()
		case 8:
			var failed bool
			if failed, err = d.boolean(); failed {
				s.Error = 1
			}
		case 9:
			err = d.attributes(&s.Meta, &s.Metrics)
		case 10:
			s.Type, err = d.text()
		case 11:
			err = readList(d, &s.Links, linkCost, d.link1)
		case 12:
			err = readList(d, &s.Events, eventCost, d.event1)
		case 13:
			err = d.tag1(s, "env")
		case 14:
			err = d.tag1(s, "version")
		case 15:
			err = d.tag1(s, "component")
		case 16:
			var kind uint64
			if kind, err = d.id(); err == nil && kind < uint64(len(spanKinds)) && spanKinds[kind] != "" {
				err = put(d, &s.Meta, kindTag, spanKinds[kind])
			}
		default:
			err = d.skip1(0)
		}
		return err
	})
}

// time reads nanoseconds, which are sent without a sign but may have had one.
func (d *decoder) time() (int64, error) {
	n, err := d.id()
	return int64(n), err
}

// tag1 reads what is a tag in older forms.
func (d *decoder) tag1(s *Span, key string) error {
	v, err := d.text()
	if err != nil || v == "" {
		return err
	}
	return put(d, &s.Meta, key, v)
}

// attributes reads tags: numbers are metrics, all else is text.
func (d *decoder) attributes(meta *map[string]string, metrics *map[string]float64) error {
	return d.pairs(func(key string, value any) error {
		switch v := value.(type) {
		case float64:
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil // no JSON can hold it
			}
			return put(d, metrics, key, v)
		case int64:
			return put(d, metrics, key, float64(v))
		}
		text := textOf(value)
		if _, ok := value.(string); !ok {
			if err := d.charge(len(text)); err != nil {
				return err
			}
		}
		return put(d, meta, key, text)
	})
}

// pairs reads keys and values, each value behind the number of its type.
func (d *decoder) pairs(found func(key string, value any) error) error {
	return d.nestedPairs(0, found)
}

func (d *decoder) nestedPairs(depth int, found func(key string, value any) error) error {
	n, err := d.array()
	if err != nil {
		return err
	}
	if n%3 != 0 {
		return fmt.Errorf("%d is no number of keys, types and values", n)
	}
	for range n / 3 {
		key, err := d.text()
		if err != nil {
			return err
		}
		value, err := d.value(depth)
		if err == nil {
			err = found(key, value)
		}
		if err != nil {
			return fmt.Errorf("tag %.40q: %w", key, err)
		}
	}
	return nil
}

// value reads a value behind the number of its type: a string, bool, float64,
// int64, []byte, []any or map[string]any.
func (d *decoder) value(depth int) (v any, err error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	if err := d.charge(valueCost); err != nil {
		return nil, err
	}
	typ, err := d.id()
	if err != nil {
		return nil, err
	}
	switch typ {
	case 1:
		return asAny(d.text())
	case 2:
		v, d.rest, err = msgp.ReadBoolBytes(d.rest)
		return v, err
	case 3:
		return asAny(d.float())
	case 4:
		return asAny(d.integer())
	case 5:
		var b []byte
		if b, d.rest, err = msgp.ReadBytesZC(d.rest); err != nil {
			return nil, err
		}
		return b, d.charge(2 * len(b))
	case 6:
		return d.values(depth)
	case 7:
		m := map[string]any{}
		err := d.nestedPairs(depth+1, func(key string, value any) error { return put(d, &m, key, value) })
		return m, first(err, d.charge(mapCost))
	}
	return nil, fmt.Errorf("there are no values of type %d", typ)
}

func asAny[T any](v T, err error) (any, error) { return v, err }

// first is the first error.
func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func (d *decoder) values(depth int) (any, error) {
	n, err := d.array()
	if err != nil {
		return nil, err
	}
	if n%2 != 0 {
		return nil, fmt.Errorf("%d is no number of types and values", n)
	}
	all := []any{}
	for range n / 2 {
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// textOf is a value as text; what has parts is JSON.
func textOf(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []byte:
		return base64.StdEncoding.EncodeToString(v)
	}
	b, err := json.Marshal(jsonable(value))
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(b)
}

// jsonable returns the value as JSON can hold it.
func jsonable(value any) any {
	switch v := value.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return textOf(v)
		}
	case []any:
		for i := range v {
			v[i] = jsonable(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = jsonable(v[k])
		}
	}
	return value
}

func (d *decoder) link1(l *Link) error {
	return d.fields(func(field uint64) (err error) {
		switch field {
		case 1:
			l.TraceID.High, l.TraceID.Low, err = d.traceID()
		case 2:
			l.SpanID, err = d.id()
		case 3:
			err = d.pairs(func(key string, value any) error {
				text := textOf(value)
				return first(d.charge(len(text)), put(d, &l.Attributes, key, text))
			})
		case 4:
			l.Tracestate, err = d.text()
		case 5:
			var flags uint64
			flags, err = d.id()
			l.Flags = uint32(flags)
		default:
			err = d.skip1(0)
		}
		return err
	})
}

func (d *decoder) event1(e *Event) error {
	return d.fields(func(field uint64) (err error) {
		switch field {
		case 1:
			e.Time, err = d.time()
		case 2:
			e.Name, err = d.text()
		case 3:
			err = d.pairs(func(key string, value any) error { return put(d, &e.Attributes, key, jsonable(value)) })
		default:
			err = d.skip1(0)
		}
		return err
	})
}
