//go:build go1.21

package tracer

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/stats"
	"github.com/tinylib/msgp/msgp"
)

// counter counts what the tracer sends, as it would for the agent.
func counter(t testing.TB, env ...string) *stats.Concentrator {
	t.Helper()
	record(t, env...)
	return counting()
}

// counting counts from now on.
func counting() *stats.Concentrator {
	c := stats.New(current.Load().statsOptions())
	c.Agent([]string{"server", "client", "producer", "consumer"}, []string{"_dd.base_service", "out.host", "peer.service"})
	AddFilter(func(v TraceView) Decision {
		var spans []*Span
		for _, s := range v.v.spans {
			spans = append(spans, s.s)
		}
		spans[0].set.count(c, v.v.trace, spans)
		return Keep
	})
	return c
}

// counts are the groups of payloads: all that is not empty, but for durations.
func counts(t testing.TB, payloads [][]byte) (list []string) {
	t.Helper()
	for _, p := range payloads {
		v, rest, err := msgp.ReadIntfBytes(p)
		if err != nil || len(rest) > 0 {
			t.Fatalf("%v, %d bytes too many", err, len(rest))
		}
		payload := v.(map[string]any)
		for _, b := range payload["Stats"].([]any) {
			for _, g := range b.(map[string]any)["Stats"].([]any) {
				var words []string
				for key, value := range g.(map[string]any) {
					if text := fmt.Sprint(value); text != "0" && key != "Duration" && !strings.HasSuffix(key, "Summary") {
						words = append(words, key+"="+text)
					}
				}
				sort.Strings(words)
				if version := payload["Version"]; version != nil {
					words = append(words, fmt.Sprint("of ", version))
				}
				list = append(list, strings.Join(words, " "))
			}
		}
	}
	sort.Strings(list)
	return list
}

var (
	rootSite     = Site{Name: "root", Resource: "GET /", Type: "web", Tags: []SiteTag{{"span.kind", "server"}}}
	measuredSite = Site{Name: "measured", Measured: true}
)

// countCases say what programs are to leave in the statistics.
var countCases = map[string]struct {
	env     []string
	program func(ctx context.Context)
	want    []string
}{
	"top level only": {nil, func(ctx context.Context) {
		ctx, c := rootSite.Enter(ctx)
		defer c.ExitNone()
		_, child := Trace(ctx, "child", Tag("a", "b"))
		child.Finish()
		_, other := Trace(ctx, "other", Service("db"), Type("sql"), Resource("SELECT 1"))
		other.SetError(errors.New("boo"))
		other.Finish()
	}, []string{
		"Errors=1 Hits=1 IsTraceRoot=2 Name=other PeerTags=[_dd.base_service:conf] Resource=SELECT 1 Service=db TopLevelHits=1 Type=sql",
		"Hits=1 IsTraceRoot=1 Name=root Resource=GET / Service=conf SpanKind=server TopLevelHits=1 Type=web",
	}},
	"measured and of a kind": {nil, func(ctx context.Context) {
		ctx, root := Trace(ctx, "root")
		defer root.Finish()
		for i := 0; i < 3; i++ {
			_, c := measuredSite.Enter(ctx)
			c.ExitNone()
		}
		_, s := Trace(ctx, "by tag", Tag("_dd.measured", 1))
		s.Finish()
		_, s = Trace(ctx, "top by tag", Tag("_dd.top_level", 1))
		s.Finish()
		_, s = Trace(ctx, "client", Tag("span.kind", "Client"), Tag("peer.service", "p"), Tag("out.host", "10.1.1.1:80"), Tag("other", "x"))
		s.Finish()
		_, s = Trace(ctx, "internal", Tag("span.kind", "internal"), Tag("peer.service", "p"))
		s.Finish()
		_, s = Trace(ctx, "overridden", Tag("span.kind", "server"))
		s.SetTag("span.kind", 5)
		s.Finish()
		_, s = Trace(ctx, "based", Tag("_dd.measured", 1), Tag("_dd.base_service", "b"), Tag("_dd.svc_src", "m"), Tag("peer.service", "p"))
		s.Finish()
	}, []string{
		"Hits=1 IsTraceRoot=1 Name=root Resource=root Service=conf TopLevelHits=1",
		"Hits=1 IsTraceRoot=2 Name=based PeerTags=[_dd.base_service:b] Resource=based Service=conf srv_src=m",
		"Hits=1 IsTraceRoot=2 Name=by tag Resource=by tag Service=conf",
		"Hits=1 IsTraceRoot=2 Name=client PeerTags=[out.host:blocked-ip-address:80 peer.service:p] Resource=client Service=conf SpanKind=Client",
		"Hits=1 IsTraceRoot=2 Name=top by tag Resource=top by tag Service=conf TopLevelHits=1",
		"Hits=3 IsTraceRoot=2 Name=measured Resource=measured Service=conf",
	}},
	"status codes": {nil, func(ctx context.Context) {
		for _, tags := range []map[string]any{
			{"http.status_code": 404, "http.method": "GET", "http.endpoint": "/a/{param:int}"},
			{"http.status_code": "404", "http.response.status_code": 200},
			{"http.status_code": "none", "http.response.status_code": "5e2"},
			{"http.status_code": -1, "http.response.status_code": 200},
			{"http.status_code": 1.5},
			{"rpc.grpc.status_code": 4}, {"grpc.code": "StatusCode.NotFound"}, {"grpc.status.code": "007"},
			{"grpc.code": "PERMISSION_DENIED", "grpc.status.code": "8"}, {"grpc.code": "what", "grpc.status.code": "8"},
		} {
			_, s := Trace(ctx, "root", Resource("r"))
			s.SetTags(tags)
			s.Finish()
		}
	}, []string{
		"GRPCStatusCode=4 Hits=1 IsTraceRoot=1 Name=root Resource=r Service=conf TopLevelHits=1",
		"GRPCStatusCode=5 Hits=1 IsTraceRoot=1 Name=root Resource=r Service=conf TopLevelHits=1",
		"GRPCStatusCode=7 Hits=2 IsTraceRoot=1 Name=root Resource=r Service=conf TopLevelHits=2",
		"HTTPEndpoint=/a/{param:int} HTTPMethod=GET HTTPStatusCode=404 Hits=1 IsTraceRoot=1 Name=root Resource=r Service=conf TopLevelHits=1",
		"HTTPStatusCode=404 Hits=1 IsTraceRoot=1 Name=root Resource=r Service=conf TopLevelHits=1",
		"HTTPStatusCode=500 Hits=1 IsTraceRoot=1 Name=root Resource=r Service=conf TopLevelHits=1",
		"Hits=3 IsTraceRoot=1 Name=root Resource=r Service=conf TopLevelHits=3",
	}},
	"tags of every span": {[]string{"DD_TAGS=span.kind:consumer,peer.service:q", "DD_VERSION=1.2"}, func(ctx context.Context) {
		ctx, c := rootSite.Enter(ctx)
		defer c.ExitNone()
		_, child := Trace(ctx, "child")
		child.Finish()
		_, child = Trace(ctx, "newer", Tag("service.version", "2"), Tag("peer.service", "r"))
		child.Finish()
	}, []string{
		"Hits=1 IsTraceRoot=1 Name=root Resource=GET / Service=conf SpanKind=server TopLevelHits=1 Type=web of 1.2",
		"Hits=1 IsTraceRoot=2 Name=child PeerTags=[peer.service:q] Resource=child Service=conf SpanKind=consumer of 1.2",
		"Hits=1 IsTraceRoot=2 Name=newer PeerTags=[peer.service:r] Resource=newer Service=conf SpanKind=consumer of 2",
	}},
	"what comes from elsewhere": {nil, func(ctx context.Context) {
		remote := Extract(TextMap{"x-datadog-trace-id": "1", "x-datadog-parent-id": "2", "x-datadog-origin": "synthetics-browser"})
		ctx, root := Trace(remote.Context(ctx), "root")
		_, c := measuredSite.Enter(ctx)
		c.ExitNone()
		root.Finish()
	}, []string{
		"Hits=1 IsTraceRoot=2 Name=measured Resource=measured Service=conf Synthetics=true",
		"Hits=1 IsTraceRoot=2 Name=root Resource=root Service=conf Synthetics=true TopLevelHits=1",
	}},
}

