//go:build go1.21

package stack

import (
	"strings"
	"testing"
)

//go:noinline
func recursive(n int, f func()) {
	if n == 0 {
		f()
		return
	}
	recursive(n-1, f)
}

// take stands between the code and Callers, as SetError does.
//
//go:noinline
func take(depth int) []uintptr { return Callers(0, depth) }

func TestText(t *testing.T) {
	var pcs []uintptr
	recursive(200, func() { pcs = take(1000) })
	text := Text(pcs, 30)
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != 60 || !strings.HasSuffix(lines[0], "stack.TestText.func1") || !strings.Contains(lines[1], "stack_test.go:") {
		t.Errorf("%d lines:\n%s", len(lines), text)
	}
	if long := Text(pcs, 1000); len(long) > maxText || strings.Count(long, "\n") < 100 {
		t.Errorf("a long stack has %d bytes", len(long))
	}
	if take(0) != nil || Text(nil, 30) != "" || Text(pcs, 0) != "" {
		t.Error("depth 0")
	}
}

func TestDeferredBy(t *testing.T) {
	check := func(wantPanic bool) {
		panicking, exiting := DeferredBy(take(10)[1:]) // without check itself, the deferred function
		if panicking != wantPanic || exiting {
			t.Errorf("panicking %v, exiting %v", panicking, exiting)
		}
	}
	func() { defer check(false) }()
	func() {
		defer func() { recover() }()
		defer check(true)
		panic("x")
	}()
}
