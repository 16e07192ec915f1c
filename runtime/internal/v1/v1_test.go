//go:build go1.21

package v1

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/internal/chunk"
	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

// span is one of a chunk as it waits. Its texts are pairs of field and value, as its tags are of key and value.
type span struct {
	texts   []string
	numbers map[string]uint64
	meta    []string
	metrics map[string]float64
	links   []byte
}

func (s span) append(b []byte) []byte {
	b = chunk.AppendSpan(b, s.numbers["span_id"], s.numbers["parent_id"], int64(s.numbers["start"]), int64(s.numbers["duration"]), s.numbers["error"] != 0)
	tail := len(b)
	for _, field := range []string{"service", "name", "resource", "type"} {
		value := ""
		for i := 0; i < len(s.texts); i += 2 {
			if s.texts[i] == field {
				value = s.texts[i+1]
			}
		}
		b = msgpack.AppendString(b, value)
	}
	if s.links == nil {
		b = msgpack.AppendArray(b, 0)
	}
	b = append(b, s.links...)
	b = pairs(msgpack.AppendMap(b, len(s.meta)/2), s.meta)
	b = msgpack.AppendMap(b, len(s.metrics))
	for key, v := range s.metrics {
		b = msgpack.AppendFloat(msgpack.AppendString(b, key), v)
	}
	chunk.EndSpan(b, tail)
	return b
}

func pairs(b []byte, list []string) []byte {
	for _, s := range list {
		b = msgpack.AppendString(b, s)
	}
	return b
}

func chunkOf(spans ...span) []byte {
	trace := uint64(0)
	if len(spans) > 0 {
		trace = spans[0].numbers["trace_id"]
	}
	b := chunk.AppendHead(nil, trace)
	for _, s := range spans {
		b = s.append(b)
	}
	chunk.SetSpans(b, len(spans))
	return b
}

