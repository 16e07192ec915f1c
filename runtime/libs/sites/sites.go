//go:build go1.21

// Package sites has a site for each of the methods, topics or subjects that a library's spans are of, so that what such
// spans have in common is encoded once.
package sites

import (
	"strings"
	"sync/atomic"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// limit is how many names a table keeps. What others have made up gets a site of its own each time.
const limit = 1000

// A Table makes sites by Make, which is given a name that it may keep.
type Table struct {
	Make func(name string) *tracer.Site

	known atomic.Pointer[map[string]*tracer.Site] // replaced, never changed
}

// Get returns the site of a name.
func (t *Table) Get(name string) *tracer.Site {
	known := t.known.Load()
	if known != nil {
		if s := (*known)[name]; s != nil {
			return s
		}
	}
	name = strings.Clone(name) // it may be a small part of something large
	s := t.Make(name)
	more := map[string]*tracer.Site{name: s}
	if known != nil {
		if len(*known) >= limit {
			return s
		}
		for n, other := range *known {
			more[n] = other
		}
	}
	t.known.CompareAndSwap(known, &more) // who comes second tries again next time
	return s
}
