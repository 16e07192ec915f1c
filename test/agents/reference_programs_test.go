package agents

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// program is a small program that is written for both tracers.
type program struct {
	run     func(c client)
	env     []string
	dropped bool // the agent is sent what it drops: what it is sent is compared, and not what comes out
	rates   bool // the agent has rates of its own
	newOnly bool // the two say the same in v1.0 only
}

// programs has them by their names.
var programs = map[string]program{
	"nested": {run: func(c client) {
		ctx, root := c.start(bg, "web.request", options{service: "web", resource: "GET /", typ: "web"})
		mid, s := c.start(ctx, "handler", options{})
		_, inner := c.start(mid, "sql.query", options{service: "db", typ: "sql", resource: "SELECT 1"})
		inner.finish(nil)
		s.finish(nil)
		_, s = c.start(ctx, "render", options{typ: "template"})
		s.rename("render.page", "", "index")
		s.finish(nil)
		root.finish(nil)
	}},
	"service set late": {run: func(c client) {
		ctx, root := c.start(bg, "root", options{})
		_, before := c.start(ctx, "before", options{})
		root.rename("", "late", "GET /late")
		_, after := c.start(ctx, "after", options{})
		before.finish(nil)
		after.finish(nil)
		root.finish(nil)
	}},
	"tags": {run: func(c client) {
		_, s := c.start(bg, "tags", options{tags: map[string]any{
			"string": "s", "empty": "", "true": true, "false": false, "int": -7, "int64": int64(1) << 40, "uint8": uint8(7), "uint64": uint64(1) << 40,
			"large": int64(1)<<53 + 1, "largest": int64(math.MaxInt64), "least": int64(math.MinInt64), "large unsigned": uint64(math.MaxUint64),
			"float": 0.25, "float32": float32(0.5), "zero": 0, "unicode": "äöü 水 🐕", "error value": io.EOF, "stringer": time.Second,
			"own text": text("x"), "own number": number(3), "bytes": []byte("b"), "duration": 1500 * time.Millisecond,
		}})
		s.set("changes", "text")
		s.set("changes", 5)
		s.set("changes back", 5)
		s.set("changes back", "text")
		s.set("span.kind", "server")
		s.set("http.status_code", "200")
		s.set("http.method", "GET")
		s.set("component", "net/http")
		s.finish(nil)
	}},
	"tags of no use": {run: func(c client) {
		_, s := c.start(bg, "tags", options{})
		for key, value := range map[string]any{"nan": math.NaN(), "inf": math.Inf(1), "nil": nil, "nil pointer": (*int)(nil)} {
			s.set(key, value)
		}
		s.finish(nil)
	}},
	"lists": {run: func(c client) {
		_, s := c.start(bg, "lists", options{})
		s.set("ints", []int{1, 2})
		s.set("texts", []string{"a", "b"})
		s.set("map", map[string]int{"a": 1})
		s.finish(nil)
	}},
	"tags with a meaning": {run: func(c client) {
		ctx, s := c.start(bg, "meaning", options{tags: map[string]any{"service.name": "named", "_dd.measured": 1, "version": "9", "env": "own", "language": "own"}})
		_, child := c.start(ctx, "child", options{tags: map[string]any{"service.version": "8", "span.type": "web", "resource.name": "r", "error": true}})
		child.finish(nil)
		s.finish(nil)
	}},
	"errors": {run: func(c client) {
		ctx, root := c.start(bg, "root", options{})
		_, s := c.start(ctx, "plain", options{})
		s.finish(errors.New("boo"))
		_, s = c.start(ctx, "typed", options{})
		s.finish(&os.PathError{Op: "open", Path: "/x", Err: os.ErrNotExist})
		_, s = c.start(ctx, "wrapped", options{})
		s.finish(fmt.Errorf("wrapped: %w", io.ErrUnexpectedEOF))
		_, s = c.start(ctx, "none", options{})
		s.finish(nil)
		root.finish(nil)
	}},
	"events": {newOnly: true, run: func(c client) {
		_, s := c.start(bg, "events", options{})
		s.event(errors.New("boo"), map[string]any{"text": "a", "whole": 7, "half": 0.5, "yes": true, "list": []string{"a", "b"}, "numbers": []int{1, 2}})
		s.finish(nil)
	}},
	"links": {run: func(c client) {
		_, other := c.start(bg, "other", options{})
		other.finish(nil)
		_, s := c.start(bg, "linked", options{})
		s.link(other, map[string]string{"reason": "x"})
		s.link(other, nil)
		s.finish(nil)
	}},
	"manual keep": {run: func(c client) {
		ctx, root := c.start(bg, "root", options{})
		_, child := c.start(ctx, "child", options{})
		child.set("manual.keep", true)
		child.finish(nil)
		root.finish(nil)
	}},
	"manual drop": {dropped: true, run: func(c client) {
		ctx, root := c.start(bg, "root", options{tags: map[string]any{"manual.drop": true}})
		_, child := c.start(ctx, "child", options{})
		child.finish(nil)
		root.finish(nil)
	}},
	"service mapping": {env: []string{"DD_SERVICE_MAPPING=web:site, db:store,agents:mapped"}, run: func(c client) {
		ctx, root := c.start(bg, "root", options{service: "web"})
		_, s := c.start(ctx, "db", options{service: "db"})
		s.finish(nil)
		root.finish(nil)
		_, s = c.start(bg, "default", options{})
		s.finish(nil)
		_, s = c.start(bg, "late", options{})
		s.rename("", "web", "")
		s.finish(nil)
	}},
	"DD_TAGS": {env: []string{"DD_TAGS=a:1,b:x:y, c : d ,own:common,env:other,version:other"}, run: func(c client) {
		ctx, root := c.start(bg, "root", options{tags: map[string]any{"own": "span"}})
		_, s := c.start(ctx, "child", options{service: "other"})
		s.finish(nil)
		root.finish(nil)
	}},
	"tags that stand for DD_ENV": {env: []string{"DD_ENV=", "DD_VERSION=", "DD_SERVICE=", "DD_TAGS=env:tagged version:7 service:tagged"}, run: nestedOnly},
	"no environment":             {env: []string{"DD_ENV=", "DD_VERSION="}, run: nestedOnly},
	"64-bit ids":                 {env: []string{"DD_TRACE_128_BIT_TRACEID_GENERATION_ENABLED=false"}, run: nestedOnly},
	"global rate 1":              {env: []string{"DD_TRACE_SAMPLE_RATE=1"}, run: nestedOnly},
	"global rate 0":              {env: []string{"DD_TRACE_SAMPLE_RATE=0"}, dropped: true, run: nestedOnly},
	"global rate by id":          {env: []string{"DD_TRACE_SAMPLE_RATE=0.5"}, dropped: true, run: byIDs},
	"agent's rates":              {rates: true, dropped: true, run: byIDs},
	"rules": {dropped: true, env: []string{`DD_TRACE_SAMPLING_RULES=[{"service":"drop*","sample_rate":0},{"name":"ROO?","resource":"GET /a*","sample_rate":1},{"tags":{"k":"v*"},"sample_rate":0.5},{"tags":{"n":"5"},"sample_rate":0},{"resource":"none","sample_rate":0.3}]`},
		run: func(c client) {
			for _, o := range []options{
				{service: "dropped"}, {resource: "GET /about"}, {resource: "GET /b"}, {tags: map[string]any{"k": "value"}}, {tags: map[string]any{"n": 5}},
				{tags: map[string]any{"n": 5.5}}, {resource: "none"},
			} {
				ctx, root := c.start(c.extract(bg, tracer.TextMap{"x-datadog-trace-id": "1234567890123456789", "x-datadog-parent-id": "5"}), "root", o)
				_, s := c.start(ctx, "child", options{resource: "GET /a"})
				s.finish(nil)
				root.finish(nil)
			}
		}},
	"limit": {dropped: true, env: []string{"DD_TRACE_SAMPLE_RATE=1", "DD_TRACE_RATE_LIMIT=1"}, run: nestedOnly},
	"single spans": {dropped: true, env: []string{"DD_TRACE_SAMPLE_RATE=0", `DD_SPAN_SAMPLING_RULES=[{"service":"other","name":"chi*"},{"resource":"GET /","sample_rate":1,"max_per_second":100},{"tags":{"k":"v"}}]`},
		run: func(c client) {
			ctx, root := c.start(bg, "root", options{})
			for i, o := range []options{{service: "other"}, {resource: "GET /"}, {tags: map[string]any{"k": "v"}}, {}} {
				_, s := c.start(ctx, fmt.Sprint("child", i), o)
				s.finish(nil)
			}
			root.finish(nil)
		}},
	"partial flush": {env: []string{"DD_TRACE_PARTIAL_FLUSH_ENABLED=true", "DD_TRACE_PARTIAL_FLUSH_MIN_SPANS=3"}, run: func(c client) {
		ctx, root := c.start(bg, "root", options{})
		for i := range 4 {
			_, s := c.start(ctx, fmt.Sprint("child", i), options{})
			s.finish(nil)
		}
		root.finish(nil)
	}},
	"datadog headers": {dropped: true, run: func(c client) {
		for i, headers := range []tracer.TextMap{
			datadog(nil),
			datadog(tracer.TextMap{"x-datadog-sampling-priority": "1"}),
			datadog(tracer.TextMap{"x-datadog-sampling-priority": "2", "x-datadog-origin": "synthetics", "x-datadog-tags": "_dd.p.dm=-4,_dd.p.tid=640cfd8d00000000,_dd.p.usr=x"}),
			datadog(tracer.TextMap{"x-datadog-sampling-priority": "-1", "x-datadog-tags": "_dd.p.dm=-3"}),
			datadog(tracer.TextMap{"x-datadog-sampling-priority": "0"}),
			datadog(tracer.TextMap{"x-datadog-sampling-priority": "1", "ot-baggage-user": "me", "baggage": "user.id=7,session.id=x%20y,other=z"}),
			datadog(tracer.TextMap{"x-datadog-sampling-priority": "x"}),
			datadog(tracer.TextMap{"x-datadog-tags": "broken,_dd.p.tid=xyz"}),
			{"x-datadog-trace-id": "x", "x-datadog-parent-id": "5"},
			{"x-datadog-trace-id": "7"},
			{"x-datadog-trace-id": "7", "x-datadog-origin": "rum"},
			{"baggage": "user.id=7"},
		} {
			through(c, i, headers)
		}
	}},
	"w3c headers": {dropped: true, run: func(c client) {
		const parent = "00-0123456789abcdef0123456789abcdef-00f067aa0ba902b7-"
		for i, headers := range []tracer.TextMap{
			{"traceparent": parent + "01"},
			{"traceparent": parent + "00"},
			{"traceparent": parent + "01", "tracestate": "dd=s:2;o:rum;t.dm:-4;t.usr:x~y,congo=t61"},
			{"traceparent": parent + "01", "tracestate": "congo=t61,dd=s:-1;p:00f067aa0ba902b8"},
			{"traceparent": parent + "00", "tracestate": "dd=s:1"},
			{"traceparent": parent + "00", "tracestate": "dd=s:-1;t.dm:-3"},
			{"traceparent": "cc" + parent[2:] + "01-what"},
			{"traceparent": "ff" + parent[2:] + "01"},
			{"traceparent": "00-00000000000000000000000000000000-00f067aa0ba902b7-01"},
			{"traceparent": parent + "01", "tracestate": strings.Repeat("a=b,", 40) + "dd=s:2"},
			{"traceparent": parent + "01", "x-datadog-trace-id": "81985529216486895", "x-datadog-parent-id": "5", "x-datadog-sampling-priority": "2"},
			{"traceparent": parent + "01", "x-datadog-trace-id": "99", "x-datadog-parent-id": "5", "x-datadog-sampling-priority": "2", "x-datadog-origin": "o"},
			{"traceparent": parent + "01", "baggage": "user.id=7"},
		} {
			through(c, i, headers)
		}
	}},
	"b3multi headers": {dropped: true, env: []string{"DD_TRACE_PROPAGATION_STYLE=b3multi"}, run: func(c client) {
		for i, headers := range []tracer.TextMap{
			{"x-b3-traceid": "0123456789abcdef0123456789abcdef", "x-b3-spanid": "00f067aa0ba902b7", "x-b3-sampled": "1"},
			{"x-b3-traceid": "0123456789abcdef", "x-b3-spanid": "00f067aa0ba902b7", "x-b3-sampled": "0"},
			{"x-b3-traceid": "0123456789abcdef", "x-b3-spanid": "00f067aa0ba902b7"},
			{"x-b3-traceid": "0123456789abcdef", "x-b3-spanid": "00f067aa0ba902b7", "x-b3-flags": "1"},
			{"x-b3-traceid": "xyz", "x-b3-spanid": "00f067aa0ba902b7", "x-b3-sampled": "1"},
		} {
			through(c, i, headers)
		}
	}},
	"b3 header": {dropped: true, env: []string{"DD_TRACE_PROPAGATION_STYLE=b3 single header"}, run: func(c client) { // dd-trace-go's name for it
		for i, headers := range []tracer.TextMap{
			{"b3": "0123456789abcdef0123456789abcdef-00f067aa0ba902b7-1"},
			{"b3": "0123456789abcdef-00f067aa0ba902b7-0"},
			{"b3": "0123456789abcdef-00f067aa0ba902b7"},
			{"b3": "0123456789abcdef-00f067aa0ba902b7-d"},
			{"b3": "0123456789abcdef-00f067aa0ba902b7-1-00f067aa0ba902b8"},
			{"b3": "0"},
		} {
			through(c, i, headers)
		}
	}},
	"baggage": {run: func(c client) {
		ctx, root := c.start(bg, "root", options{})
		root.carry("user.id", "7")
		root.carry("a b", "c,d")
		ctx, s := c.start(ctx, "child", options{})
		sentOn(c, ctx, s)
		s.finish(nil)
		root.finish(nil)
	}},
	"priority handed on": {dropped: true, env: []string{"DD_TRACE_SAMPLE_RATE=0"}, run: func(c client) {
		ctx, root := c.start(bg, "root", options{})
		child, s := c.start(ctx, "child", options{})
		sentOn(c, child, s)
		s.finish(nil)
		root.finish(nil)
	}},
}

type (
	text   string
	number int
)

func nestedOnly(c client) {
	ctx, root := c.start(bg, "root", options{})
	_, s := c.start(ctx, "child", options{})
	s.finish(nil)
	_, s = c.start(ctx, "call", options{service: "other"})
	s.finish(nil)
	root.finish(nil)
}

// byIDs has traces of known ids, as what is decided goes by them.
func byIDs(c client) {
	for i := range 40 {
		_, s := c.start(c.extract(bg, tracer.TextMap{"x-datadog-trace-id": fmt.Sprint(uint64(i+1) * 0x123456789abcdef), "x-datadog-parent-id": "5"}), fmt.Sprint("root", i), options{})
		s.finish(nil)
	}
}
