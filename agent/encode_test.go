package agent

import (
	"encoding/binary"
	"strings"

	"github.com/tinylib/msgp/msgp"
)

// appendSpan encodes a span as tracers do, with fields behind it that a
// decoder must pass over.
func appendSpan(b []byte, s Span) []byte {
	b = msgp.AppendMapHeader(b, 15)
	for _, f := range []struct {
		key   string
		value any
	}{
		{"trace_id", s.TraceID}, {"span_id", s.SpanID}, {"parent_id", s.ParentID},
		{"name", s.Name}, {"service", s.Service}, {"resource", s.Resource}, {"type", s.Type},
		{"start", s.Start}, {"duration", s.Duration}, {"error", s.Error},
		{"meta", s.Meta}, {"metrics", s.Metrics},
		{"span_links", linksOf(s)},
		{"meta_struct", map[string]any{"appsec": []byte{1, 2}}},
		{"span_events", eventsOf(s)},
	} {
		b = msgp.AppendString(b, f.key)
		switch v := f.value.(type) {
		case map[string]string:
			b = msgp.AppendMapStrStr(b, v)
		case map[string]float64:
			b = msgp.AppendMapHeader(b, uint32(len(v)))
			for k, n := range v {
				b = msgp.AppendFloat64(msgp.AppendString(b, k), n)
			}
		default:
			var err error
			if b, err = msgp.AppendIntf(b, v); err != nil {
				panic(err)
			}
		}
	}
	return b
}

func linksOf(s Span) []any {
	all := []any{}
	for _, l := range s.Links {
		attributes := map[string]any{}
		for k, v := range l.Attributes {
			attributes[k] = v
		}
		all = append(all, map[string]any{
			"trace_id": l.TraceID.Low, "trace_id_high": l.TraceID.High, "span_id": l.SpanID,
			"tracestate": l.Tracestate, "flags": l.Flags, "attributes": attributes, "new": []any{1},
		})
	}
	return all
}

func eventsOf(s Span) []any {
	typed := func(v any) map[string]any {
		switch v := v.(type) {
		case string:
			return map[string]any{"type": 0, "string_value": v}
		case bool:
			return map[string]any{"type": 1, "bool_value": v}
		case int64:
			return map[string]any{"type": 2, "int_value": v}
		case float64:
			return map[string]any{"type": 3, "double_value": v}
		}
		return map[string]any{}
	}
	all := []any{}
	for _, e := range s.Events {
		attributes := map[string]any{}
		for k, v := range e.Attributes {
			attributes[k] = typed(v)
			if list, ok := v.([]any); ok {
				values := []any{}
				for _, v := range list {
					values = append(values, typed(v))
				}
				attributes[k] = map[string]any{"type": 4, "array_value": map[string]any{"values": values}}
			}
		}
		all = append(all, map[string]any{"time_unix_nano": e.Time, "name": e.Name, "attributes": attributes})
	}
	return all
}

func payloadOf(chunks ...[]Span) []byte {
	b := msgp.AppendArrayHeader(nil, uint32(len(chunks)))
	for _, spans := range chunks {
		b = msgp.AppendArrayHeader(b, uint32(len(spans)))
		for _, s := range spans {
			b = appendSpan(b, s)
		}
	}
	return b
}

func fullSpan() Span {
	return Span{
		TraceID: 1<<64 - 1, SpanID: 1 << 63, ParentID: 7,
		Name: "n", Service: "s", Resource: "GET /水", Type: "web",
		Start: 1_700_000_000_000_000_000, Duration: 12, Error: 1,
		Meta:    map[string]string{"k": "v", "long": strings.Repeat("x", 1000)},
		Metrics: map[string]float64{"n": 1.5},
		Links: []Link{{
			TraceID: TraceID{1 << 63, 2}, SpanID: 3, Tracestate: "dd=s:1", Flags: 1, Attributes: map[string]string{"a": "b"},
		}},
		Events: []Event{{Time: 1_700_000_000_000_000_001, Name: "retry", Attributes: map[string]any{
			"text": "t", "yes": true, "count": int64(1) << 60, "share": 0.25, "list": []any{"x", int64(2)},
		}}},
	}
}

