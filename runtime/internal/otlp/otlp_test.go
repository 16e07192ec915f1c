//go:build go1.21

package otlp

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

var header = Header{Service: "shop", Version: "1.2", Env: "prod", Host: "h", Go: "go1", Tracer: "0.1", ProcessID: 300, Instance: "uuid",
	Resource: [][2]string{{"host.name", "other"}, {"k8s.pod.name", "p"}}}

func requested(t *testing.T, e *Encoder, segments ...[]byte) string {
	t.Helper()
	b, err := e.Append([]byte("before"), segments)
	if err != nil {
		t.Fatal(err)
	}
	text := show([]byte(strings.TrimPrefix(string(b), "before")), request)
	if strings.Contains(text, "!") {
		t.Errorf("not a request: %s", text)
	}
	return text
}

func equal(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", strings.ReplaceAll(got, " a{", "\n a{"), strings.ReplaceAll(want, " a{", "\n a{"))
	}
}

func texts(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, " a{k=%s v{s=%s}}", pairs[i], pairs[i+1])
	}
	return b.String()
}

// resource is what comes before the spans of a service.
func resource(service, version string) string {
	list := texts("host.name", "other", "k8s.pod.name", "p") + version + texts("deployment.environment", "prod", "deployment.environment.name", "prod", "service.instance.id", "uuid") +
		" a{k=process.pid v{i=300}}" + texts("process.runtime.name", "go", "process.runtime.version", "go1", "telemetry.sdk.name", "ddinstrument",
		"telemetry.sdk.language", "go", "telemetry.sdk.version", "0.1", "service.name", service)
	return "resource{" + list[1:] + "} scope{is{name=github.com/ddinstrument/ddinstrument/runtime/tracer version=0.1}"
}

// TestSpan: each field, of two services, in two segments, the first of which has a chunk of two spans.
func TestSpan(t *testing.T) {
	root := tagged{name: "web.request", service: "shop", resource: "GET /", typ: "web", id: 1<<63 | 2, parent: 9, start: 1700000000000000001, duration: 5,
		meta:    [][2]string{{"_dd.p.tid", "640cfd8d00000000"}, {"env", "prod"}, {"version", "1.2"}, {"empty", ""}, {"w3c.tracestate", "a=b"}},
		metrics: []numbered{{"_sampling_priority_v1", 1}, {"process_id", 300}, {"n", 0.5}}}
	child := tagged{name: "sql.query", service: "db", resource: "SELECT", typ: "sql", id: 3, parent: 1<<63 | 2, start: 10, duration: -5, failed: true,
		meta: [][2]string{{"span.kind", "client"}, {"error.message", "boo"}, {"error.stack", "main.f"}, {"service.version", "7"}, {"version", "8"}, {"dd.span.Resource", "mine"}, {"\xff", "\xffx"}},
		links: func(b []byte) []byte {
			b = msgpack.AppendMap(msgpack.AppendArray(b, 1), 6)
			for _, n := range []struct {
				key string
				v   uint64
			}{{"trace_id", 2}, {"trace_id_high", 1}, {"span_id", 3}, {"flags", 1<<31 | 1}} {
				b = msgpack.AppendUint(msgpack.AppendString(b, n.key), n.v)
			}
			b = msgpack.AppendString(msgpack.AppendString(b, "tracestate"), "dd=s:1")
			b = msgpack.AppendMap(msgpack.AppendString(b, "attributes"), 1)
			return msgpack.AppendString(msgpack.AppendString(b, "reason"), "batch")
		}}
	alone := tagged{name: "f", service: "shop", resource: "f", id: 4}
	e := New(header)
	shop := texts("dd.span.Resource", "GET /", "span.type", "web", "sampling.priority", "1.000000", "datadog.span.id", "9223372036854775810", "datadog.trace.id", "7",
		"_dd.p.tid", "640cfd8d00000000", "deployment.environment", "prod", "service.version", "1.2", "empty", "") +
		" a{k=_sampling_priority_v1 v{n=1}} a{k=process.pid v{n=300}} a{k=n v{n=0.5}}"
	db := texts("span.type", "sql", "datadog.span.id", "3", "datadog.trace.id", "7",
		"span.kind", "client", "error.message", "boo", "error.stack", "main.f", "service.version", "7", "dd.span.Resource", "mine", "\uFFFD", "\uFFFDx")
	const ids = "trace=640cfd8d000000000000000000000007"
	want := "of{" + resource("shop", texts("service.version", "1.2")) +
		" span{" + ids + " span=8000000000000002 state=a=b parent=0000000000000009 name=web.request kind=2 start=1700000000000000001 end=1700000000000000006" + shop + " status{code=1} flags=0x1}" +
		" span{trace=00000000000000000000000000000008 span=0000000000000004 name=f start=0 end=0" + texts("dd.span.Resource", "f", "datadog.span.id", "4", "datadog.trace.id", "8") + " status{code=1} flags=0x1}}}" +
		" of{" + resource("db", "") +
		" span{" + ids + " span=0000000000000003 state=a=b parent=8000000000000002 name=sql.query kind=3 start=10 end=10" + db +
		" link{trace=00000000000000010000000000000002 span=0000000000000003 state=dd=s:1 a{k=reason v{s=batch}} flags=0x1} status{message=boo code=2} flags=0x1}}}"
	for i := 0; i < 2; i++ { // nothing of the first is left in the second
		equal(t, requested(t, e, encoded(7, root, child), encoded(8, alone)), want)
	}
}

func TestKind(t *testing.T) {
	for of, want := range map[[2]string]string{
		{"server", "http"}: "kind=2 ", {"consumer", ""}: "kind=5 ", {"producer", ""}: "kind=4 ", {"internal", "web"}: "kind=1 ", {"", "http"}: "kind=3 ", {"else", "web"}: "kind=2 ", {"", "sql"}: "",
	} {
		got := requested(t, New(header), encoded(1, tagged{typ: of[1], id: 1, meta: [][2]string{{"span.kind", of[0]}}}))
		if _, rest, _ := strings.Cut(got, "name= "); !strings.HasPrefix(rest, want+"start=") {
			t.Errorf("%v: %.40s", of, rest)
		}
	}
}

// TestUnsampled: of traces that are not kept only the spans are sent that rules for single ones keep.
func TestUnsampled(t *testing.T) {
	first := tagged{name: "first", id: 1, metrics: []numbered{{"_sampling_priority_v1", 0}}}
	kept := tagged{name: "kept", id: 2, metrics: []numbered{{"_dd.span_sampling.mechanism", 8}}}
	e := New(header)
	got := requested(t, e, encoded(1, first, kept, tagged{name: "last", id: 3}))
	if !strings.Contains(got, "name=kept") || strings.Contains(got, "name=first") || strings.Contains(got, "name=last") || strings.Contains(got, "flags") {
		t.Error(got)
	}
	first.metrics[0].value = -1
	equal(t, requested(t, e, encoded(1, first)), "")
}

func TestEvents(t *testing.T) {
	const one = `{"name":"exception","time_unix_nano":1700000000000000001,"attributes":{"exception.type":"*T","b":true,"c":[1,2],"i":9223372036854775807,"f":0.5,"s":""}}`
	got := requested(t, New(header), encoded(1, tagged{id: 1, meta: [][2]string{{"events", "[" + one + "]"}}}))
	want := "event{time=1700000000000000001 name=exception a{k=b v{b=1}} a{k=c v{array{i=1 i=2}}} a{k=exception.type v{s=*T}} a{k=f v{n=0.5}} a{k=i v{i=9223372036854775807}} a{k=s v{s=}}}"
	if !strings.Contains(got, want) || strings.Contains(got, "k=events") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, other := range []string{"three", "[]", "[1]", "{}", `[` + one + `,{"name":1}]`} { // a tag of the program's own
		got := requested(t, New(header), encoded(1, tagged{id: 1, meta: [][2]string{{"events", other}}}))
		if !strings.Contains(got, "a{k=events v{s="+other+"}}") || strings.Contains(got, "event{") {
			t.Errorf("%s: %s", other, got)
		}
	}
}

// TestSizes: messages whose length takes one, two, three and four bytes.
func TestSizes(t *testing.T) {
	for _, n := range []int{0, 1, 20, 100, 127, 128, 15000, 16383, 16384, 25000, 2100000} {
		long := strings.Repeat("x", n)
		got := requested(t, New(header), encoded(1, tagged{id: 1, failed: true, meta: [][2]string{{"long", long}, {"error.message", long}}}, tagged{name: "next", id: 2}))
		if !strings.Contains(got, "a{k=long v{s="+long+"}}") || !strings.Contains(got, "name=next") {
			t.Errorf("%d bytes", n)
		}
	}
}

// TestMany: as much as a request has, of more services than are remembered. All spans come out, and little memory is
// kept.
func TestMany(t *testing.T) {
	const each = 100
	var segment []byte
	for i := 0; i < 20*each; i++ {
		s := tagged{service: fmt.Sprint("service-", i%200), id: uint64(i) + 1, meta: [][2]string{{"long", strings.Repeat("x", 2000)}}}
		segment = append(segment, encoded(1, s)...)
	}
	e := New(header)
	if got := strings.Count(requested(t, e, segment), " span{"); got != 20*each {
		t.Errorf("%d spans", got)
	}
	kept := 0
	for _, g := range e.groups {
		kept += cap(g.spans)
	}
	if kept > 1<<20 || len(e.groups) > maxGroups {
		t.Errorf("%d bytes of %d services are kept", kept, len(e.groups))
	}
}

func TestErrors(t *testing.T) {
	e := New(header)
	good := encoded(1, tagged{name: "good", id: 1})
	for _, bad := range [][]byte{{0x91}, {0xc0}, good[:len(good)-1], append(append([]byte{}, good...), 0x92, 0x80)} {
		if b, err := e.Append([]byte("x"), [][]byte{good, bad}); err == nil || string(b) != "x" {
			t.Errorf("%x: %q, %v", bad, b, err)
		}
	}
	if got := requested(t, e, good); strings.Count(got, " span{") != 1 {
		t.Errorf("after an error: %s", got)
	}
}

// FuzzAppend: whatever the bytes are, nothing panics, and what comes out is a request.
func FuzzAppend(f *testing.F) {
	f.Add(encoded(1, tagged{name: "n", service: "s", meta: [][2]string{{"events", `[{"name":"a","time_unix_nano":1}]`}, {"env", "\xff"}}, metrics: []numbered{{"process_id", 1}}}), []byte{0x90})
	f.Fuzz(func(t *testing.T, one, two []byte) {
		e := New(header)
		b, err := e.Append(nil, [][]byte{one, two})
		if err != nil && len(b) != 0 {
			t.Errorf("%d bytes in spite of an error", len(b))
		}
		if text := show(b, request); strings.Contains(text, "!field") || strings.Contains(text, "!not UTF-8") {
			t.Errorf("not a request: %s", text)
		}
		Rejected(one)
		Reason(two)
	})
}

func segments() [][]byte {
	var segment []byte
	for i := 0; i < 100; i++ {
		root := tagged{name: "web.request", service: "shop", resource: "GET /", typ: "web", id: 2, start: 1700000000000000001, duration: 5,
			meta:    [][2]string{{"env", "prod"}, {"version", "1.2"}, {"language", "go"}, {"runtime-id", "uuid"}, {"_dd.p.tid", "640cfd8d00000000"}, {"_dd.p.dm", "-1"}},
			metrics: []numbered{{"process_id", 300}, {"_sampling_priority_v1", 1}, {"_dd.top_level", 1}}}
		child := tagged{name: "sql.query", service: "db", resource: "SELECT", typ: "sql", id: 3, parent: 2, start: 10, duration: 5,
			meta: [][2]string{{"env", "prod"}, {"span.kind", "client"}, {"query", "SELECT name FROM dogs"}}, metrics: []numbered{{"rows", 3}}}
		segment = append(segment, encoded(uint64(i), root, child, child, child, child)...)
	}
	return [][]byte{segment}
}

func TestAllocations(t *testing.T) {
	e, in := New(header), segments()
	b, _ := e.Append(nil, in)
	if n := testing.AllocsPerRun(10, func() { b, _ = e.Append(b[:0], in) }); n > 0 {
		t.Errorf("%v allocations for 500 spans", n)
	}
}

// BenchmarkAppend is the time of a span.
func BenchmarkAppend(b *testing.B) {
	e, in := New(header), segments()
	out, _ := e.Append(nil, in)
	b.ReportAllocs()
	b.ResetTimer()
	b.ReportMetric(float64(len(out))/float64(len(in[0])), "bytes/byte")
	for i := 0; i < b.N; i += 500 {
		out, _ = e.Append(out[:0], in)
	}
}
