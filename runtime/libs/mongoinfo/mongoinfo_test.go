package mongoinfo

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// Just enough of an encoder: d, a, and values of Go's own types.
type (
	d  []kv
	a  []any
	kv struct {
		k string
		v any
	}
	raw struct {
		kind byte
		b    []byte
	}
)

func encode(doc d) []byte {
	var b []byte
	for _, e := range doc {
		kind, v := value(e.v)
		b = append(append(append(append(b, kind), e.k...), 0), v...)
	}
	return append(append(binary.LittleEndian.AppendUint32(nil, uint32(len(b)+5)), b...), 0)
}

func value(v any) (byte, []byte) {
	le := binary.LittleEndian
	switch v := v.(type) {
	case d:
		return 3, encode(v)
	case a:
		var list d
		for _, e := range v {
			list = append(list, kv{"0", e})
		}
		return 4, encode(list)
	case string:
		return 2, append(append(le.AppendUint32(nil, uint32(len(v)+1)), v...), 0)
	case bool:
		if v {
			return 8, []byte{1}
		}
		return 8, []byte{0}
	case int:
		return 0x10, le.AppendUint32(nil, uint32(v))
	case int64:
		return 0x12, le.AppendUint64(nil, uint64(v))
	case float64:
		return 1, le.AppendUint64(nil, math.Float64bits(v))
	case raw:
		return v.kind, v.b
	}
	return 0x0a, nil
}

func statement(doc d) string {
	s := Begin(nil, encode(doc))
	return s.String()
}

func TestStatement(t *testing.T) {
	for _, c := range []struct {
		doc  d
		want string
	}{
		{d{}, `{}`},
		{d{{"ping", 1}, {"$db", "admin"}}, `{"ping":1,"$db":"admin"}`},
		{d{{"find", "users"}, {"filter", d{{"email", "a@b.c"}, {"age", d{{"$gt", 30}}}}}, {"sort", d{{"age", -1}}}, {"limit", int64(5)}, {"lsid", d{{"id", "s"}}}, {"$clusterTime", d{}}},
			`{"find":"users","filter":{"email":"?","age":{"$gt":"?"}},"sort":{"age":-1},"limit":"?"}`},
		{d{{"endSessions", a{d{{"id", "s3cret"}}}}}, `{"endSessions":[{"id":"?"}]}`},
		{d{{"getMore", int64(42)}, {"collection", "users"}}, `{"getMore":42,"collection":"users"}`},
		{d{{"aggregate", "users"}, {"pipeline", a{d{{"$match", d{{"a", true}}}}, d{{"$limit", 3}}}}, {"cursor", d{}}},
			`{"aggregate":"users","pipeline":[{"$match":{"a":"?"}},{"$limit":"?"}],"cursor":{}}`},
		{d{{"find", "a\"b\\c\n\xff"}, {"filter", d{{"sort", "secret"}}}}, `{"find":"a\"b\\c\u000a�","filter":{"sort":"?"}}`},
		{d{{"x", 1.5}, {"sort", d{{"a", math.NaN()}}}, {"ordered", true}}, `{"x":1.5,"sort":{"a":"?"},"ordered":true}`},
		{d{{"x", "c"}, {"in", a{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}}, `{"x":"c","in":["?","?","?","?","?","?","?","?","?","?","..."]}`},
		{d{{"x", "c"}, {"a", raw{0x05, []byte{1, 0, 0, 0, 0, 7}}}, {"b", raw{0x0b, []byte("a\x00i\x00")}}, {"c", raw{0x07, make([]byte, 12)}}, {"d", nil},
			{"e", raw{0x0c, append([]byte{2, 0, 0, 0, 'x', 0}, make([]byte, 12)...)}}, {"f", raw{0x0f, []byte{4, 0, 0, 0}}}, {"g", raw{0x13, make([]byte, 16)}}, {"h", raw{0x09, make([]byte, 8)}}},
			`{"x":"c","a":"?","b":"?","c":"?","d":"?","e":"?","f":"?","g":"?","h":"?"}`},
	} {
		got := statement(c.doc)
		if got != c.want {
			t.Errorf("\n got %s\nwant %s", got, c.want)
		}
		if !json.Valid([]byte(got)) {
			t.Errorf("no JSON: %s", got)
		}
	}
}

func TestBatch(t *testing.T) {
	one := encode(d{{"_id", 1}, {"name", "x"}})
	s := Begin(nil, encode(d{{"insert", "users"}}))
	s.Batch("documents", append(append([]byte{}, one...), one...))
	if got, want := s.String(), `{"insert":"users","documents":[{"_id":"?","name":"?"},{"_id":"?","name":"?"}]}`; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	s = Begin(nil, encode(nil))
	s.Batch("documents", nil)
	if got, want := s.String(), `{"documents":[]}`; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	s = Begin(nil, encode(d{{"insert", "users"}}))
	var many []byte
	for i := 0; i < 10000; i++ {
		many = append(many, one...)
	}
	s.Batch("documents", many)
	if got := s.String(); len(got) > 600 || !json.Valid([]byte(got)) || !strings.HasSuffix(got, `,"..."]}`) {
		t.Errorf("%d bytes: %s", len(got), got)
	}
}

// However large and deep a command is, what is shown stays small, and is JSON.
func TestBounds(t *testing.T) {
	var wide, deep d
	for i := 0; i < 10000; i++ {
		wide = append(wide, kv{"some key", "v"})
	}
	for i := 0; i < 1000; i++ {
		deep = d{{"deep", deep}}
	}
	for _, doc := range []d{wide, deep, {{"find", strings.Repeat("x", 100)}, {"filter", wide}, {"more", wide}}} {
		if got := statement(doc); len(got) > maxStatement+200 || !json.Valid([]byte(got)) {
			t.Errorf("%d bytes: %s", len(got), got)
		}
	}
}

func FuzzStatement(f *testing.F) {
	f.Add(encode(d{{"find", "users"}, {"filter", d{{"a", a{1, "x"}}}}}), encode(d{{"a", 1}}))
	f.Add([]byte{5, 0, 0, 0, 0}, []byte{0xff, 0xff, 0xff, 0xff, 0})
	f.Fuzz(func(t *testing.T, command, documents []byte) {
		s := Begin(nil, command)
		s.Batch("documents", documents)
		if got := s.String(); !json.Valid([]byte(got)) {
			t.Errorf("no JSON: %s", got)
		}
	})
}
