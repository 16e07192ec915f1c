//go:build go1.21

package stack

import (
	"runtime"
	"slices"
	"sync"
	"testing"
)

// both takes the stack above it in the two ways, one of them twice.
//
//go:noinline
func both(t *testing.T, depth int) {
	var got [3][]uintptr
	for i, take := range [...]func(int) []uintptr{viaAsk, viaCallers, viaCallers} {
		got[i] = take(depth)
	}
	if !slices.Equal(got[0], got[1]) || !slices.Equal(got[0], got[2]) {
		t.Errorf("depth %d:\n%.1000s\nthen\n%.1000s\nwant\n%.1000s", depth, fitting(got[1], 50), fitting(got[2], 50), fitting(got[0], 50))
	}
}

//go:noinline
func viaAsk(depth int) []uintptr { return CallersOfPanic(0, depth) }

//go:noinline
func viaCallers(depth int) []uintptr { return Callers(0, depth) }

// inlined has no frame of its own.
func inlined(f func()) { f() }

// TestCache compares what is remembered with what the Go runtime says: in deep stacks and flat ones, in deferred functions
// and below a panic, on several goroutines that fill the tables beyond their size.
func TestCache(t *testing.T) {
	var all sync.WaitGroup
	for g := 0; g < 4; g++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for depth := 1; depth < 200; depth += 7 {
				for n := 0; n < 120; n += 3 {
					recursive(n, func() { both(t, depth) })
				}
			}
			inlined(func() { inlined(func() { both(t, 30) }) })
			func() {
				defer func() { recover() }()
				defer func() { defer both(t, 30) }()
				var nothing *int
				*nothing = 1
			}()
		}()
	}
	all.Wait()
	entries := 0
	for i := range taken {
		if taken[i].Load() != nil {
			entries++
		}
	}
	if runtime.GOARCH == "amd64" && entries < 30 {
		t.Errorf("%d entries: hardly anything is remembered", entries)
	}
}

func TestCacheHits(t *testing.T) {
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("there is no walk")
	}
	recursive(3, func() {
		text := Text(viaCallers(30), 30)
		if n := testing.AllocsPerRun(100, func() {
			if Text(viaCallers(30), 30) == "" {
				t.Error("no text")
			}
		}); n != 0 {
			t.Errorf("%v allocations for a stack that is known", n)
		}
		if text == "" {
			t.Error("no text")
		}
	})
}

// TestTextCache has stacks that share a place, and depths of one stack, in turns.
func TestTextCache(t *testing.T) {
	var stacks [][]uintptr
	for n := 0; n < 60; n++ {
		recursive(n, func() { stacks = append(stacks, viaAsk(100)) })
	}
	for i := 0; i < 2; i++ {
		for _, pcs := range stacks {
			for _, depth := range []int{0, 1, 30, 100} {
				if got, want := Text(pcs, depth), fitting(pcs, depth); got != want {
					t.Fatalf("depth %d: %s\nwant %s", depth, got, want)
				}
			}
		}
	}
}

func BenchmarkCallers(b *testing.B) {
	b.ReportAllocs()
	recursive(10, func() {
		for i := 0; i < b.N; i++ {
			Text(viaCallers(30), 30)
		}
	})
}
