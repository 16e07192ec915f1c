//go:build go1.21

package propagation

import "testing"

// noted is a carrier that costs nothing itself.
type noted struct{ keys, values [8]string }

func (n *noted) Get(key string) string {
	for i, k := range n.keys {
		if k == key {
			return n.values[i]
		}
	}
	return ""
}

func (n *noted) Set(key, value string) {
	for i, k := range n.keys {
		if k == key || k == "" {
			n.keys[i], n.values[i] = key, value
			return
		}
	}
}

// TestAllocations has a request carry what those of a Datadog tracer do. It is a text for each of five headers; and when
// they arrive, what is known of the trace, and the list of its tags as each of the two styles has it.
func TestAllocations(t *testing.T) {
	c := &Context{High: 0x640cfd8d00000000, Low: 1 << 60, Span: 1 << 61, Priority: 1, Decided: true, Local: true, Tags: []Pair{{MechanismKey, "-1"}}}
	var n noted
	if got := testing.AllocsPerRun(100, func() { Inject(&n, Standard(), c) }); got > 5 {
		t.Errorf("%v allocations to inject", got)
	}
	if n.values[4] == "" {
		t.Fatalf("what is injected is %q", n)
	}
	o := Options{Styles: Standard()}
	if got := testing.AllocsPerRun(100, func() { Extract(&n, o) }); got > 3 {
		t.Errorf("%v allocations to extract", got)
	}
}
