package agent

import (
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
