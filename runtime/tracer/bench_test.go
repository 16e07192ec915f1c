//go:build go1.21

package tracer

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
)

var benchSite = Site{Name: "bench", Resource: "GET /", Type: "web", Tags: []SiteTag{{"span.kind", "server"}, {"component", "bench"}}}

// bench starts the tracer with a sender that lets everything go, so that a benchmark measures the program's side.
func bench(b testing.TB, env ...string) {
	environment(b, append([]string{"DD_SERVICE=bench", "DD_ENV=test"}, env...)...)
	restart(b, io.Discard)
	if set := current.Load(); !set.off {
		set.sender.Close()
	}
}

func one(ctx context.Context) (err error) {
	_, c := benchSite.Enter(ctx)
	defer c.Exit(&err)
	return nil
}

func three(ctx context.Context) (err error) {
	ctx, c := benchSite.Enter(ctx)
	defer c.Exit(&err)
	return two(ctx)
}

func two(ctx context.Context) (err error) {
	ctx, c := benchSite.Enter(ctx)
	defer c.Exit(&err)
	return one(ctx)
}

func threeTagged(ctx context.Context, depth int) (err error) {
	ctx, c := benchSite.Enter(ctx)
	defer c.Exit(&err)
	c.Tag("a", func() any { return "text" })
	c.Tag("b", func() any { return depth })
	c.Tag("c", func() any { return true })
	if depth == 1 {
		return nil
	}
	return threeTagged(ctx, depth-1)
}

func BenchmarkRoot(b *testing.B) {
	bench(b)
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		one(context.Background())
	}
}

func BenchmarkChild3(b *testing.B) {
	bench(b)
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		three(context.Background())
	}
}

func BenchmarkChild3Tags3(b *testing.B) {
	bench(b)
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		threeTagged(context.Background(), 3)
	}
}

func BenchmarkOff(b *testing.B) {
	bench(b, "DD_TRACE_ENABLED=false")
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		one(context.Background())
	}
}

// BenchmarkEnterExit is one child of a parent that stays open, encoding included (in chunks of 300).
func BenchmarkEnterExit(b *testing.B) {
	bench(b)
	ctx, root := Trace(context.Background(), "root")
	defer root.Finish()
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		one(ctx)
	}
}

func BenchmarkRootParallel(b *testing.B) {
	bench(b)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			one(context.Background())
		}
	})
}

func BenchmarkAPIChild(b *testing.B) {
	bench(b)
	ctx, root := Trace(bg, "root")
	defer root.Finish()
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		_, s := Trace(ctx, "child", Resource("r"))
		s.Finish()
	}
}

// BenchmarkError is a root that returns an error, stack and all.
func BenchmarkError(b *testing.B) {
	bench(b)
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		traced(bg, &benchSite, func(context.Context) error { return io.EOF })
	}
}

// BenchmarkRootDelivered has an agent in the same process take what comes; what it can't take is dropped.
func BenchmarkRootDelivered(b *testing.B) {
	n := 0
	agent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		count, _ := strconv.Atoi(r.Header.Get("X-Datadog-Trace-Count"))
		n += count
	}))
	defer agent.Close()
	environment(b, "DD_TRACE_AGENT_URL="+agent.URL)
	restart(b, io.Discard)
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		one(bg)
	}
	Flush(bg)
	b.ReportMetric(100*float64(n)/float64(b.N), "%delivered")
}

func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	ctx := context.Background()
	bench(t)
	for _, c := range []struct {
		what string
		most float64
		f    func()
	}{
		{"root", 2, func() { one(ctx) }},
		{"three deep", 4, func() { three(ctx) }},
		{"three deep, three tags each", 7, func() { threeTagged(ctx, 3) }},
	} {
		if n := testing.AllocsPerRun(200, c.f); n > c.most {
			t.Errorf("%s: %v allocations, at most %v wanted", c.what, n, c.most)
		}
	}
	bench(t, `DD_TRACE_SAMPLING_RULES=[{"resource":"GET /","tags":{"component":"b*"},"sample_rate":0}]`, "DD_TRACE_RATE_LIMIT=-1", "DD_APM_IGNORE_RESOURCES=x",
		`DD_SPAN_SAMPLING_RULES=[{"name":"none"}]`)
	if n := testing.AllocsPerRun(200, func() { one(ctx) }); n > 2 {
		t.Errorf("root, with rules: %v allocations", n)
	}
	bench(t, "DD_TRACE_ENABLED=false")
	if n := testing.AllocsPerRun(200, func() { three(ctx) }); n != 0 {
		t.Errorf("off: %v allocations", n)
	}
}
