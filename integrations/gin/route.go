//go:build ignore

package gin

import (
	"github.com/ddinstrument/ddinstrument/runtime/libs/httpinfo"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

func ddServed(c *Context) *httpinfo.Served {
	if c.Request == nil {
		return nil
	}
	return httpinfo.Of(c.Request.Context())
}

// ddRouted tells the pattern that the engine has found.
func ddRouted(c *Context) {
	s := ddServed(c)
	if s == nil || c.Request.URL == nil {
		return
	}
	if c.fullPath == "" {
		s.Astray("")
		return
	}
	s.Routed(c.Request.URL.Path, c.fullPath)
}

// ddEnd shows the errors that handlers have collected. A redirect to a path that has a route has none itself.
func ddEnd(c *Context) {
	if len(c.Errors) == 0 && c.fullPath != "" {
		return
	}
	s := ddServed(c)
	if s == nil {
		return
	}
	if c.fullPath == "" {
		s.Astray("")
	}
	if len(c.Errors) > 0 {
		s.Span().SetTexts(ddtracer.SiteTag{Key: "gin.errors", Value: c.Errors.String()})
	}
}
