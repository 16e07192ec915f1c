package agents

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

var bg = context.Background()

// start starts an intake, an agent and the tracer, whose spans go there.
func start(t *testing.T, env ...string) (*intake, *tap) {
	t.Helper()
	in := startIntake(t)
	p := startTap(t, startAgent(t, in, env...))
	startTracer(t, p.URL)
	return in, p
}

func startTracer(t *testing.T, url string) {
	t.Setenv("DD_SERVICE", "agents")
	t.Setenv("DD_ENV", "ci")
	t.Setenv("DD_VERSION", "1.2.3")
	tracer.Start(tracer.WithAgent(url))
	t.Cleanup(tracer.Stop)
}

// meet has the tracer know the agent: what must go at once, as a panic may be the program's end, goes as v0.4 before.
func meet(t *testing.T) {
	t.Helper()
	_, s := tracer.Trace(bg, "first")
	s.Finish()
	flush(t)
}

func flush(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(bg, 20*time.Second)
	defer cancel()
	if err := tracer.Flush(ctx); err != nil {
		t.Fatalf("Flush: %v", err)
	}
}

// unicode is of characters of one to four bytes.
const unicode = "DataDog/Dog äöü 水 🐕 \u0000 \"quoted\"\n"

// cases are traces of all forms. What varies is within what the agent lets through unchanged.
var cases = map[string]func(){
	"every kind of tag": func() {
		_, s := tracer.Trace(bg, "tags", tracer.Type("custom"), tracer.Resource("GET /a/{b}"))
		defer s.Finish()
		s.SetTags(map[string]any{
			"string": "s", "empty": "", "bool": true, "int": -7, "uint": uint8(7), "float": 0.25, "large": int64(1) << 60,
			"largest float": 1.7976931348623157e308, "smallest float": 5e-324, "duration": time.Second, "error": errors.New("boo"),
			"slice": []int{1, 2}, "bytes": []byte("b"), unicode: unicode, "span.kind": "server",
		})
	},
	"long values": func() {
		_, s := tracer.Trace(bg, "long", tracer.Tag("ascii", strings.Repeat("x", 25000)), tracer.Tag("longer", strings.Repeat("x", 25001)),
			tracer.Tag("unicode", strings.Repeat("🐕", 10000)), tracer.Resource(strings.Repeat("r", 5000)))
		s.Finish()
	},
	"errors": func() {
		ctx, root := tracer.Trace(bg, "root")
		defer root.Finish()
		func() (err error) {
			_, s := tracer.Trace(ctx, "returned")
			defer s.Finish(&err)
			return fmt.Errorf("wrapped %s: %w", unicode, io.ErrUnexpectedEOF)
		}()
		func() {
			defer func() { recover() }()
			_, s := tracer.Trace(ctx, "panicked")
			defer s.Finish()
			panic("boo")
		}()
		root.SetError(nil)
	},
	"events": func() {
		_, s := tracer.Trace(bg, "events")
		s.RecordError(errors.New("dealt with"), tracer.Tag("attempt", 2), tracer.Tag("again", true), tracer.Tag("seconds", 0.25),
			tracer.Tag("large", int64(1)<<60+1), tracer.Tag("list", []float64{1, 2.5}), tracer.Tag(unicode, unicode))
		s.RecordError(errors.New("dealt with as well"))
		s.Finish()
	},
	"links": func() {
		_, other := tracer.Trace(bg, "other")
		other.Finish()
		_, s := tracer.Trace(bg, "linked")
		s.AddLink(other, tracer.Tag("reason", unicode), tracer.Tag("n", 1))
		s.AddLink(other)
		s.AddLink(tracer.Extract(tracer.TextMap{"traceparent": "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01", "tracestate": "dd=s:1,other=x"}))
		s.Finish()
	},
	"no UTF-8": func() {
		_, s := tracer.Trace(bg, "broken.text", tracer.Resource("a\xffb"), tracer.Tag("k\xff", "v\xff\xfe"), tracer.Tag("same", "v\uFFFD\uFFFD"))
		s.Finish()
	},
	"services": func() {
		ctx, root := tracer.Trace(bg, "web.request", tracer.Type("web"))
		defer root.Finish()
		_, s := tracer.Trace(ctx, "sql.query", tracer.Service("db"), tracer.Type("sql"), tracer.Resource("SELECT name FROM dogs"))
		s.Finish()
		_, s = tracer.Trace(ctx, "cache.get", tracer.Service("cache-1.2_x"))
		s.Finish()
	},
	"a thousand spans": func() {
		ctx, root := tracer.Trace(bg, "root")
		defer root.Finish()
		for i := range 999 {
			_, s := tracer.Trace(ctx, "child", tracer.Tag("number", i), tracer.Resource(fmt.Sprint("child ", i)))
			s.Finish()
		}
	},
	"a trace that is kept": func() {
		_, s := tracer.Trace(bg, "kept", tracer.Tag("manual.keep", true))
		s.Finish()
	},
}

