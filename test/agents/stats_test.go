package agents

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"net/http"
	"slices"
	"testing"
	"time"

	pb "github.com/DataDog/datadog-agent/pkg/proto/pbgo/trace"
	"github.com/DataDog/datadog-agent/pkg/trace/stats"
	"github.com/DataDog/sketches-go/ddsketch"
	"github.com/DataDog/sketches-go/ddsketch/pb/sketchpb"
	"github.com/DataDog/sketches-go/ddsketch/store"
	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"google.golang.org/protobuf/proto"
)

// sum is what has been counted of one kind of spans, in all buckets.
type sum struct {
	hits, errors, top, duration uint64
	ok, failed                  *ddsketch.DDSketch
}

// sums adds up payloads by what tells kinds of spans apart.
func sums(t *testing.T, payloads []*pb.ClientStatsPayload) map[string]*sum {
	t.Helper()
	all := map[string]*sum{}
	for _, p := range payloads {
		for _, b := range p.Stats {
			if b.Duration != uint64(10*time.Second) {
				t.Errorf("a bucket of %d ns", b.Duration)
			}
			for _, g := range b.Stats {
				peers := slices.Clone(g.PeerTags)
				slices.Sort(peers)
				key := fmt.Sprintf("%s|%s|%s|%s|%s|%d|%v|%v|%s|%s|%s|%s|%q|%s", g.Service, g.Name, g.Resource, g.Type, g.SpanKind, g.HTTPStatusCode,
					g.Synthetics, g.IsTraceRoot, g.GRPCStatusCode, g.HTTPMethod, g.HTTPEndpoint, g.ServiceSource, peers, p.Version)
				s := all[key]
				if s == nil {
					s = &sum{}
					all[key] = s
				}
				s.hits += g.Hits
				s.errors += g.Errors
				s.top += g.TopLevelHits
				s.duration += g.Duration
				s.ok, s.failed = add(t, s.ok, g.OkSummary), add(t, s.failed, g.ErrorSummary)
			}
		}
	}
	return all
}

// add reads a sketch, as it is and as sketches-go would write it, and adds it to another.
func add(t *testing.T, to *ddsketch.DDSketch, data []byte) *ddsketch.DDSketch {
	t.Helper()
	if len(data) == 0 {
		return to
	}
	var message sketchpb.DDSketch
	if err := proto.Unmarshal(data, &message); err != nil {
		t.Fatal(err)
	}
	s, err := ddsketch.FromProtoWithStoreProvider(&message, store.BufferedPaginatedStoreConstructor)
	if err != nil {
		t.Fatal(err)
	}
	dense, err := ddsketch.FromProto(&message)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := proto.Marshal(dense.ToProto()); err != nil || !bytes.Equal(again, data) {
		t.Errorf("a sketch is\n% x, and sketches-go (error %v) has it as\n% x", data, err, again)
	}
	if to == nil {
		return s
	}
	if err := to.MergeWith(s); err != nil {
		t.Fatal(err)
	}
	return to
}

// same says where two sums differ: in no number, and in no quantile but for rounding.
func same(t *testing.T, got, want map[string]*sum) {
	t.Helper()
	for key, w := range want {
		g := got[key]
		if g == nil {
			t.Errorf("%s: not counted, %d hits", key, w.hits)
			continue
		}
		if g.hits != w.hits || g.errors != w.errors || g.top != w.top || g.duration != w.duration {
			t.Errorf("%s: %d hits, %d errors, %d of the top level, %d ns; not %d, %d, %d, %d", key, g.hits, g.errors, g.top, g.duration, w.hits, w.errors, w.top, w.duration)
		}
		sameQuantiles(t, key, g.ok, w.ok)
		sameQuantiles(t, key+" with errors", g.failed, w.failed)
	}
	for key, g := range got {
		if want[key] == nil {
			t.Errorf("%s: counted, %d hits", key, g.hits)
		}
	}
}

func sameQuantiles(t *testing.T, key string, got, want *ddsketch.DDSketch) {
	t.Helper()
	for _, q := range []float64{0, 0.5, 0.75, 0.9, 0.95, 0.99, 1} {
		w, err1 := want.GetValueAtQuantile(q)
		g, err2 := got.GetValueAtQuantile(q)
		if (err1 == nil) != (err2 == nil) || err1 == nil && (g < w*(1-1e-9) || g > w*(1+1e-9)) {
			t.Errorf("%s: quantile %v is %v (%v), not %v (%v)", key, q, g, err2, w, err1)
		}
	}
}

