//go:build go1.21

package tracer

import (
	"context"
	"runtime"

	"github.com/ddinstrument/ddinstrument/runtime/internal/stack"
)

// Block is a traced statement in one call of a function. Generated code makes it, and defers Unwind, when control
// reaches the statement for the first time; whatever number of times that happens, there is one of them. A nil one
// traces nothing.
type Block struct {
	site   *Site
	call   *Call // its span; nil while control is elsewhere
	ignore func() []any
}

// First tells whether the block is to be made. It is false where tracing is off: then there is nothing to defer.
func (b *Block) First() bool { return b == nil && disabled.Load() == 0 }

// NewBlock makes the block of a site.
func (s *Site) NewBlock() *Block { return &Block{site: s} }

// Enter starts the span, as Site.Enter does. What is inside may use the function's own context as well as the one that
// is returned: the parent of spans in there is the block's span in either case.
func (b *Block) Enter(ctx context.Context) context.Context {
	if b != nil {
		b.Exit()
		if disabled.Load() == 0 {
			ctx, b.call = b.site.enter(ctx, flagCall|flagNoCtx)
		}
	}
	return ctx
}

// EnterFrom starts the span as Site.EnterFrom does.
func (b *Block) EnterFrom(ctx context.Context) {
	if b != nil {
		b.Exit()
		b.call = b.site.EnterFrom(ctx)
	}
}

// EnterRequest starts the span as Site.EnterRequest does.
func (b *Block) EnterRequest(r interface{ Context() context.Context }) {
	if b != nil {
		b.Exit()
		b.call = b.site.EnterRequest(r)
	}
}

// EnterGoroutine starts the span as Site.EnterGoroutine does.
func (b *Block) EnterGoroutine() {
	if b != nil {
		b.Exit()
		b.call = b.site.EnterGoroutine()
	}
}

// Tag sets a tag as Call.Tag does.
func (b *Block) Tag(key string, value func() any) {
	if b != nil {
		b.call.Tag(key, value)
	}
}

// Resource sets the resource as Call.Resource does.
func (b *Block) Resource(value func() any) {
	if b != nil {
		b.call.Resource(value)
	}
}

// Ignore names errors that do not mark the span when the function returns them. Generated code says it where the statement
// begins, as inside of it their names may mean something else.
func (b *Block) Ignore(list func() []any) {
	if b != nil {
		b.ignore = list
	}
}

// Exit ends the span, if it is open, where control leaves the statement.
func (b *Block) Exit() {
	if s := b.close(); s != nil {
		s.finish()
	}
}

// Return ends the span where the function returns *err from inside the statement.
func (b *Block) Return(err *error) {
	if s := b.close(); s != nil {
		s.returned(*err)
	}
}

// ReturnOf is Return for an error as Call.ExitWith takes it, and where some are ignored.
func (b *Block) ReturnOf(err any) {
	if s := b.close(); s != nil {
		s.exitWith(hide(err), b.ignore, nil)
	}
}

// Unwind must be deferred directly: when it finds the span open, a panic or runtime.Goexit has left the statement. A panic
// is recorded and goes on with the same value.
func (b *Block) Unwind() {
	s := b.close()
	if s == nil || s.passes() {
		return
	}
	if v := recover(); s.raised(v) {
		panic(v)
	}
	s.lost()
}

// close returns the open span, and forgets it.
func (b *Block) close() *Span {
	if b == nil || b.call == nil {
		return nil
	}
	s := (*Span)(b.call)
	b.call = nil
	return s
}

// lost ends the span of a block that nothing leaves any more when its function ends. If that is not because of
// runtime.Goexit, a panic has left the block and another deferred function has recovered it: its value is gone.
func (s *Span) lost() {
	var pcs [4]uintptr // of the caller of the deferred function
	if _, exiting := stack.DeferredBy(pcs[:runtime.Callers(3, pcs[:])]); !exiting {
		s.SetError(nil)
	}
	s.finish()
}
