//go:build go1.21

package tracer

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
)

var blockSite = Site{Name: "block"}

func tracedBlock(ctx context.Context, site *Site, body func(context.Context) error) (err error) {
	var ddblock1 *Block
	if ddblock1.First() {
		ddblock1 = site.NewBlock()
		defer ddblock1.Unwind()
	}
	{
		ctx := ddblock1.Enter(ctx)
		{
			ddr0 := body(ctx)
			ddblock1.Return(&ddr0)
			return ddr0
		}
	}
}

// enterBlock is what stands before a block, for those that are in the way of the test's point otherwise.
func enterBlock(b *Block) *Block {
	if b.First() {
		b = blockSite.NewBlock()
	}
	b.EnterGoroutine()
	return b
}

// TestBlockExits leaves a block in every way.
func TestBlockExits(t *testing.T) {
	r := record(t)
	for _, c := range []struct {
		way     string
		leave   func(b *Block)
		code    int64
		message string
	}{
		{"falls out", func(b *Block) { b.Exit() }, 0, ""},
		{"twice", func(b *Block) { b.Exit(); b.Exit() }, 0, ""},
		{"return nil", func(b *Block) { var err error; b.Return(&err) }, 0, ""},
		{"return an error", func(b *Block) { err := io.ErrNoProgress; b.Return(&err) }, 1, io.ErrNoProgress.Error()},
		{"after it", func(b *Block) { b.Exit(); err := io.EOF; b.Return(&err) }, 0, ""},
		{"a concrete error", func(b *Block) { q := quiet("q"); b.ReturnOf(&q) }, 1, "q"},
		{"a concrete nil", func(b *Block) { var p *fs.PathError; b.ReturnOf(&p) }, 0, ""},
		{"an ignored error", func(b *Block) { err := io.EOF; b.Ignore(func() []any { return []any{io.EOF} }); b.ReturnOf(&err) }, 0, ""},
		{"panic", func(*Block) { panic("p") }, 1, "p"},
		{"panic with nil", func(*Block) { panic(any(nil)) }, 1, new(runtime.PanicNilError).Error()},
		{"http.ErrAbortHandler", func(*Block) { panic(errors.New("net/http: abort Handler")) }, 0, ""},
		{"a panic after it", func(b *Block) { b.Exit(); panic("p") }, 0, ""},
		{"Goexit", func(*Block) { runtime.Goexit() }, 0, ""},
	} {
		done := make(chan any)
		go func() {
			defer func() { done <- recover() }()
			var b *Block
			b = enterBlock(b)
			defer b.Unwind()
			c.leave(b)
		}()
		recovered := <-done
		if strings.HasPrefix(c.way, "panic") && recovered == nil {
			t.Errorf("%s: it went no further", c.way)
		}
		got := r.span(t)
		equal(t, c.way+": error", got.Error, c.code)
		equal(t, c.way+": message", got.Meta["error.message"], c.message)
	}
}

// TestBlockRecovered has a panic leave the block and not its function.
func TestBlockRecovered(t *testing.T) {
	r := record(t)
	_, root := Trace(bg, "root")
	func() {
		var b *Block
		for i := 0; i < 3; i++ {
			if b.First() {
				b = blockSite.NewBlock()
				defer b.Unwind()
			}
			b.EnterGoroutine()
			if i == 1 {
				defer func() { recover() }()
				panic("x")
			}
			b.Exit()
		}
	}()
	equal(t, "current", CurrentSpan(nil), root)
	root.Finish()
	chunk := r.one(t)
	equal(t, "spans", names(chunk), "root root>block root>block")
	equal(t, "the first turn", chunk[1].Error, 0)
	last := chunk[2]
	equal(t, "the second turn", last.Error, 1)
	for k := range last.Meta {
		if strings.HasPrefix(k, "error.") {
			t.Errorf("there is %s", k)
		}
	}
}

