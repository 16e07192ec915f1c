//go:build ignore

package mux

import (
	"net/http"

	"github.com/ddinstrument/ddinstrument/runtime/libs/httpinfo"
)

// ddRouted tells the route that a router has found.
func ddRouted(r *http.Request, route *Route) {
	s := httpinfo.Of(r.Context())
	if s == nil || route == nil || r.URL == nil {
		return
	}
	if pattern, err := route.GetPathTemplate(); err == nil {
		s.Routed(r.URL.Path, pattern)
	} else {
		s.Astray("unknown")
	}
}

// ddAstray tells that a router has found no route, unless it has.
func ddAstray(r *http.Request) { httpinfo.Of(r.Context()).Astray("unknown") }
