package agent

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/tinylib/msgp/msgp"
)

// payload05 encodes chunks as v0.5.
func payload05(chunks ...[]Span) []byte {
	var table []string
	number := func(s string) uint32 {
		table = append(table, s)
		return uint32(len(table) - 1)
	}
	b := msgp.AppendArrayHeader(nil, uint32(len(chunks)))
	for _, spans := range chunks {
		b = msgp.AppendArrayHeader(b, uint32(len(spans)))
		for _, s := range spans {
			b = msgp.AppendArrayHeader(b, 12)
			for _, text := range []string{s.Service, s.Name, s.Resource} {
				b = msgp.AppendUint32(b, number(text))
			}
			b = msgp.AppendUint64(msgp.AppendUint64(msgp.AppendUint64(b, s.TraceID), s.SpanID), s.ParentID)
			b = msgp.AppendInt32(msgp.AppendInt64(msgp.AppendInt64(b, s.Start), s.Duration), s.Error)
			b = msgp.AppendMapHeader(b, uint32(len(s.Meta)))
			for k, v := range s.Meta {
				b = msgp.AppendUint32(msgp.AppendUint32(b, number(k)), number(v))
			}
			b = msgp.AppendMapHeader(b, uint32(len(s.Metrics)))
			for k, v := range s.Metrics {
				b = msgp.AppendFloat64(msgp.AppendUint32(b, number(k)), v)
			}
			b = msgp.AppendUint32(b, number(s.Type))
		}
	}
	head := msgp.AppendArrayHeader(msgp.AppendArrayHeader(nil, 2), uint32(len(table)))
	for _, s := range table {
		head = msgp.AppendString(head, s)
	}
	return append(head, b...)
}

