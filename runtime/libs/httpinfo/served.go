//go:build go1.21

package httpinfo

import (
	"context"
	"sync"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// Served is a request that a server answers. It stands in the request's context, below the server's span, and there
// routers find it: what they know of the request's route goes to that span, and to no other one.
type Served struct {
	context.Context // what the request came with

	span         *tracer.Span
	method       string
	path, escape string // as it came; escape is "" where it is the same

	mu     sync.Mutex // a handler with a time limit runs on a goroutine of its own
	route  string
	outer  string // what stands before the route of the router that asked for it
	strays bool   // a router knew no route
	err    error
}

type servedKey struct{}

// Value knows the request itself.
func (s *Served) Value(key any) any {
	if _, ok := key.(servedKey); ok {
		return s
	}
	return s.Context.Value(key)
}

// String prints as the context that it stands for.
func (s *Served) String() string {
	if c, ok := s.Context.(interface{ String() string }); ok {
		return c.String()
	}
	return "context"
}

// Begin makes s the request of a server's span; escaped is the path as it came, if that is something else than path.
func (s *Served) Begin(span *tracer.Span, method, path, escaped string) {
	s.span, s.method, s.path, s.escape = span, method, path, escaped
}

// Of returns the request whose context ctx is, or comes from; nil if no server has begun a span for it.
func Of(ctx context.Context) *Served {
	if ctx == nil {
		return nil
	}
	s, _ := ctx.Value(servedKey{}).(*Served)
	return s
}

// Routed tells the pattern that a router has found for the path that it saw. Other routers, and handlers that strip a
// prefix, may have been there before.
func (s *Served) Routed(path, pattern string) {
	if s == nil || pattern == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set(join(s.before(path), pattern))
}

// Prefix takes down what stands before the route of a router that sees path, for Below.
func (s *Served) Prefix(path string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outer = s.before(path)
}

// Below is Routed for a router that finds its pattern in several steps, each longer than the one before.
func (s *Served) Below(pattern string) {
	if s == nil || pattern == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set(join(s.outer, pattern))
}

// set makes a route the span's. The lock is held.
func (s *Served) set(route string) {
	if route == s.route {
		return
	}
	s.route = route
	s.span.SetTexts(tracer.SiteTag{Key: RouteTag, Value: route})
	s.span.SetResource(Resource(s.method, route))
}

// Astray tells that a router has no route for the request. What the resource then is instead is the same for all such
// requests: there is no end to the paths that are asked for. It is for nothing once a route is known.
func (s *Served) Astray(instead string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.route != "" || s.strays {
		return
	}
	s.strays = true
	s.span.SetResource(Resource(s.method, instead))
}

// Fails takes down an error that a handler has returned, in case that the answer turns out to be one that tells of an
// error.
func (s *Served) Fails(err error) {
	if s == nil || err == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// Span returns the server's span.
func (s *Served) Span() *tracer.Span {
	if s == nil {
		return nil
	}
	return s.span
}

// Answered takes down the status of the answer, which may be an error: text is what the status stands for.
func (s *Served) Answered(status int, text string) {
	s.span.SetTexts(tracer.SiteTag{Key: StatusTag, Value: Status(status)})
	if !Current().ServerErrors.Has(status) {
		return
	}
	s.mu.Lock()
	err := s.err
	s.mu.Unlock()
	if err != nil {
		s.span.FailBy(err)
		return
	}
	s.span.Fail(StatusError(status, text))
}