// TestBlockParents uses the function's context and the block's, inside and after blocks.
func TestBlockParents(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		r := record(t)
		leaf := func(ctx context.Context, name string) {
			_, s := Trace(ctx, name)
			s.Finish()
		}
		outer, c := siteA.Enter(bg)
		b := siteB.NewBlock()
		func() {
			defer b.Unwind()
			ctx := b.Enter(outer)
			leaf(ctx, "own")
			leaf(outer, "outer")
			leaf(nil, "none")
			b2 := blockSite.NewBlock()
			func() {
				defer b2.Unwind()
				b2.EnterFrom(outer)
				leaf(outer, "inner")
				leaf(ctx, "middle")
			}()
			equal(t, "current", CurrentSpan(outer), (*Span)(b.call))
			ctx = b.Enter(outer) // while it is open
			equal(t, "its context", ctx.Value(spanKey{}), any((*Span)(b.call)))
			b.Exit()
			leaf(outer, "after")
		}()
		equal(t, "nil", b.Enter(nil), nil)
		b.Exit()
		c.ExitNone()
		equal(t, "spans", names(r.one(t)), "a a>b b>own b>outer b>none b>block block>inner block>middle a>b a>after a>b")
	})
}

// TestBlockParentFinished uses a context that is kept beyond its span.
func TestBlockParentFinished(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		record(t)
		ctx, a := Trace(bg, "a")
		a.Finish()
		b := siteB.NewBlock()
		defer b.Unwind()
		b.EnterFrom(ctx)
		_, s := Trace(ctx, "inner")
		equal(t, "parent of the block", (*Span)(b.call).parentID, a.id)
		equal(t, "parent inside", s.parentID, (*Span)(b.call).id)
		s.Finish()
		b.Exit()
	})
}

// TestBlockTags sets what expressions give, and nothing on a block that is not open.
func TestBlockTags(t *testing.T) {
	r := record(t)
	b := blockSite.NewBlock()
	expression := func() any { return 7 }
	b.Tag("before", expression)
	b.EnterRequest(nil)
	b.Tag("k", expression)
	b.Tag("bad", func() any { panic("expression") })
	b.Resource(func() any { return "r" })
	b.Exit()
	b.Tag("after", expression)
	got := r.span(t)
	equal(t, "k", got.Metrics["k"], 7)
	equal(t, "resource", got.Resource, "r")
	for _, k := range []string{"before", "bad", "after"} {
		if _, there := got.Metrics[k]; there {
			t.Errorf("there is %s", k)
		}
	}
}

// TestBlockLabels changes the goroutine's labels inside a block.
func TestBlockLabels(t *testing.T) {
	r := record(t)
	b := enterBlock(nil)
	pprof.SetGoroutineLabels(pprof.WithLabels(bg, pprof.Labels("k", "v")))
	b.Exit()
	equal(t, "labels", goroutineLabels(t), "k=v")
	b.EnterGoroutine()
	equal(t, "labels", goroutineLabels(t), "k=v "+spanLabels((*Span)(b.call)))
	b.Exit()
	equal(t, "labels", goroutineLabels(t), "k=v")
	equal(t, "traces", len(r.traces(t)), 2)
}

// TestBlockOff does all of it without tracing, nil blocks included.
func TestBlockOff(t *testing.T) {
	r := record(t, "DD_TRACE_ENABLED=false")
	var none *Block
	if none.First() {
		t.Error("a block is made though tracing is off")
	}
	for _, b := range []*Block{none, blockSite.NewBlock()} {
		equal(t, "the context", b.Enter(bg), bg)
		b.EnterFrom(bg)
		b.EnterRequest(nil)
		b.EnterGoroutine()
		b.Tag("k", func() any { t.Error("evaluated"); return 1 })
		b.Resource(func() any { t.Error("evaluated"); return 1 })
		err := io.EOF
		b.Return(&err)
		b.ReturnOf(&err)
		b.Exit()
		b.Unwind()
	}
	equal(t, "traces", len(r.traces(t)), 0)
}
