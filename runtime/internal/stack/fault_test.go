//go:build go1.21

package stack

import "testing"

// leaf faults, and has no frame of its own.
//
//go:noinline
func leaf(p *int) int { return *p }

// calls has two calls of leaf, between which the frame pointers make no difference.
//
//go:noinline
func calls(p *int, second bool) int {
	if second {
		return leaf(p) + 2
	}
	return leaf(p) + 1
}

// TestCacheFault takes stacks in a deferred function while a fault's panic is going on.
func TestCacheFault(t *testing.T) {
	for _, second := range []bool{false, true, false} {
		func() {
			defer func() { recover() }()
			defer both(t, 30)
			calls(nil, second)
		}()
	}
}