func TestCount(t *testing.T) {
	for name, test := range countCases {
		t.Run(name, func(t *testing.T) {
			c := counter(t, test.env...)
			test.program(context.Background())
			got := counts(t, c.Flush(true))
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

// TestCountOnce: a span counts once, be it sent ahead, shown while it is open, or ended by the program's end.
func TestCountOnce(t *testing.T) {
	for name, end := range map[string]func(root *Span){
		"sent ahead": func(root *Span) { sendUnsent(background); root.Finish() },
		"os.Exit":    func(root *Span) { ProgramEnd{}.Code(0); root.Finish() },
		"shown":      func(root *Span) { root.trace.send(root.set, root.copyOpenFrom()); root.Finish() },
		"shown, then os.Exit": func(root *Span) {
			root.trace.send(root.set, root.copyOpenFrom())
			ProgramEnd{}.Code(0)
			root.Finish()
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := counter(t)
			ctx, root := Trace(context.Background(), "root")
			_, child := Trace(ctx, "child", Service("other"))
			child.Finish()
			end(root)
			got := counts(t, c.Flush(true))
			want := []string{"Hits=1 IsTraceRoot=1 Name=root Resource=root Service=conf TopLevelHits=1",
				"Hits=1 IsTraceRoot=2 Name=child PeerTags=[_dd.base_service:conf] Resource=child Service=other TopLevelHits=1"}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%q", got)
			}
		})
	}
}

// copyOpenFrom is copyOpen with s itself, as of a panic.
func (s *Span) copyOpenFrom() []*Span {
	if c := s.copyOnce(false); c != nil {
		return []*Span{c}
	}
	return nil
}

// BenchmarkCount counts a chunk of three spans, of which the root counts and has a status code.
func BenchmarkCount(b *testing.B) {
	bench(b)
	c := stats.New(current.Load().statsOptions())
	c.Agent([]string{"server", "client"}, []string{"peer.service"})
	ctx, root := Trace(context.Background(), "root", Tag("span.kind", "server"), Tag("http.status_code", 200), Tag("a", "b"))
	_, x := Trace(ctx, "x", Tag("a", "b"))
	_, y := Trace(ctx, "y")
	spans := []*Span{root, x, y}
	root.dur = int64(time.Millisecond)
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		root.set.count(c, root.trace, spans)
	}
}
