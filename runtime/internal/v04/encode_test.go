//go:build go1.21

package v04

import (
	"reflect"
	"testing"

	"github.com/tinylib/msgp/msgp"

	"github.com/ddinstrument/ddinstrument/runtime/internal/chunk"
	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

func pair(b []byte, key, value string) []byte {
	return msgpack.AppendString(msgpack.AppendString(b, key), value)
}

// example has a span with everything and one with nothing.
func example() []byte {
	b := chunk.AppendHead(nil, 1<<63|5)
	b = chunk.AppendSpan(b, 6, 7, 8, 9, true)
	tail := len(b)
	for _, text := range []string{"s", "n", "r", "t"} {
		b = msgpack.AppendString(b, text)
	}
	b = msgpack.AppendUint(msgpack.AppendString(msgpack.AppendMap(msgpack.AppendArray(b, 1), 1), "span_id"), 3)
	b = pair(msgpack.AppendMap(b, 1), "k", "v")
	b = msgpack.AppendFloat(msgpack.AppendString(msgpack.AppendMap(b, 1), "m"), 0.5)
	chunk.EndSpan(b, tail)

	b = chunk.AppendSpan(b, 10, 0, 0, 0, false)
	tail = len(b)
	b = msgpack.AppendString(msgpack.AppendString(b, ""), "same")
	b = msgpack.AppendString(append(b, msgpack.Nil), "")
	b = msgpack.AppendMap(msgpack.AppendMap(msgpack.AppendArray(b, 0), 0), 0)
	chunk.EndSpan(b, tail)
	chunk.SetSpans(b, 2)
	return b
}

// TestAppend has somebody else read the result.
func TestAppend(t *testing.T) {
	b, err := Encoder{}.Append([]byte("before"), [][]byte{append(example(), example()...), example()})
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
		"span_links": []any{map[string]any{"span_id": int64(3)}},
	}
	empty := map[string]any{
		"trace_id": uint64(1<<63 | 5), "span_id": int64(10), "parent_id": int64(0), "start": int64(0), "duration": int64(0), "error": int64(0),
		"service": "", "name": "same", "resource": "same", "meta": map[string]any{}, "metrics": map[string]any{},
	}
	one := []any{full, empty}
	if want := []any{one, one, one}; !reflect.DeepEqual(v, want) {
		t.Errorf("got  %v\nwant %v", v, want)
	}
}

// FuzzAppend: what is no chunk is an error and no panic.
func FuzzAppend(f *testing.F) {
	f.Add(example())
	f.Fuzz(func(t *testing.T, segment []byte) {
		b, err := Encoder{}.Append([]byte("x"), [][]byte{segment})
		if err != nil && string(b) != "x" {
			t.Errorf("%d bytes after %v", len(b), err)
		}
	})
}
