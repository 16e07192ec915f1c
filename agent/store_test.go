package agent

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func chunkOf(spans ...Span) chunk {
	return chunk{spans: spans, cost: int64(len(spans)) * spanCost}
}

func withHigh(id, span uint64, high string) Span {
	s := Span{TraceID: id, SpanID: span, Start: int64(span)}
	if high != "" {
		s.Meta = map[string]string{highTag: high}
	}
	return s
}

func TestStoreMerges(t *testing.T) {
	tests := map[string]struct {
		chunks []chunk
		want   []int // spans of each trace
	}{
		"chunks of one trace":  {[]chunk{chunkOf(withHigh(1, 2, "")), chunkOf(withHigh(1, 1, ""))}, []int{2}},
		"two traces":           {[]chunk{chunkOf(withHigh(1, 1, "")), chunkOf(withHigh(2, 2, ""))}, []int{1, 1}},
		"the same high half":   {[]chunk{chunkOf(withHigh(1, 1, "ab")), chunkOf(withHigh(1, 2, "00ab"))}, []int{2}},
		"another high half":    {[]chunk{chunkOf(withHigh(1, 1, "ab")), chunkOf(withHigh(1, 2, "cd"))}, []int{1, 1}},
		"no high half":         {[]chunk{chunkOf(withHigh(1, 1, "ab")), chunkOf(withHigh(1, 2, ""))}, []int{2}},
		"the high half later":  {[]chunk{chunkOf(withHigh(1, 1, "")), chunkOf(withHigh(1, 2, "ab"))}, []int{2}},
		"rubbish as high half": {[]chunk{chunkOf(withHigh(1, 1, "xyz"))}, []int{1}},
		"sent twice":           {[]chunk{chunkOf(withHigh(1, 1, "")), chunkOf(withHigh(1, 1, ""))}, []int{1}},
		"two in one chunk":     {[]chunk{chunkOf(withHigh(1, 1, ""), withHigh(2, 2, ""), withHigh(1, 3, ""))}, []int{2, 1}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			st := NewStore(testLimit)
			st.add(test.chunks)
			traces := st.traces()
			if len(traces) != len(test.want) {
				t.Fatalf("got %+v", traces)
			}
			for i, trace := range traces {
				if len(trace.Spans) != test.want[i] {
					t.Errorf("trace %d: %+v", i, trace)
				}
				for j, s := range trace.Spans {
					if j > 0 && s.Start < trace.Spans[j-1].Start {
						t.Errorf("not ordered by start: %+v", trace.Spans)
					}
					if s.TraceIDHigh != trace.IDHigh || s.TraceID != trace.ID {
						t.Errorf("ids of %+v", s)
					}
				}
			}
		})
	}
}

// TestStoreDropsTheOldest: the traces go that have not grown for longest.
func TestStoreDropsTheOldest(t *testing.T) {
	st := NewStore(3*spanCost + 2*keptCost + 2*indexCost)
	st.add([]chunk{chunkOf(withHigh(1, 1, ""))})
	st.add([]chunk{chunkOf(withHigh(2, 1, ""))})
	st.add([]chunk{chunkOf(withHigh(1, 2, ""))}) // grows
	st.add([]chunk{chunkOf(withHigh(3, 1, ""))}) // too many
	var ids []uint64
	for _, trace := range st.traces() {
		ids = append(ids, trace.ID)
	}
	if len(ids) != 2 || ids[0] != 1 || ids[1] != 3 || st.Totals().Dropped != 1 {
		t.Errorf("kept %v, dropped %d", ids, st.Totals().Dropped)
	}
	big := chunkOf(withHigh(4, 1, ""))
	big.cost = 1 << 30
	st.add([]chunk{big})
	if len(st.traces()) != 0 || st.used != 0 || len(st.byID) != 0 || st.Totals().Dropped != 4 {
		t.Errorf("%d traces, %d bytes, dropped %d", len(st.traces()), st.used, st.Totals().Dropped)
	}
}

func TestWriteJSON(t *testing.T) {
	span := fullSpan()
	span.TraceIDHigh = 1<<63 + 5
	delete(span.Meta, "long")
	span.Links, span.Events = nil, nil
	var b bytes.Buffer
	err := WriteJSON(&b, []Trace{{ID: 1, Spans: []Span{span, {TraceID: 1, SpanID: 2, Name: "<a>\n\xff"}}}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"trace_id":"18446744073709551615","trace_id_high":"9223372036854775813","span_id":"9223372036854775808",` +
		`"parent_id":"7","name":"n","service":"s","resource":"GET /水","type":"web","start":1700000000000000000,` +
		`"duration":12,"error":1,"meta":{"k":"v"},"metrics":{"n":1.5}}
{"trace_id":"1","span_id":"2","parent_id":"0","name":"<a>\n\ufffd","service":"","resource":"","type":"",` +
		`"start":0,"duration":0,"error":0,"meta":{},"metrics":{}}
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
	for line := range strings.Lines(b.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
}
