//go:build go1.21

package tracer

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"runtime/pprof"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// goroutineLabels returns the labels of the calling goroutine, sorted, as a goroutine profile shows them.
func goroutineLabels(t *testing.T) string {
	t.Helper()
	ctx := context.WithValue(bg, labelProbe{}, nil)
	var list []string
	pprof.ForLabels(labelContext{ctx}, func(key, value string) bool {
		list = append(list, key+"="+value)
		return true
	})
	sort.Strings(list)
	return strings.Join(list, " ")
}

type labelProbe struct{}

// labelContext carries what is in the goroutine's slot.
type labelContext struct{ context.Context }

func (c labelContext) Value(key any) any {
	if slot.IsContextKey(key) {
		return slot.Value(slot.Get())
	}
	return c.Context.Value(key)
}

// bothWays runs a test with label sets as they are known, and through the public API alone.
func bothWays(t *testing.T, f func(t *testing.T)) {
	t.Run("fast", f)
	t.Run("fallback", func(t *testing.T) {
		slot.ForceFallback(true)
		defer slot.ForceFallback(false)
		f(t)
	})
}

func spanLabels(s *Span) string {
	return "local root span id=" + strconv.FormatUint(s.trace.root.id, 10) + " span id=" + strconv.FormatUint(s.id, 10)
}

func TestLabels(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		record(t)
		equal(t, "before", goroutineLabels(t), "")
		ctx, root := Trace(bg, "root")
		_, child := Trace(ctx, "child")
		equal(t, "in the child", goroutineLabels(t), spanLabels(child))
		child.Finish()
		equal(t, "in the root", goroutineLabels(t), spanLabels(root))
		root.Finish()
		equal(t, "after", goroutineLabels(t), "")
	})
}

func TestUserLabels(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		record(t)
		pprof.Do(bg, pprof.Labels("z", "1", "a", "2"), func(ctx context.Context) {
			before := slot.Get()
			ctx, root := Trace(ctx, "root")
			ctx, child := Trace(ctx, "child")
			equal(t, "in the child", goroutineLabels(t), "a=2 "+spanLabels(child)+" z=1")
			pprof.Do(ctx, pprof.Labels("m", "3"), func(ctx context.Context) {
				if slot.FastPath() {
					equal(t, "in Do", CurrentSpan(nil), child)
					equal(t, "labels in Do", goroutineLabels(t), "a=2 "+strings.Replace(spanLabels(child), " span id="+strconv.FormatUint(child.id, 10), " m=3 span id="+strconv.FormatUint(child.id, 10), 1)+" z=1")
				}
				equal(t, "in Do by context", CurrentSpan(ctx), child)
			})
			equal(t, "after Do", CurrentSpan(nil), child)
			child.Finish()
			equal(t, "in the root", CurrentSpan(nil), root)
			root.Finish()
			equal(t, "the label set", slot.Get(), before)
		})
	})
}

// TestUserLabelsStay sets labels inside a span that are still set after it.
func TestUserLabelsStay(t *testing.T) {
	record(t)
	ctx, root := Trace(bg, "root")
	_, child := Trace(ctx, "child")
	pprof.SetGoroutineLabels(pprof.WithLabels(ctx, pprof.Labels("k", "v")))
	equal(t, "the context's span", CurrentSpan(nil), root)
	pprof.SetGoroutineLabels(pprof.WithLabels(bg, pprof.Labels("k", "v")))
	equal(t, "none", CurrentSpan(nil), nil)
	child.Finish()
	equal(t, "labels", goroutineLabels(t), "k=v")
	root.Finish()
	equal(t, "labels", goroutineLabels(t), "k=v")
	slot.Put(nil)

	ctx, root = Trace(bg, "root")
	pprof.SetGoroutineLabels(pprof.WithLabels(ctx, pprof.Labels("k", "v")))
	_, child = Trace(nil, "child")
	equal(t, "labels", goroutineLabels(t), "k=v "+spanLabels(child))
	child.Finish()
	equal(t, "active", CurrentSpan(nil), root)
	root.Finish()
	equal(t, "labels", goroutineLabels(t), "k=v")
}

