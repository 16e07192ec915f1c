package agent

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/tinylib/msgp/msgp"
)

const testLimit = 1 << 20

func TestDecode(t *testing.T) {
	want := fullSpan()
	chunks, err := decode(payloadOf([]Span{want, want}, nil, []Span{want}), testLimit)
	if err != nil {
		t.Fatal(err)
	}
	if len(chunks) != 2 || len(chunks[0].spans) != 2 || len(chunks[1].spans) != 1 {
		t.Fatalf("got %+v", chunks)
	}
	for _, c := range chunks {
		for _, got := range c.spans {
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v", got)
			}
		}
		if c.cost < int64(len(c.spans))*spanCost {
			t.Errorf("cost %d", c.cost)
		}
	}
}

// spanWith is a payload of one span with ids and one more field.
func spanWith(key string, value ...byte) []byte {
	b := []byte{0x91, 0x91, 0x83}
	b = msgp.AppendUint64(msgp.AppendString(b, "trace_id"), 1)
	b = msgp.AppendUint64(msgp.AppendString(b, "span_id"), 2)
	return append(msgp.AppendString(b, key), value...)
}

// TestDecodeLenient reads what other tracers make of the same field.
func TestDecodeLenient(t *testing.T) {
	float := func(f float64) []byte { return msgp.AppendFloat64(nil, f) }
	tests := map[string]struct {
		payload []byte
		field   func(Span) any
		want    any
	}{
		"nil string":      {spanWith("name", 0xc0), func(s Span) any { return s.Name }, ""},
		"binary string":   {spanWith("name", 0xc4, 1, 'x'), func(s Span) any { return s.Name }, "x"},
		"signed id":       {spanWith("parent_id", 0xff), func(s Span) any { return s.ParentID }, uint64(math.MaxUint64)},
		"nil id":          {spanWith("parent_id", 0xc0), func(s Span) any { return s.ParentID }, uint64(0)},
		"unsigned start":  {spanWith("start", msgp.AppendUint64(nil, 1<<40)...), func(s Span) any { return s.Start }, int64(1 << 40)},
		"float duration":  {spanWith("duration", float(12)...), func(s Span) any { return s.Duration }, int64(12)},
		"nil error":       {spanWith("error", 0xc0), func(s Span) any { return s.Error }, int32(0)},
		"large error":     {spanWith("error", msgp.AppendInt64(nil, 1<<32)...), func(s Span) any { return s.Error }, int32(1)},
		"nil meta":        {spanWith("meta", 0xc0), func(s Span) any { return len(s.Meta) }, 0},
		"nil metric":      {spanWith("metrics", 0x81, 0xa1, 'n', 0xc0), func(s Span) any { return s.Metrics["n"] }, 0.0},
		"integer metric":  {spanWith("metrics", 0x81, 0xa1, 'n', 0x05), func(s Span) any { return s.Metrics["n"] }, 5.0},
		"unsigned metric": {spanWith("metrics", append([]byte{0x81, 0xa1, 'n'}, msgp.AppendUint64(nil, 1<<63)...)...), func(s Span) any { return s.Metrics["n"] }, float64(1 << 63)},
		"float32 metric":  {spanWith("metrics", append([]byte{0x81, 0xa1, 'n'}, msgp.AppendFloat32(nil, 0.5)...)...), func(s Span) any { return s.Metrics["n"] }, 0.5},
		"NaN metric":      {spanWith("metrics", append([]byte{0x81, 0xa1, 'n'}, float(math.NaN())...)...), func(s Span) any { return len(s.Metrics) }, 0},
		"unknown field":   {spanWith("colour", 0x93, 0x81, 0xa1, 'a', 0xc3, 0x90, 0xc7, 1, 5, 9), func(s Span) any { return s.SpanID }, uint64(2)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			chunks, err := decode(test.payload, testLimit)
			if err != nil || len(chunks) != 1 {
				t.Fatalf("%v, %v", chunks, err)
			}
			if got := test.field(chunks[0].spans[0]); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	whole := payloadOf([]Span{fullSpan()})
	tests := map[string][]byte{
		"nothing":               {},
		"no array":              {0x05},
		"a map":                 {0x81, 0xa1, 'a', 0x01},
		"bytes behind":          {0x90, 0x90},
		"chunk no array":        {0x91, 0x01},
		"span no map":           {0x91, 0x91, 0x01},
		"key no string":         {0x91, 0x91, 0x81, 0x01, 0x01},
		"huge array":            {0xdd, 0xff, 0xff, 0xff, 0xff},
		"huge chunk":            {0x91, 0xdd, 0xff, 0xff, 0xff, 0xff},
		"huge span":             {0x91, 0x91, 0xdf, 0xff, 0xff, 0xff, 0xff},
		"huge string":           spanWith("name", 0xdb, 0xff, 0xff, 0xff, 0xff),
		"huge binary":           spanWith("name", 0xc6, 0xff, 0xff, 0xff, 0xff),
		"huge meta":             spanWith("meta", 0xdf, 0xff, 0xff, 0xff, 0xff),
		"huge extension":        spanWith("x", 0xc9, 0xff, 0xff, 0xff, 0xff, 1),
		"huge skipped":          spanWith("x", 0xdf, 0xff, 0xff, 0xff, 0xff),
		"deeply nested":         spanWith("x", []byte(strings.Repeat("\x91", 1_000_000))...),
		"deeply nested maps":    spanWith("x", []byte(strings.Repeat("\x81\x01", 1_000_000))...),
		"number for a string":   spanWith("name", 0x05),
		"string for a number":   spanWith("start", 0xa1, 'x'),
		"start over 63 bits":    spanWith("start", msgp.AppendUint64(nil, 1<<63)...),
		"start not finite":      spanWith("start", msgp.AppendFloat64(nil, math.Inf(1))...),
		"meta of numbers":       spanWith("meta", 0x81, 0xa1, 'k', 0x05),
		"metrics of strings":    spanWith("metrics", 0x81, 0xa1, 'k', 0xa1, 'x'),
		"a type that is no one": spanWith("x", 0xc1),
	}
	for name, payload := range tests {
		t.Run(name, func(t *testing.T) {
			if chunks, err := decode(payload, testLimit); err == nil {
				t.Errorf("got %+v", chunks)
			}
		})
	}
	for n := range whole {
		if _, err := decode(whole[:n], testLimit); err == nil {
			t.Errorf("the first %d of %d bytes were accepted", n, len(whole))
		}
	}
}

// TestDecodeMemory decodes payloads that are small but take a lot.
func TestDecodeMemory(t *testing.T) {
	const n = 200_000
	manySpans := append([]byte{0x91, 0xdd, 0, 3, 13, 64}, make([]byte, n)...)
	for i := range n {
		manySpans[6+i] = 0x80
	}
	manyMaps := append([]byte{0x91, 0xdd, 0, 3, 13, 64}, []byte(strings.Repeat("\x81\xa4meta\x81\xa0\xa0", n))...)
	sameTag := spanWith("meta", append([]byte{0xdf, 0, 3, 13, 64}, []byte(strings.Repeat("\xa0\xa0", n))...)...)
	for name, payload := range map[string][]byte{"spans": manySpans, "maps": manyMaps, "tags": sameTag} {
		if _, err := decode(payload, testLimit); !errors.Is(err, errTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(payloadOf([]Span{fullSpan()}, []Span{{TraceID: 1, SpanID: 2}}))
	f.Add(spanWith("metrics", 0x81, 0xa1, 'n', 0x05))
	f.Add(spanWith("x", 0x93, 0x81, 0xa1, 'a', 0xc3, 0x90, 0xc7, 1, 5, 9))
	f.Add([]byte{0x91, 0xdd, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, payload []byte) {
		chunks, err := decode(payload, testLimit)
		if err != nil {
			return
		}
		// What was decoded can be kept, drawn and encoded again.
		st := NewStore(testLimit)
		st.add(chunks)
		opts := TreeOptions{Width: 60}
		checkLines(t, drawn(t, st.traces(), opts), opts)
		checkSaved(t, st)
	})
}

// checkSaved writes what a store has, and reads it again.
func checkSaved(t *testing.T, st *Store) {
	t.Helper()
	var file, again bytes.Buffer
	other := NewStore(math.MaxInt64)
	for _, trace := range st.traces() {
		if err := writeLine(&file, &trace); err != nil {
			t.Fatalf("%+v: %v", trace, err)
		}
	}
	if err := other.read(bytes.NewReader(file.Bytes()), nil); err != nil {
		t.Fatalf("%v in\n%s", err, file.Bytes())
	}
	for _, trace := range other.traces() {
		if err := writeLine(&again, &trace); err != nil {
			t.Fatalf("%+v: %v", trace, err)
		}
	}
	if !bytes.Equal(file.Bytes(), again.Bytes()) {
		t.Errorf("wrote\n%sread\n%s", file.Bytes(), again.Bytes())
	}
	st.List(Query{Text: "x", Tags: []Tag{{"a", ""}}})
	st.Calls()
	st.Resources(0)
	st.Services(0)
}

func BenchmarkDecode(b *testing.B) {
	payload := bulk(0, 100)
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decode(payload, DefaultMemory); err != nil {
			b.Fatal(err)
		}
	}
}
