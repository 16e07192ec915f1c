//go:build go1.21

package slot

import (
	"context"
	"runtime/pprof"
	"testing"
)

func TestWith(t *testing.T) {
	Init()
	if !fast {
		t.Skip("the layout of label sets is not known")
	}
	p := With(nil, "m", "1")
	if Lookup(p, "m") != "1" || Lookup(p, "n") != "" || Lookup(nil, "m") != "" {
		t.Error("a set of one label")
	}
	ctx := pprof.WithLabels(adopted{context.Background(), p}, pprof.Labels("a", "2", "z", "3"))
	p = With(unpack(ctx.Value(ctxKey)), "m", "4")
	want := Set{[]Label{{"a", "2"}, {"m", "4"}, {"z", "3"}}}
	for i, l := range (*Set)(p).List {
		if l != want.List[i] {
			t.Errorf("label %d: %v, want %v", i, l, want.List[i])
		}
	}
	var n Node
	n.Prepare(&n, 77, p)
	if Lookup(n.Pointer(), "m") != "4" || Find(n.Pointer()) != &n || Strip(n.Pointer()) != p {
		t.Error("below a span")
	}
}
