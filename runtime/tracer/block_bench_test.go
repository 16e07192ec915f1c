//go:build go1.21

package tracer

import (
	"context"
	"runtime"
	"testing"
)

// loop has a traced block in a loop, as generated code has it.
func loop(ctx context.Context, turns int) {
	var ddblock1 *Block
	for i := 0; i < turns; i++ {
		if ddblock1.First() {
			ddblock1 = blockSite.NewBlock()
			defer ddblock1.Unwind()
		}
		{
			ctx := ddblock1.Enter(ctx)
			_ = ctx
			ddblock1.Exit()
		}
	}
}

// single has one that is no loop's.
func single(ctx context.Context, enter bool) {
	var ddblock1 *Block
	if enter {
		if ddblock1.First() {
			ddblock1 = blockSite.NewBlock()
			defer ddblock1.Unwind()
		}
		{
			ctx := ddblock1.Enter(ctx)
			_ = ctx
			ddblock1.Exit()
		}
	}
}

// BenchmarkBlockLoop runs a million turns of a loop in one call, below a span that stays open; per turn.
func BenchmarkBlockLoop(b *testing.B) {
	const turns = 1_000_000
	bench(b)
	ctx, root := Trace(bg, "root")
	defer root.Finish()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		loop(ctx, turns)
	}
	b.StopTimer()
	runtime.ReadMemStats(&after)
	n := float64(b.N) * turns
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/n, "ns/turn")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/n, "allocs/turn")
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/1024, "KiB-kept")
}

func BenchmarkBlock(b *testing.B) {
	bench(b)
	ctx, root := Trace(bg, "root")
	defer root.Finish()
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		single(ctx, true)
	}
}

func BenchmarkBlockNotEntered(b *testing.B) {
	bench(b)
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		single(bg, false)
	}
}

func BenchmarkBlockOff(b *testing.B) {
	bench(b, "DD_TRACE_ENABLED=false")
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		single(bg, true)
	}
}

// BenchmarkSeq is one iteration over a hundred values; BenchmarkSeqOff the same without tracing.
func BenchmarkSeq(b *testing.B) {
	bench(b)
	benchSeq(b)
}

func BenchmarkSeqOff(b *testing.B) {
	bench(b, "DD_TRACE_ENABLED=false")
	benchSeq(b)
}

func benchSeq(b *testing.B) {
	b.ReportAllocs()
	sum := 0
	seq := Seq(func(yield func(int) bool) {
		for i := 0; i < 100 && yield(i); i++ {
		}
	}, blockSite.EnterGoroutine)
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		seq(func(v int) bool { sum += v; return true })
	}
}

// BenchmarkWrap is BenchmarkBlock with a hook.
func BenchmarkWrap(b *testing.B) {
	bench(b)
	ctx, root := Trace(bg, "root")
	defer root.Finish()
	SetWrap(func(ctx context.Context, w Wrapped) (context.Context, *Span) { return Trace(ctx, w.Name) })
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		single(ctx, true)
	}
}

// TestBlockAllocations: a block costs its span and nothing per turn, and nothing at all where tracing is off.
func TestBlockAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	bench(t)
	ctx, root := Trace(bg, "root")
	defer root.Finish()
	if n := testing.AllocsPerRun(100, func() { single(ctx, true) }); n > 1 {
		t.Errorf("once: %v allocations", n)
	}
	if n := testing.AllocsPerRun(10, func() { loop(ctx, 1000) }); n > 1010 {
		t.Errorf("a loop of 1000 turns: %v allocations", n)
	}
	bench(t, "DD_TRACE_ENABLED=false")
	if n := testing.AllocsPerRun(100, func() { single(bg, true); loop(bg, 10) }); n != 0 {
		t.Errorf("off: %v allocations", n)
	}
}