func TestDecode05(t *testing.T) {
	want := fullSpan()
	want.Links, want.Events = nil, nil
	want.Meta[linksTag] = `[{"trace_id":"8000000000000000000000000000000a","span_id":"0b","tracestate":"x","flags":1,"attributes":{"n":1}}]`
	want.Meta[eventsTag] = `[{"time_unix_nano":1700000000000000001,"name":"retry","attributes":{"n":1152921504606846976,"f":1.5,"l":["a",2]}}]`
	chunks, err := decode05(payload05([]Span{want}, nil, []Span{want, want}), testLimit)
	if err != nil || len(chunks) != 2 || len(chunks[1].spans) != 2 {
		t.Fatalf("%v, %+v", err, chunks)
	}
	delete(want.Meta, linksTag)
	delete(want.Meta, eventsTag)
	want.Links = []Link{{TraceID: TraceID{1 << 63, 10}, SpanID: 11, Tracestate: "x", Flags: 1, Attributes: map[string]string{"n": "1"}}}
	want.Events = []Event{{Time: 1_700_000_000_000_000_001, Name: "retry", Attributes: map[string]any{
		"n": int64(1 << 60), "f": 1.5, "l": []any{"a", int64(2)},
	}}}
	if got := chunks[0].spans[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDecode1(t *testing.T) {
	want := fullSpan()
	want.TraceIDHigh = 1<<63 + 5
	second := want
	second.SpanID = 9
	chunks, err := decode1(payload1([]Span{want, second}, nil), testLimit)
	if err != nil || len(chunks) != 1 || len(chunks[0].spans) != 2 {
		t.Fatalf("%v, %+v", err, chunks)
	}
	if got := chunks[0].spans[1]; !reflect.DeepEqual(got, second) {
		t.Errorf("got  %+v\nwant %+v", got, second)
	}
	// What is said of the chunk is a tag of the first span, as in older forms.
	want.Meta["_dd.origin"], want.Meta["_dd.p.dm"], want.Meta[highTag] = "lambda", "-4", "8000000000000005"
	want.Metrics["_sampling_priority_v1"] = 2
	if got := chunks[0].spans[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestDecode1Fields reads what has become a field of the span.
func TestDecode1Fields(t *testing.T) {
	w := &writer1{numbers: map[string]uint32{"": 0}}
	w.table(1).number(11).list(1).table(2).number(6).bytes(0, 0, 0, 0, 0, 0, 0, 1).number(4).list(1)
	w.table(6).number(4).number(2).number(13).text("ci").number(14).text("1.2").number(15).text("net/http").number(16).number(2)
	w.number(9).list(6).text("yes").value(true).text("list").value([]any{"a", int64(1), []any{1.5}})
	chunks, err := decode1(w.b, testLimit)
	if err != nil || len(chunks) != 1 {
		t.Fatalf("%v, %+v", err, chunks)
	}
	want := map[string]string{
		"env": "ci", "version": "1.2", "component": "net/http", "span.kind": "server", "yes": "true", "list": `["a",1,[1.5]]`,
	}
	if got := chunks[0].spans[0]; got.TraceID != 1 || !reflect.DeepEqual(got.Meta, want) {
		t.Errorf("got %+v", got)
	}
}

// forms are all decoders, with a payload that they take.
var forms = map[string]struct {
	decode func([]byte, int64) ([]chunk, error)
	whole  []byte
}{
	"v0.4": {decode, payloadOf([]Span{fullSpan()})},
	"v0.5": {decode05, payload05([]Span{fullSpan()})},
	"v1.0": {decode1, payload1([]Span{fullSpan()})},
	"OTLP": {func(b []byte, limit int64) ([]chunk, error) { p, err := decodeOTLP(b, limit); return p.chunks, err }, otlpPayloadOf()},
	"OTLP in JSON": {
		func(b []byte, limit int64) ([]chunk, error) { p, err := decodeOTLPJSON(b, limit); return p.chunks, err },
		[]byte(otlpText),
	},
}

// TestFormsRefuse gives every decoder what others take, parts, and bombs.
func TestFormsRefuse(t *testing.T) {
	nested := strings.Repeat
	bombs := map[string][]byte{
		"v0.5 huge table":    {0x92, 0xdd, 0xff, 0xff, 0xff, 0xff},
		"v0.5 no string":     append([]byte{0x92, 0x90, 0x91, 0x91, 0x9c}, make([]byte, 12)...),
		"v0.5 deep":          append([]byte{0x92, 0x91}, nested("\x91", 1_000_000)...),
		"v1.0 huge chunks":   {0x81, 11, 0xdd, 0xff, 0xff, 0xff, 0xff},
		"v1.0 huge spans":    {0x81, 11, 0x91, 0x81, 4, 0xdd, 0xff, 0xff, 0xff, 0xff},
		"v1.0 no string":     {0x81, 11, 0x91, 0x81, 2, 7},
		"v1.0 deep unknown":  append([]byte{0x81, 77}, nested("\x91", 1_000_000)...),
		"v1.0 deep value":    append([]byte{0x81, 11, 0x91, 0x81, 3, 0x93, 0xa1, 'k'}, nested("\x06\x92", 1_000_000)...),
		"v1.0 deep pairs":    append([]byte{0x81, 11, 0x91, 0x81, 3, 0x93, 0xa1, 'k'}, nested("\x07\x93\xa1k", 1_000_000)...),
		"v1.0 odd pairs":     {0x81, 11, 0x91, 0x81, 3, 0x94, 0xa1, 'k', 1, 1},
		"v1.0 odd id":        {0x81, 11, 0x91, 0x81, 6, 0xc4, 3, 1, 2, 3},
		"v1.0 type of value": {0x81, 11, 0x91, 0x81, 3, 0x93, 0xa1, 'k', 9, 1},
		"OTLP truncated":     {0x0a, 0x7f, 1},
		"OTLP huge length":   {0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f},
		"OTLP field 0":       {0x00, 0x01},
		"OTLP in JSON deep":  []byte(`{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":` + nested(`{"arrayValue":{"values":[`, 5000)),
		"OTLP in JSON id":    []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"xyz"}]}]}]}`),
	}
	for name, bomb := range bombs {
		for form, f := range forms {
			if !strings.HasPrefix(name, form+" ") || form == "OTLP" && strings.HasPrefix(name, "OTLP in") {
				continue
			}
			if chunks, err := f.decode(bomb, testLimit); err == nil {
				t.Errorf("%s: got %+v", name, chunks)
			}
		}
	}
	for name, f := range forms {
		if _, err := f.decode(f.whole, testLimit); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for n := range f.whole {
			// A message of protobuf may end behind any field.
			if _, err := f.decode(f.whole[:n], testLimit); err == nil && name != "OTLP" {
				t.Errorf("%s: the first %d of %d bytes were accepted", name, n, len(f.whole))
			}
		}
		if _, err := f.decode(f.whole, 100); !errors.Is(err, errTooLarge) {
			t.Errorf("%s: in 100 bytes: %v", name, err)
		}
	}
}

// TestFormsMemory decodes what is small but takes a lot.
func TestFormsMemory(t *testing.T) {
	const n = 200_000
	many := func(head []byte, element string) []byte { return append(head, strings.Repeat(element, n)...) }
	for name, payload := range map[string][]byte{
		"v0.5": many([]byte{0x92, 0xdd, 0, 3, 13, 64}, "\xa0"),
		"v1.0": many([]byte{0x81, 11, 0x91, 0x81, 4, 0xdd, 0, 3, 13, 64}, "\x80"),
		// Empty spans in one scope.
		"OTLP":         nestedMessage(many(nil, "\x12\x00"), 2, 1),
		"OTLP in JSON": many([]byte(`{"resourceSpans":[`), `{},`),
	} {
		if _, err := forms[name].decode(payload, testLimit); !errors.Is(err, errTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzForms(f *testing.F) {
	names := []string{"v0.4", "v0.5", "v1.0", "OTLP", "OTLP in JSON"}
	for i, name := range names {
		f.Add(byte(i), forms[name].whole)
	}
	f.Fuzz(func(t *testing.T, form byte, payload []byte) {
		chunks, err := forms[names[int(form)%len(names)]].decode(payload, testLimit)
		if err != nil {
			return
		}
		// What was decoded can be kept, drawn, saved and read.
		st := NewStore(testLimit)
		st.add(chunks)
		opts := TreeOptions{Width: 60}
		checkLines(t, drawn(t, st.traces(), opts), opts)
		checkSaved(t, st)
	})
}
