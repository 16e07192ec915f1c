//go:build go1.21

package v04

import (
	"reflect"
	"testing"

	"github.com/tinylib/msgp/msgp"

	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

func pair(b []byte, key, value string) []byte {
	return msgpack.AppendString(msgpack.AppendString(b, key), value)
}

func number(b []byte, key string, v uint64) []byte {
	return msgpack.AppendUint(msgpack.AppendString(b, key), v)
}

// chunk has a span with everything and one with nothing.
func chunk() []byte {
	b := msgpack.AppendArray(nil, 2)
	b = msgpack.AppendArray(b, Fields)
	for _, id := range []uint64{1<<63 | 5, 6, 7, 8, 9, 1} {
		b = msgpack.AppendUint(b, id)
	}
	for _, text := range []string{"s", "n", "r", "t"} {
		b = msgpack.AppendString(b, text)
	}
	b = msgpack.AppendArray(b, 1)
	b = msgpack.AppendMap(b, 6)
	b = number(number(number(number(b, "trace_id", 1), "trace_id_high", 2), "span_id", 3), "flags", 1<<31|1)
	b = pair(pair(msgpack.AppendMap(msgpack.AppendString(pair(b, "tracestate", "dd=s:1"), "attributes"), 2), "a", "b"), "c", "d")
	b = pair(msgpack.AppendMap(b, 1), "k", "v")
	b = msgpack.AppendFloat(msgpack.AppendString(msgpack.AppendMap(b, 1), "m"), 0.5)

	b = msgpack.AppendArray(b, Fields)
	for _, id := range []uint64{1, 10, 0, 0, 0, 0} {
		b = msgpack.AppendUint(b, id)
	}
	b = msgpack.AppendString(msgpack.AppendString(b, ""), "same")
	b = append(b, msgpack.Nil)
	b = msgpack.AppendString(b, "")
	b = msgpack.AppendArray(b, 0)
	return msgpack.AppendMap(msgpack.AppendMap(b, 0), 0)
}

func TestRead(t *testing.T) {
	b := chunk()
	r := &msgpack.Reader{Rest: b}
	if n := Chunk(r); n != 2 {
		t.Fatalf("%d spans", n)
	}
	var s Span
	s.Read(r)
	want := Span{
		Service: []byte("s"), Name: []byte("n"), Resource: []byte("r"), Type: []byte("t"),
		TraceID: 1<<63 | 5, ID: 6, ParentID: 7, Start: 8, Duration: 9, Failed: true,
		Meta: []Text{{[]byte("k"), []byte("v")}}, Metrics: []Number{{[]byte("m"), 0.5}},
		Links: []Link{{TraceHigh: 2, TraceLow: 1, SpanID: 3, State: []byte("dd=s:1"), Flags: 1<<31 | 1,
			Attributes: []Text{{[]byte("a"), []byte("b")}, {[]byte("c"), []byte("d")}}}},
	}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got  %+v\nwant %+v", s, want)
	}
	if v, ok := s.Number("m"); v != 0.5 || !ok || string(s.Text("k")) != "v" || s.Text("m") != nil {
		t.Error("tags are not found")
	}
	s.Read(r)
	if r.Err != nil || len(r.Rest) != 0 || s.ID != 10 || string(s.Resource) != "same" || len(s.Meta)+len(s.Metrics)+len(s.Links) != 0 || s.Failed {
		t.Errorf("second span: %+v, %v, %d bytes left", s, r.Err, len(r.Rest))
	}
}

// TestEncode has somebody else read the result.
func TestEncode(t *testing.T) {
	b, err := Encoder{}.Append([]byte("before"), [][]byte{append(chunk(), chunk()...), chunk()})
	if err != nil || string(b[:6]) != "before" {
		t.Fatal(err)
	}
	v, rest, err := msgp.ReadIntfBytes(b[6:])
	if err != nil || len(rest) != 0 {
		t.Fatal(err, len(rest))
	}
	full := map[string]any{
		"trace_id": uint64(1<<63 | 5), "span_id": int64(6), "parent_id": int64(7), "start": int64(8), "duration": int64(9), "error": int64(1),
		"service": "s", "name": "n", "resource": "r", "type": "t", "meta": map[string]any{"k": "v"}, "metrics": map[string]any{"m": 0.5},
		"span_links": []any{map[string]any{
			"trace_id": int64(1), "trace_id_high": int64(2), "span_id": int64(3), "flags": uint64(1<<31 | 1), "tracestate": "dd=s:1",
			"attributes": map[string]any{"a": "b", "c": "d"},
		}},
	}
	empty := map[string]any{
		"trace_id": int64(1), "span_id": int64(10), "parent_id": int64(0), "start": int64(0), "duration": int64(0), "error": int64(0),
		"service": "", "name": "same", "resource": "same", "meta": map[string]any{}, "metrics": map[string]any{},
	}
	one := []any{full, empty}
	if want := []any{one, one, one}; !reflect.DeepEqual(v, want) {
		t.Errorf("got  %v\nwant %v", v, want)
	}
}

func FuzzEncode(f *testing.F) {
	f.Add(chunk())
	f.Fuzz(func(t *testing.T, segment []byte) {
		b, err := Encoder{}.Append(nil, [][]byte{segment})
		r := msgpack.Reader{Rest: segment}
		var s Span
		for len(r.Rest) > 0 && r.Err == nil {
			for n := Chunk(&r); n > 0 && r.Err == nil; n-- {
				s.Read(&r)
			}
		}
		if r.Err == nil && err != nil {
			t.Errorf("it can be read and not encoded: %v", err)
		}
		if err == nil {
			if _, rest, err := msgp.ReadIntfBytes(b); err != nil || len(rest) > 0 {
				t.Skip("not keys of a map") // of what is inside of the values nothing is looked at
			}
		}
	})
}
