//go:build ignore

package chi

import (
	"net/http"
	"strings"

	"github.com/ddinstrument/ddinstrument/runtime/libs/httpinfo"
)

// ddRouted tells the pattern that a router has found for a path. A router below it finds the rest of the pattern later.
func ddRouted(rctx *Context, path string, found *http.Handler) {
	if rctx.parentCtx == nil { // somebody asks what would be found
		return
	}
	s := httpinfo.Of(rctx.parentCtx)
	if s == nil {
		return
	}
	if *found == nil {
		s.Astray("unknown")
		return
	}
	if len(rctx.RoutePatterns) <= 1 {
		s.Prefix(path)
	}
	pattern := rctx.RoutePattern()
	if pattern != "/" { // old versions leave the end of a mounted router's "/"
		pattern = strings.TrimSuffix(strings.TrimSuffix(pattern, "//"), "/")
	}
	s.Below(pattern)
}