// TestUnchanged sends traces through the agent, in all forms that it takes, and as it was before it had v1.0: what comes
// out is what went in, span by span.
func TestUnchanged(t *testing.T) {
	for _, c := range []struct {
		name, path string
		env        []string
	}{
		{"v0.4", v04, nil},
		{"v0.4 to an agent without v1.0", v04, []string{legacyVariable + "=1"}},
		{"v1.0", v10, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := startIntake(t)
			hidden := []string{v10}
			if c.path == v10 {
				hidden = nil
			}
			p := startTap(t, startAgent(t, in, c.env...), hidden...)
			startTracer(t, p.URL)
			meet(t)
			for name, trace := range cases {
				t.Run(name, func(t *testing.T) {
					before := len(p.sent(t))
					trace()
					flush(t)
					sent := p.sent(t)
					if len(sent) == before {
						t.Fatal("nothing has been sent")
					}
					compare(t, sent[before:], in.wait(t, len(sent)))
				})
			}
			delete(p.requests, "/v0.6/stats")
			if n := p.requests[c.path]; n < len(cases) || len(p.requests) > 1 {
				t.Errorf("requests by path: %v", p.requests)
			}
			in.mu.Lock()
			defer in.mu.Unlock()
			for _, s := range in.from {
				if s.language != "go" || s.tracer != tracer.Version || s.env != "ci" || s.version != "1.2.3" || s.languageVersion == "" {
					t.Errorf("the sender is %+v", s)
				}
			}
		})
	}
}

// ofTheAgent are the tags with which the agent itself marks a span, unless they have come with it.
var ofTheAgent = []string{"_top_level", "_sampling_priority_rate_v1", "_dd.convertedv1"}

// compare finds the chunks that went in among those that have come out, and says what has changed.
func compare(t *testing.T, in, out []chunk) {
	t.Helper()
	type key struct {
		id       uint64
		snapshot bool // of a span that has come, or will come, in full
	}
	keyOf := func(id uint64, s span) key {
		_, snapshot := s.metrics["_dd.partial_version"]
		return key{id, snapshot}
	}
	chunks := map[key]chunk{}
	for _, c := range out {
		for id, s := range c.spans {
			chunks[keyOf(id, s)] = c
		}
	}
	for _, i := range in {
		for id, s := range i.spans {
			o, ok := chunks[keyOf(id, s)]
			if !ok {
				t.Errorf("span %d, %s, has not come out", id, s.name)
				continue
			}
			if i.high != o.high || i.low != o.low || i.priority != o.priority || i.mechanism != o.mechanism || i.origin != o.origin || len(i.spans) != len(o.spans) {
				t.Errorf("the chunk of %s: trace %x %x, priority %d, mechanism %d, origin %q and %d spans go in; %x %x, %d, %d, %q and %d come out",
					s.name, i.high, i.low, i.priority, i.mechanism, i.origin, len(i.spans), o.high, o.low, o.priority, o.mechanism, o.origin, len(o.spans))
			}
			compareSpans(t, s, o.spans[id])
		}
	}
}

func compareSpans(t *testing.T, in, out span) {
	t.Helper()
	for what, v := range map[string][2]any{
		"name": {in.name, out.name}, "service": {in.service, out.service}, "resource": {in.resource, out.resource}, "type": {in.typ, out.typ},
		"parent": {in.parent, out.parent}, "start": {in.start, out.start}, "duration": {in.duration, out.duration}, "error": {in.failed, out.failed},
		"links": {in.links, out.links},
	} {
		if v[0] != v[1] {
			t.Errorf("%s of %s: %.200v goes in, %.200v comes out", what, in.name, v[0], v[1])
		}
	}
	tags(t, in.name, in.meta, out.meta)
	tags(t, in.name, in.metrics, out.metrics)
}

// tags says which tags the agent has changed.
func tags[V comparable](t *testing.T, name string, in, out map[string]V) {
	t.Helper()
	for key, v := range in {
		if w, ok := out[key]; !ok || v != w {
			t.Errorf("tag %.50q of %s: %.200v goes in, %.200v comes out", key, name, v, w)
		}
	}
	for key, w := range out {
		if _, ok := in[key]; !ok && !slices.Contains(ofTheAgent, key) {
			t.Errorf("tag %.50q of %s: %.200v comes out, and has not gone in", key, name, w)
		}
	}
}