// asAgent counts chunks as the agent does, with dd-trace-go's idea of what is to be told of a span.
func asAgent(t *testing.T, agent string, began time.Time, chunks []chunk) []*pb.ClientStatsPayload {
	t.Helper()
	answer, err := http.Get(agent + "/info")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var info struct {
		PeerTags []string `json:"peer_tags"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&info); err != nil || len(info.PeerTags) == 0 {
		t.Fatalf("peer tags: %v, error %v", info.PeerTags, err)
	}
	c := stats.NewSpanConcentrator(&stats.SpanConcentratorConfig{ComputeStatsBySpanKind: true, BucketInterval: int64(10 * time.Second)}, began)
	for _, chunk := range chunks {
		for _, s := range chunk.spans {
			failed := int32(0)
			if s.failed {
				failed = 1
			}
			counted, ok := c.NewStatSpanWithConfig(stats.StatSpanConfig{
				Service: s.service, Resource: s.resource, Name: s.name, Type: s.typ, ParentID: s.parent, Start: s.start, Duration: s.duration,
				Error: failed, Meta: s.meta, Metrics: s.metrics, PeerTags: info.PeerTags,
				HTTPMethod: s.meta["http.method"], HTTPEndpoint: s.meta["http.endpoint"],
			})
			if ok {
				version := cmp.Or(s.meta["version"], "1.2.3")
				c.AddSpan(counted, stats.PayloadAggregationKey{Env: "ci", Version: version}, "", nil, chunk.origin)
			}
		}
	}
	return c.Flush(time.Now().UnixNano(), true)
}

// traffic is what a busy program does: spans of all kinds.
func traffic(r *rand.Rand, traces int) {
	took := func(s *tracer.Span) {
		if r.Intn(10) == 0 {
			s.SetError(errors.New("boo"))
		}
		s.SetDuration(time.Duration(r.ExpFloat64() * float64(time.Millisecond) * float64(1+r.Intn(20))))
		s.Finish()
	}
	for range traces {
		ctx := bg
		if r.Intn(4) == 0 {
			carrier := tracer.TextMap{"x-datadog-trace-id": fmt.Sprint(1 + r.Int63()), "x-datadog-parent-id": "5", "x-datadog-sampling-priority": "1"}
			if r.Intn(2) == 0 {
				carrier["x-datadog-origin"] = "synthetics"
			}
			ctx = tracer.Extract(carrier).Context(ctx)
		}
		ctx, root := tracer.Trace(ctx, "http.request", tracer.Type("web"), tracer.Resource(fmt.Sprint("GET /", r.Intn(5))), tracer.Tag("span.kind", "server"),
			tracer.Tag("http.method", "GET"), tracer.Tag("http.endpoint", "/a"))
		root.SetTag("http.status_code", []any{200, "404", 500}[r.Intn(3)])
		for range r.Intn(4) {
			_, s := tracer.Trace(ctx, "not.counted")
			took(s)
		}
		_, s := tracer.Trace(ctx, "pg.query", tracer.Service("db"), tracer.Type("sql"), tracer.Resource("SELECT name FROM dogs WHERE id = ?"),
			tracer.Tag("span.kind", "client"), tracer.Tag("db.name", "dogs"), tracer.Tag("out.host", fmt.Sprintf("10.0.0.%d:5432", r.Intn(9))))
		took(s)
		_, s = tracer.Trace(ctx, "grpc.client", tracer.Tag("span.kind", "client"), tracer.Tag("rpc.grpc.status_code", []any{0, "NOT_FOUND", 14}[r.Intn(3)]),
			tracer.Tag("peer.service", "orders"))
		took(s)
		_, s = tracer.Trace(ctx, "measured", tracer.Tag("_dd.measured", 1), tracer.Tag("_dd.svc_src", "m"), tracer.Tag("version", []string{"2", "1.2.3"}[r.Intn(2)]))
		took(s)
		took(root)
	}
}

// TestStats: what the runtime counts is what the agent would have counted of the same spans, number by number, and comes out
// of the agent once.
func TestStats(t *testing.T) {
	began := time.Now()
	in := startIntake(t)
	agent := startAgent(t, in)
	p := startTap(t, agent, v10) // v0.4 says more of a span.kind than v1.0
	startTracer(t, p.URL)
	meet(t)
	traffic(rand.New(rand.NewSource(1)), 2000)
	flush(t)
	chunks, counted := p.sent(t), p.counted()
	if len(counted) == 0 {
		t.Fatal("the runtime sends no statistics")
	}
	for _, c := range counted {
		if c.Env != "ci" || c.Service != "agents" || c.Lang != "go" || c.TracerVersion != tracer.Version || c.RuntimeID == "" || c.Sequence == 0 {
			t.Errorf("the payload is of %q %q %q %q %q %d", c.Env, c.Service, c.Lang, c.TracerVersion, c.RuntimeID, c.Sequence)
		}
	}
	if len(chunks) != 2001 {
		t.Errorf("%d chunks", len(chunks))
	}
	got, want := sums(t, counted), sums(t, asAgent(t, agent, began, chunks))
	takeFirst(got)
	takeFirst(want)
	same(t, got, want)
	if len(got) < 50 {
		t.Errorf("only %d kinds of spans", len(got))
	}
	in.end()
	out := sums(t, in.counted(t))
	if hits := takeFirst(out); hits != 1 {
		t.Errorf("the first span counts %d times", hits)
	}
	same(t, out, want)
}
