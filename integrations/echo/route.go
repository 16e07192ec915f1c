//go:build ignore

package echo

import "github.com/ddinstrument/ddinstrument/runtime/libs/httpinfo"

func ddServed(c Context) *httpinfo.Served {
	r := c.Request()
	if r == nil || r.URL == nil {
		return nil
	}
	return httpinfo.Of(r.Context())
}

// ddRouted tells the pattern that a router has found. Where it has found none the path stands in its place, or nothing;
// one that is there for other methods has no names for parameters either.
func ddRouted(c Context) {
	s := ddServed(c)
	ctx, ok := c.(*context)
	if s == nil || !ok {
		return
	}
	if ctx.path == "" || ctx.pnames == nil && ctx.store[ContextKeyHeaderAllow] == nil {
		s.Astray("")
		return
	}
	s.Routed(ctx.request.URL.Path, ctx.path)
}

// ddFails takes down the error of a handler.
func ddFails(err error, c Context) {
	if s := ddServed(c); s != nil {
		s.Fails(err)
	}
}