// TestWhichParent goes through the rule: the span in the context, unless the goroutine's active one descends from it
// through spans without a context.
func TestWhichParent(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		r := record(t)
		ctx, a := Trace(bg, "a")
		noctx := siteB.EnterGoroutine() // b, child of a
		_, c := Trace(ctx, "c")         // the context says a, the goroutine b, which descends from it
		c.Finish()
		noctx.Exit(nil)
		ctx2, d := Trace(ctx, "d")
		_, e := Trace(ctx, "e") // d handed its context on: e was meant to be a's
		e.Finish()
		_, f := Trace(ctx2, "f")
		f.Finish()
		d.Finish()
		a.Finish()
		equal(t, "spans", names(r.one(t)), "a a>b b>c a>d a>e d>f")
	})
}

// TestPool runs jobs of two requests on one worker: neither sees the other's span.
func TestPool(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		r := record(t)
		jobs, done := make(chan context.Context), make(chan bool)
		run := func(ctx context.Context) { jobs <- ctx; <-done }
		ctx1, r1 := Trace(bg, "r1")
		go func() { // started inside r1
			for ctx := range jobs {
				_, s := Trace(ctx, "job")
				equal(t, "current", CurrentSpan(nil), s)
				s.Finish()
				done <- true
			}
		}()
		run(ctx1)
		r1.Finish()
		ctx2, r2 := Trace(bg, "r2")
		run(ctx2)
		close(jobs)
		r2.Finish()
		for _, chunk := range r.traces(t) {
			equal(t, "spans", names(chunk), chunk[0].Name+" "+chunk[0].Name+">job")
		}
	})
}

// TestContext compares a span's context with the one that it was made from.
func TestContext(t *testing.T) {
	record(t)
	type key struct{}
	base, cancel := context.WithTimeout(context.WithValue(bg, key{}, "v"), time.Hour)
	ctx, s := Trace(base, "s")
	defer s.Finish()
	equal(t, "value", ctx.Value(key{}), any("v"))
	equal(t, "text", strings.Split(fmt.Sprint(ctx), " ")[0], strings.Split(fmt.Sprint(base), " ")[0])
	want, _ := base.Deadline()
	got, _ := ctx.Deadline()
	equal(t, "deadline", got, want)
	before := runtime.NumGoroutine()
	sub, cancelSub := context.WithCancel(ctx)
	defer cancelSub()
	equal(t, "goroutines", runtime.NumGoroutine(), before)
	equal(t, "span below", CurrentSpan(sub), s)
	cancel()
	equal(t, "cancelled", sub.Err(), context.Canceled)
	equal(t, "cancelled", ctx.Err(), context.Canceled)

	nilCtx, c := siteA.Enter(nil)
	if nilCtx != nil {
		t.Error("Enter(nil) returned a context")
	}
	c.Exit(nil)
	if _, err := http.NewRequestWithContext(nilCtx, "GET", "http://x", nil); err == nil {
		t.Error("a nil context is accepted")
	}
}

// hostile is a context type that people get wrong.
type hostile struct{ context.Context }

func (*hostile) Value(any) any { panic("Value") }

func TestHostileContext(t *testing.T) {
	r := record(t)
	var request *http.Request
	for _, c := range []*Call{
		siteA.EnterFrom(&hostile{}), siteA.EnterFrom((*hostile)(nil)), siteA.EnterRequest(request), siteA.EnterRequest(nil),
		siteA.EnterFrom(context.TODO()),
	} {
		c.Exit(nil)
	}
	_, c := siteA.Enter(&hostile{bg})
	c.Exit(nil)
	if n := len(r.traces(t)); n == 0 {
		t.Error("no spans")
	}
	equal(t, "current", CurrentSpan(&hostile{}), nil)
}
