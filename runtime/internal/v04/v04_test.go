//go:build go1.21

package v04

import (
	"reflect"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

func pair(b []byte, key, value string) []byte {
	return msgpack.AppendString(msgpack.AppendString(b, key), value)
}

func number(b []byte, key string, v uint64) []byte {
	return msgpack.AppendUint(msgpack.AppendString(b, key), v)
}

func TestRead(t *testing.T) {
	b := msgpack.AppendArray(nil, 2)
	b = msgpack.AppendMap(b, 14)
	b = number(number(number(b, "trace_id", 1<<63|5), "span_id", 6), "parent_id", 7)
	b = number(number(number(b, "start", 8), "duration", 9), "error", 1)
	b = pair(pair(pair(pair(b, "service", "s"), "name", "n"), "resource", "r"), "type", "t")
	b = pair(msgpack.AppendMap(msgpack.AppendString(b, "meta"), 1), "k", "v")
	b = msgpack.AppendFloat(msgpack.AppendString(msgpack.AppendMap(msgpack.AppendString(b, "metrics"), 1), "m"), 0.5)
	b = number(msgpack.AppendMap(msgpack.AppendString(b, "unknown"), 1), "x", 1)
	b = msgpack.AppendArray(msgpack.AppendString(b, "span_links"), 1)
	b = msgpack.AppendMap(b, 6)
	b = number(number(number(number(b, "trace_id", 1), "trace_id_high", 2), "span_id", 3), "flags", 1<<31|1)
	b = pair(pair(msgpack.AppendMap(msgpack.AppendString(pair(b, "tracestate", "dd=s:1"), "attributes"), 2), "a", "b"), "c", "d")
	b = number(msgpack.AppendMap(b, 1), "span_id", 10)

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
	if r.Err != nil || len(r.Rest) != 0 || s.ID != 10 || len(s.Meta)+len(s.Metrics)+len(s.Links) != 0 || s.Failed {
		t.Errorf("second span: %+v, %v, %d bytes left", s, r.Err, len(r.Rest))
	}
}