func payload(t *testing.T, h Header, segments ...[]byte) fields {
	t.Helper()
	b, err := New(h).Append([]byte("before"), segments)
	if err != nil || !bytes.HasPrefix(b, []byte("before")) {
		t.Fatalf("%.20q, %v", b, err)
	}
	p, err := readPayload(b[len("before"):])
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func links() []byte {
	b := msgpack.AppendMap(msgpack.AppendArray(nil, 2), 6)
	for i, key := range []string{"trace_id", "trace_id_high", "span_id", "flags"} {
		b = msgpack.AppendUint(msgpack.AppendString(b, key), []uint64{1, 2, 3, 1<<31 | 1}[i])
	}
	b = pairs(b, []string{"tracestate", "dd=s:1"})
	b = pairs(msgpack.AppendMap(msgpack.AppendString(b, "attributes"), 1), []string{"a", "b"})
	return msgpack.AppendUint(msgpack.AppendString(msgpack.AppendMap(b, 1), "span_id"), 4)
}

func TestAppend(t *testing.T) {
	root := span{
		texts:   []string{"service", "shop", "name", "web.request", "resource", "GET /", "type", "web"},
		numbers: map[string]uint64{"trace_id": 5, "span_id": 6, "start": 1700000000123456789, "duration": 250, "error": 1},
		meta: []string{"env", "ci", "version", "1.2", "component", "net/http", "span.kind", "server", "language", "go", "runtime-id", "r",
			"_dd.p.tid", "69230000000000ff", "_dd.p.dm", "-3", "_dd.origin", "rum", "_dd.hostname", "h", commitKey, "c0ffee", modeKey, "edge", "k", "v"},
		metrics: map[string]float64{"_sampling_priority_v1": 2, "process_id": 7},
		links:   links(),
	}
	child := span{
		texts:   []string{"service", "shop", "name", "work", "resource", "work"},
		numbers: map[string]uint64{"trace_id": 5, "span_id": 1 << 63, "parent_id": 6, "start": 1700000000123456789, "error": 0},
		meta:    []string{"env", "", "version", "1.2", "span.kind", "odd", "events", "mine", "v", "k"},
		metrics: map[string]float64{"_sampling_priority_v1": -1},
	}
	other := span{texts: []string{"service", "other"}, numbers: map[string]uint64{"trace_id": 9, "span_id": 9}, meta: []string{"version", "2"}}
	got := payload(t, Header{Language: "go", LanguageVersion: "go1.26", TracerVersion: "v1", RuntimeID: "r", ContainerID: "c", Attributes: []Attribute{{"a", "b"}}},
		append(chunkOf(root, child), chunkOf(other)...), nil, chunkOf())
	want := fields{
		2: "c", 3: "go", 4: "go1.26", 5: "v1", 6: "r", 7: "ci", 8: "h", 9: "2",
		10: attributes{"a": "b", commitKey: "c0ffee", modeKey: "edge"},
		11: []any{
			fields{
				1: int64(2), 2: "rum", 6: "\x69\x23\x00\x00\x00\x00\x00\xff\x00\x00\x00\x00\x00\x00\x00\x05", 7: uint64(3),
				4: []any{
					fields{1: "shop", 2: "web.request", 3: "GET /", 4: uint64(6), 6: uint64(1700000000123456789), 7: uint64(250), 8: true, 10: "web",
						9: attributes{"language": "go", "runtime-id": "r", "_dd.p.tid": "69230000000000ff", "_dd.p.dm": "-3", "_dd.origin": "rum",
							"_dd.hostname": "h", commitKey: "c0ffee", modeKey: "edge", "k": "v", "_sampling_priority_v1": 2.0, "process_id": 7.0},
						11: []any{
							fields{1: string(make([]byte, 7)) + "\x02" + string(make([]byte, 7)) + "\x01", 2: uint64(3), 3: attributes{"a": "b"}, 4: "dd=s:1", 5: uint64(1<<31 | 1)},
							fields{1: string(make([]byte, 16)), 2: uint64(4), 3: attributes{}},
						},
						13: "ci", 14: "1.2", 15: "net/http", 16: uint64(2)},
					fields{1: "shop", 2: "work", 3: "work", 4: uint64(1 << 63), 5: uint64(6), 6: uint64(1700000000123456789), 7: uint64(0),
						9: attributes{"env": "", "span.kind": "odd", "events": "mine", "v": "k", "_sampling_priority_v1": -1.0}, 14: "1.2", 16: uint64(1)},
				},
			},
			fields{1: int64(math.MinInt8), 6: string(make([]byte, 15)) + "\x09", 4: []any{
				fields{1: "other", 4: uint64(9), 6: uint64(0), 7: uint64(0), 14: "2", 16: uint64(1)}}},
			fields{1: int64(math.MinInt8), 6: string(make([]byte, 16)), 4: []any(nil)},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestKnownHeader: what the program knows of itself counts for more than what its spans say.
func TestKnownHeader(t *testing.T) {
	s := span{meta: []string{"env", "ci", "version", "2", "_dd.hostname", "h"}}
	p := payload(t, Header{Env: "prod", Version: "1", Hostname: "host"}, chunkOf(s))
	if p[7] != "prod" || p[8] != "host" || p[9] != "1" || p[10] != nil {
		t.Errorf("%v", p)
	}
}

func TestEvents(t *testing.T) {
	text := `[{"name":"exception","time_unix_nano":1763890000123456789,"attributes":{"exception.message":"b\u00e4h \"","b":true,"i":-9007199254740993,` +
		`"f":0.5,"large":1e300,"ints":[1,2],"floats":[1,2.5],"texts":["a",""],"none":[]}},{"name":"exception","time_unix_nano":2,"attributes":{}}]`
	s := payload(t, Header{}, chunkOf(span{meta: []string{"events", text}}))[11].([]any)[0].(fields)[4].([]any)[0].(fields)
	want := []any{
		fields{1: uint64(1763890000123456789), 2: "exception", 3: attributes{"exception.message": "bäh \"", "b": true, "i": int64(-9007199254740993), "f": 0.5,
			"large": 1e300, "ints": []any{int64(1), int64(2)}, "floats": []any{1.0, 2.5}, "texts": []any{"a", ""}, "none": []any{}}},
		fields{1: uint64(2), 2: "exception", 3: attributes{}},
	}
	if !reflect.DeepEqual(s[12], want) || s[9] != nil {
		t.Errorf("got  %v\nwant %v", s, want)
	}
	for _, text := range []string{
		"", "text", "[]", "{}", "null", "[1]", `[{}]`, `[{"name":1}]`, `[{"name":"n","time_unix_nano":-1}]`, `[{"name":"n","time_unix_nano":0.5}]`,
		`[{"name":"n","attributes":[]}]`, `[{"name":"n","attributes":{"a":null}}]`, `[{"name":"n","attributes":{"a":{}}}]`, `[{"name":"n","attributes":{"a":[[]]}}]`,
		`[{"name":"n","attributes":{"a":1e999}}]`, `[{"name":"n","more":1}]`, `[{"name":"n"},{}]`,
	} {
		s := payload(t, Header{}, chunkOf(span{meta: []string{"events", text}}))[11].([]any)[0].(fields)[4].([]any)[0].(fields)
		if s[12] != nil || !reflect.DeepEqual(s[9], attributes{"events": text}) {
			t.Errorf("%s: %v", text, s)
		}
	}
}

// TestStrings: the table grows, is used again, and knows what a string is that is no UTF-8.
func TestStrings(t *testing.T) {
	e := New(Header{})
	for _, n := range []int{10, 30000, mostStrings + 10, 5} {
		var spans []span
		for i := 0; i < n; i++ {
			spans = append(spans, span{texts: []string{"name", fmt.Sprint("n", i), "service", fmt.Sprint("n", n-1-i), "resource", "a\xffb\xff\xfe", "type", "a\uFFFDb\uFFFD\uFFFD"}})
		}
		b, err := e.Append(nil, [][]byte{chunkOf(spans...)})
		if err != nil {
			t.Fatal(err)
		}
		p, err := readPayload(b)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range p[11].([]any)[0].(fields)[4].([]any) {
			s := s.(fields)
			if s[2] != fmt.Sprint("n", i) || s[1] != fmt.Sprint("n", n-1-i) || s[3] != s[10] || s[3] != "a\uFFFDb\uFFFD\uFFFD" {
				t.Fatalf("%d: %v", i, s)
			}
		}
		if len(e.strings.entries) > mostEntries {
			t.Errorf("%d entries for %d strings", len(e.strings.entries), n)
		}
	}
	if len(e.strings.entries) > keptEntries {
		t.Error("a large table is kept")
	}
}

func TestNoChunk(t *testing.T) {
	good := chunkOf(span{texts: []string{"name", strings.Repeat("x", 100)}})
	for _, segments := range [][][]byte{{{0xc0}}, {good[:len(good)-1]}, {good, {0x91, 0xc0}}} {
		if b, err := New(Header{}).Append([]byte("b"), segments); err == nil || string(b) != "b" {
			t.Errorf("%q: %q, %v", segments, b, err)
		}
	}
}

// FuzzAppend: whatever the bytes are, there is an error or a payload that can be read.
func FuzzAppend(f *testing.F) {
	f.Add(chunkOf(span{meta: []string{"events", `[{"name":"n","attributes":{"a":[1,0.5]}}]`, "_dd.p.tid", "0123", "_dd.p.dm", "-1", "span.kind", "client"}, links: links()}), []byte{})
	f.Add(chunkOf(span{texts: []string{"name", "\xff"}, metrics: map[string]float64{"m": 1}}), chunkOf())
	e := New(Header{Language: "go"})
	f.Fuzz(func(t *testing.T, one, two []byte) {
		b, err := e.Append(nil, [][]byte{one, two})
		if err != nil {
			return
		}
		if _, err := readPayload(b); err != nil {
			t.Errorf("%v: %x", err, b)
		}
	})
}

// TestTails has the same tails come again and again, of which the third and later ones are copies: every chunk says the
// same, but for what differs. A tail with a string of its own between them is none of them.
func TestTails(t *testing.T) {
	var chunks []byte
	for i := uint64(1); i <= 6; i++ {
		root := span{
			texts: []string{"service", "shop", "name", "web.request", "resource", "GET /", "type", "web"}, links: links(),
			numbers: map[string]uint64{"trace_id": i, "span_id": i, "start": 100 * i, "duration": i, "error": i % 2},
			meta: []string{"env", "ci", "version", fmt.Sprint(i / 4), "_dd.p.tid", "69230000000000ff", "_dd.p.dm", "-3", "_dd.origin", "rum",
				"events", `[{"name":"e","time_unix_nano":5}]`},
			metrics: map[string]float64{"_sampling_priority_v1": 2},
		}
		child := span{
			texts:   []string{"service", "shop", "name", "work", "resource", "work"},
			numbers: map[string]uint64{"trace_id": i, "span_id": i + 10, "parent_id": i},
			meta:    []string{"k", "v"}, metrics: map[string]float64{"_sampling_priority_v1": -1},
		}
		chunks = append(chunks, chunkOf(root, child, root)...)
	}
	e := New(Header{})
	for round := 0; round < 2; round++ { // what is known of a payload is forgotten with it
		b, err := e.Append(nil, [][]byte{chunks})
		if err != nil {
			t.Fatal(err)
		}
		p, err := readPayload(b)
		if err != nil {
			t.Fatal(err)
		}
		if p[9] != any("1") {
			t.Errorf("the version is %v", p[9])
		}
		for n, c := range p[11].([]any) {
			i := uint64(n + 1)
			root := fields{1: "shop", 2: "web.request", 3: "GET /", 4: i, 6: 100 * i, 7: i, 10: "web",
				9:  attributes{"_dd.p.tid": "69230000000000ff", "_dd.p.dm": "-3", "_dd.origin": "rum", "_sampling_priority_v1": 2.0},
				11: []any{fields{1: string(make([]byte, 7)) + "\x02" + string(make([]byte, 7)) + "\x01", 2: uint64(3), 3: attributes{"a": "b"}, 4: "dd=s:1", 5: uint64(1<<31 | 1)}, fields{1: string(make([]byte, 16)), 2: uint64(4), 3: attributes{}}},
				12: []any{fields{1: uint64(5), 2: "e", 3: attributes{}}}, 13: "ci", 14: fmt.Sprint(i / 4), 16: uint64(1)}
			if i%2 != 0 {
				root[8] = true
			}
			child := fields{1: "shop", 2: "work", 3: "work", 4: i + 10, 5: i, 6: uint64(0), 7: uint64(0), 9: attributes{"k": "v", "_sampling_priority_v1": -1.0}, 16: uint64(1)}
			id := "\x69\x23\x00\x00\x00\x00\x00\xff" + string(make([]byte, 7)) + string(rune(i))
			want := fields{1: int64(2), 2: "rum", 4: []any{root, child, root}, 6: id, 7: uint64(3)}
			if !reflect.DeepEqual(c, any(want)) {
				t.Errorf("chunk %d:\ngot  %v\nwant %v", i, c, want)
			}
		}
	}
}