// writer1 encodes as v1.0: strings in full first, then by their numbers.
type writer1 struct {
	b       []byte
	numbers map[string]uint32
}

func (w *writer1) text(s string) *writer1 {
	if n, ok := w.numbers[s]; ok {
		w.b = msgp.AppendUint32(w.b, n)
		return w
	}
	w.numbers[s] = uint32(len(w.numbers))
	w.b = msgp.AppendString(w.b, s)
	return w
}

func (w *writer1) list(n int) *writer1 { w.b = msgp.AppendArrayHeader(w.b, uint32(n)); return w }
func (w *writer1) table(n int) *writer1 {
	w.b = msgp.AppendMapHeader(w.b, uint32(n))
	return w
}
func (w *writer1) number(n uint64) *writer1 { w.b = msgp.AppendUint64(w.b, n); return w }
func (w *writer1) bytes(b ...byte) *writer1 { w.b = msgp.AppendBytes(w.b, b); return w }

func (w *writer1) value(v any) *writer1 {
	switch v := v.(type) {
	case string:
		w.number(1).text(v)
	case bool:
		w.number(2).b = msgp.AppendBool(w.b, v)
	case float64:
		w.number(3).b = msgp.AppendFloat64(w.b, v)
	case int64:
		w.number(4).b = msgp.AppendInt64(w.b, v)
	case []any:
		w.number(6).list(2 * len(v))
		for _, e := range v {
			w.value(e)
		}
	default:
		panic(v)
	}
	return w
}

func (w *writer1) span(s *Span) {
	w.table(12)
	w.number(1).text(s.Service).number(2).text(s.Name).number(3).text(s.Resource)
	w.number(4).number(s.SpanID).number(5).number(s.ParentID)
	w.number(6).number(uint64(s.Start)).number(7).number(uint64(s.Duration))
	w.number(8).b = msgp.AppendBool(w.b, s.Error != 0)
	w.number(9).list(3 * (len(s.Meta) + len(s.Metrics)))
	for k, v := range s.Meta {
		w.text(k).value(v)
	}
	for k, v := range s.Metrics {
		w.text(k).value(v)
	}
	w.number(10).text(s.Type)
	w.number(11).list(len(s.Links))
	for _, l := range s.Links {
		id := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, l.TraceID.High), l.TraceID.Low)
		w.table(5).number(1).bytes(id...).number(2).number(l.SpanID).number(3).list(3 * len(l.Attributes))
		for k, v := range l.Attributes {
			w.text(k).value(v)
		}
		w.number(4).text(l.Tracestate).number(5).number(uint64(l.Flags))
	}
	w.number(12).list(len(s.Events))
	for _, e := range s.Events {
		w.table(3).number(1).number(uint64(e.Time)).number(2).text(e.Name).number(3).list(3 * len(e.Attributes))
		for k, v := range e.Attributes {
			w.text(k).value(v)
		}
	}
}

// payload1 encodes chunks as v1.0, behind a field that is not known yet.
func payload1(chunks ...[]Span) []byte {
	w := &writer1{numbers: map[string]uint32{"": 0}}
	w.table(3).number(3).text("go").number(99).list(2).text("new").table(1).text("newer").number(1)
	w.number(11).list(len(chunks))
	for _, spans := range chunks {
		id := make([]byte, 16)
		if len(spans) > 0 {
			binary.BigEndian.PutUint64(id, spans[0].TraceIDHigh)
			binary.BigEndian.PutUint64(id[8:], spans[0].TraceID)
		}
		w.table(5).number(1).number(2).number(2).text("lambda").number(4).list(len(spans))
		for i := range spans {
			w.span(&spans[i])
		}
		w.number(6).bytes(id...).number(7).number(4)
	}
	return w.b
}
