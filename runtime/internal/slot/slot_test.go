//go:build go1.21

package slot

import (
	"context"
	"math"
	"runtime"
	"runtime/pprof"
	"strconv"
	"testing"
)

func TestDigits(t *testing.T) {
	for _, v := range []uint64{0, 1, 9, 10, 99, 100, 101, 12345, 1<<63 - 1, math.MaxUint64} {
		if got := string(appendDigits(nil, v)); got != strconv.FormatUint(v, 10) {
			t.Errorf("%d: %s", v, got)
		}
	}
}

func TestLayout(t *testing.T) {
	Init()
	if !fast && runtime.Version() >= "go1.24" {
		t.Fatal("the layout of label sets is not as it was")
	}
}

// TestRoundTrip goes from a node to labels and back, with labels of the user's that sort before, between and after
// ours, and one that has our name.
func TestRoundTrip(t *testing.T) {
	for _, fallback := range []bool{false, true} {
		Init()
		ForceFallback(fallback)
		defer ForceFallback(false)
		Put(nil)
		ctx := pprof.WithLabels(context.Background(), pprof.Labels("a", "1", "m", "2", "span id", "another tracer's", "z", "3"))
		pprof.SetGoroutineLabels(ctx)
		before := Get()
		var root, child Node
		root.Prepare(&root, 77, before)
		child.Prepare(&root, 78, root.Pointer())
		Put(child.Pointer())
		if Find(Get()) != &child || Find(before) != nil || Strip(Get()) != before || child.Base() != before {
			t.Error("the way back")
		}
		labels := map[string]string{}
		pprof.ForLabels(adopted{ctx, Get()}, func(k, v string) bool { labels[k] = v; return true })
		if len(labels) != 5 || labels["span id"] != "78" || labels["local root span id"] != "77" || labels["m"] != "2" {
			t.Errorf("labels: %v", labels)
		}
		if p := Replace(Get(), &root); Find(p) != &root {
			t.Error("Replace")
		}
		if Replace(Get(), nil) != before {
			t.Error("Replace by nothing")
		}
		if p := unpack(child.InContext(pack(before))); p != child.Pointer() {
			t.Error("InContext of the same labels is another set")
		}
		other := child.InContext(nil)
		n := 0
		pprof.ForLabels(adopted{ctx, unpack(other)}, func(k, v string) bool { n++; return true })
		if n != 2 || Find(unpack(other)) != &child {
			t.Errorf("%d labels in a context without the user's", n)
		}
		Put(nil)
	}
}

func TestRegistryIsBounded(t *testing.T) {
	ForceFallback(true)
	defer ForceFallback(false)
	for i := uint64(0); i < registryLimit+1000; i++ {
		n := new(Node)
		n.Prepare(n, i, nil)
	}
	if n := len(registry.nodes); n > registryLimit {
		t.Errorf("%d entries", n)
	}
}

func TestG(t *testing.T) {
	mine := G()
	if mine == 0 {
		t.Skip("not known on this processor")
	}
	other := make(chan uintptr)
	go func() { other <- G() }()
	if g := <-other; g == mine || G() != mine {
		t.Errorf("%x, %x and %x", mine, g, G())
	}
}
