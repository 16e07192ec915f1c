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

// ddErrors shows what handlers have collected.
func ddErrors(c *Context) {
	if len(c.Errors) == 0 {
		return
	}
	if s := ddServed(c); s != nil {
		s.Span().SetTexts(ddtracer.SiteTag{Key: "gin.errors", Value: c.Errors.String()})
	}
}
