//go:build go1.21

package chunk

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

// example has a span with everything and one with nothing.
func example() []byte {
	b := AppendHead(nil, 1<<63|5)
	b = AppendSpan(b, 6, 7, 8, 9, true)
	tail := len(b)
	for _, text := range []string{"s", "n", "r", "t"} {
		b = msgpack.AppendString(b, text)
	}
	b = msgpack.AppendArray(b, 1)
	b = msgpack.AppendMap(b, 7)
	b = number(number(number(number(b, "trace_id", 1), "trace_id_high", 2), "span_id", 3), "flags", 1<<31|1)
	b = number(msgpack.AppendMap(msgpack.AppendString(b, "unknown"), 1), "x", 1)
	b = pair(pair(msgpack.AppendMap(msgpack.AppendString(pair(b, "tracestate", "dd=s:1"), "attributes"), 2), "a", "b"), "c", "d")
	b = pair(msgpack.AppendMap(b, 1), "k", "v")
	b = msgpack.AppendFloat(msgpack.AppendString(msgpack.AppendMap(b, 1), "m"), 0.5)
	EndSpan(b, tail)

	b = AppendSpan(b, 10, 0, -1, 0, false)
	tail = len(b)
	b = msgpack.AppendString(msgpack.AppendString(b, ""), "same")
	b = append(b, msgpack.Nil)
	b = msgpack.AppendString(b, "")
	b = msgpack.AppendMap(msgpack.AppendMap(msgpack.AppendArray(b, 0), 0), 0)
	EndSpan(b, tail)
	SetSpans(b, 2)
	return b
}

func TestRead(t *testing.T) {
	r := Reader{Rest: append(example(), example()...)}
	for i := 0; i < 2; i++ {
		if n := r.Chunk(); n != 2 {
			t.Fatalf("%d spans", n)
		}
		var s Span
		if !r.Span(&s) {
			t.Fatal(r.Err)
		}
		want := Span{
			Service: []byte("s"), Name: []byte("n"), Resource: []byte("r"), Type: []byte("t"),
			TraceID: 1<<63 | 5, ID: 6, ParentID: 7, Start: 8, Duration: 9, Failed: true, Tail: s.Tail,
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
		if !r.Span(&s) || s.ID != 10 || s.Start != -1 || string(s.Resource) != "same" || len(s.Meta)+len(s.Metrics)+len(s.Links) != 0 || s.Failed {
			t.Errorf("second span: %+v, %v", s, r.Err)
		}
	}
	if r.Err != nil || len(r.Rest) != 0 {
		t.Errorf("%v, %d bytes left", r.Err, len(r.Rest))
	}
}

// TestCut reads what has been cut off, and what goes on too long.
func TestCut(t *testing.T) {
	whole := example()
	for n := 1; n < len(whole); n++ {
		if r := (Reader{Rest: whole[:n]}); readAll(&r) == nil {
			t.Errorf("%d bytes of %d are read", n, len(whole))
		}
	}
	long := append([]byte(nil), whole...)
	long[headSize+spanSize-4]++ // the first tail's length
	if r := (Reader{Rest: long}); readAll(&r) == nil {
		t.Error("a tail that is too long is read")
	}
}

func readAll(r *Reader) error {
	var s Span
	for len(r.Rest) > 0 {
		for n := r.Chunk(); n > 0 && r.Span(&s); n-- {
		}
	}
	return r.Err
}

func FuzzRead(f *testing.F) {
	f.Add(example())
	f.Fuzz(func(t *testing.T, segment []byte) {
		if r := (Reader{Rest: segment}); readAll(&r) == nil && len(r.Rest) > 0 {
			t.Error("not read to the end")
		}
	})
}

// TestHugeTail: a length that is negative as an int of 32 bits is none.
func TestHugeTail(t *testing.T) {
	b := AppendSpan(AppendHead(nil, 1), 1, 0, 0, 0, false)
	SetSpans(b, 1)
	for i := len(b) - 4; i < len(b); i++ {
		b[i] = 0xff
	}
	r := Reader{Rest: b}
	if n := r.Chunk(); n != 1 || r.Next(new(Span)) || r.Err != ErrFormat {
		t.Errorf("%d spans, %v", n, r.Err)
	}
}
