//go:build go1.21

package tracer

import (
	"context"
	"sync/atomic"
	"unsafe"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// This file, block.go, seq.go, here.go and end.go are for code that ddinstrument generates. People use Trace and Span.

// Site is the static data of one traced place. Generated code declares it as a package variable, a plain composite
// literal that needs no code to be initialised, and it is encoded once.
type Site struct {
	Name     string
	Service  string // "": the parent's
	Resource string // "": the name
	Type     string
	Tags     []SiteTag // constant meta tags, span.kind among them
	Root     bool      // spans of it begin a new trace
	Entry    bool      // spans of it are where a trace enters the process, see entersFrom
	Measured bool      // the agent computes statistics for them
	Library  bool      // the service is the name that a library goes by, see DD_TRACE_REMOVE_INTEGRATION_SERVICE_NAMES_ENABLED

	cache atomic.Pointer[siteData]
}

// SiteTag is one constant tag.
type SiteTag struct{ Key, Value string }

// Call is a span that generated code has started. A nil one is what there is when tracing is off: every method
// returns at once.
type Call Span

// Enter starts a span whose parent is the active one, and makes it active in the context that it returns and on the
// goroutine. Of a nil context it returns nil, so that who is handed it sees what he would have seen.
func (s *Site) Enter(ctx context.Context) (_ context.Context, c *Call) {
	if disabled.Load() == 0 {
		ctx, c = s.enter(ctx, flagCall)
	}
	return ctx, c
}

// enter starts the span of a call. Without a context, none is handed on.
func (s *Site) enter(ctx context.Context, flags uint32) (context.Context, *Call) {
	set := running(s.Name)
	if set == nil {
		return ctx, nil
	}
	if set.wrap != nil {
		if ctx, c, ok := set.wrap.ask(s, ctx, flags); ok {
			return ctx, c
		}
	}
	if ctx == nil {
		return nil, (*Call)(begin(set, s, nil, flags|flagNoCtx))
	}
	span := begin(set, s, ctx, flags)
	if span == nil {
		return ctx, nil
	}
	return (*spanContext)(span), (*Call)(span)
}

// EnterFrom starts a span as Enter does, for code whose context can't be replaced: the span is active on the
// goroutine only.
func (s *Site) EnterFrom(ctx context.Context) *Call {
	if disabled.Load() != 0 {
		return nil
	}
	_, c := s.enter(ctx, flagCall|flagNoCtx)
	return c
}

// EnterRequest is EnterFrom with the context of a request; r may be a nil pointer.
func (s *Site) EnterRequest(r interface{ Context() context.Context }) *Call {
	if disabled.Load() != 0 {
		return nil
	}
	return s.enterRequest(r)
}

// EnterGoroutine is EnterFrom where there is no context.
func (s *Site) EnterGoroutine() *Call {
	if disabled.Load() != 0 {
		return nil
	}
	_, c := s.enter(nil, flagCall)
	return c
}

func (s *Site) enterRequest(r interface{ Context() context.Context }) *Call {
	servesRequest(r)
	_, c := s.enter(requestContext(r), flagCall|flagNoCtx)
	return c
}

// requestContext asks the request, which may be nil in one way or the other.
func requestContext(r interface{ Context() context.Context }) (ctx context.Context) {
	if r == nil {
		return nil
	}
	defer func() {
		if recover() != nil {
			ctx = nil
		}
	}()
	return r.Context()
}

// beginBelow starts an active span whose parent is given.
func beginBelow(set *settings, site *Site, ctx context.Context, parent *Span) *Span {
	g := slot.G()
	cur, _ := onGoroutine(slot.Get(), g)
	s := open(set, site, parent, ctx, flagActive)
	s.g = g
	s.activate(cur)
	return s
}

// Tag sets a tag to what value returns now. If value panics there is no tag.
func (c *Call) Tag(key string, value func() any) {
	if c == nil {
		return
	}
	s := (*Span)(c)
	if v, ok := s.evaluate(value); ok {
		s.SetTag(key, v)
	}
}

// Resource sets the resource to what value returns now, printed as a tag would be.
func (c *Call) Resource(value func() any) {
	if c == nil {
		return
	}
	s := (*Span)(c)
	v, ok := s.evaluate(value)
	if !ok {
		return
	}
	if t, ok := s.convert("", v); ok {
		s.SetResource(t.String())
	}
}

// evaluate runs an expression of the program's, which it would not have run without us: its panic must not show.
func (s *Span) evaluate(value func() any) (v any, ok bool) {
	defer s.mute().end()
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return value(), true
}

// Exit ends the span of a function that returns *err; err is nil for a function without such a result. It must be
// deferred directly: then it records a panic, which goes on with the same value.
func (c *Call) Exit(err *error) {
	if c == nil {
		return
	}
	s := (*Span)(c)
	if s.passes() {
		return
	}
	if v := recover(); s.raised(v) {
		panic(v)
	}
	if err == nil || *err == nil {
		s.finish()
		return
	}
	s.returned(*err)
}

// ExitNone is Exit for a function that returns no error. Generated code never says nil, nor any other name that a
// program could give a meaning of its own.
func (c *Call) ExitNone() {
	if c == nil {
		return
	}
	s := (*Span)(c)
	if s.passes() {
		return
	}
	if v := recover(); s.raised(v) {
		panic(v)
	}
	s.finish()
}

// ExitOf is Exit for a function whose error is of a concrete type that implements error: err points to a variable of it,
// whose zero value is no error.
func (c *Call) ExitOf(err any) {
	if c == nil {
		return
	}
	s := (*Span)(c)
	if s.passes() {
		return
	}
	if v := recover(); s.raised(v) {
		panic(v)
	}
	s.exitWith(hide(err), nil, nil)
}

// ExitIgnore is Exit, or ExitOf, for a function some of whose errors mark nothing: one that errors.Is one of ignore's. A
// panic of ignore's does not show.
func (c *Call) ExitIgnore(err any, ignore func() []any) {
	if c == nil {
		return
	}
	s := (*Span)(c)
	if s.passes() {
		return
	}
	if v := recover(); s.raised(v) {
		panic(v)
	}
	s.exitWith(hide(err), ignore, nil)
}

// ExitTags is Exit, or ExitOf, for a function that sets tags when it returns, rather than panics: tags is called then. A
// panic of its own does not show.
func (c *Call) ExitTags(err any, tags func()) {
	if c == nil {
		return
	}
	s := (*Span)(c)
	if s.passes() {
		return
	}
	if v := recover(); s.raised(v) {
		panic(v)
	}
	s.exitWith(hide(err), nil, tags)
}

// ExitNoneTags is ExitTags for a function that returns no error.
func (c *Call) ExitNoneTags(tags func()) {
	if c == nil {
		return
	}
	s := (*Span)(c)
	if s.passes() {
		return
	}
	if v := recover(); s.raised(v) {
		panic(v)
	}
	s.exitWith(nil, nil, tags)
}

// ExitWith is ExitIgnore and ExitTags in one.
func (c *Call) ExitWith(err any, ignore func() []any, tags func()) {
	if c == nil {
		return
	}
	s := (*Span)(c)
	if s.passes() {
		return
	}
	if v := recover(); s.raised(v) {
		panic(v)
	}
	s.exitWith(hide(err), ignore, tags)
}

// hide returns v in a way that the compiler does not see. Otherwise it would move the variable that v points to, a
// function's result, to the heap, as reflection looks at it; nothing keeps it beyond the call.
//
//go:nosplit
func hide(v any) any {
	words := *(*[2]uintptr)(unsafe.Pointer(&v))
	return *(*any)(unsafe.Pointer(&words))
}
