//go:build go1.21

package tracer

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
)

// Option is for Trace and StartSpan.
type Option struct {
	kind  uint8
	key   string
	value any
}

const (
	optionService = iota + 1
	optionResource
	optionType
	optionTag
	optionChildOf
	optionIgnore
)

// Service sets the span's service. Without it: the parent's current one, else DD_SERVICE.
func Service(service string) Option { return Option{kind: optionService, key: service} }

// Resource sets the span's resource. Without it: the name.
func Resource(resource string) Option { return Option{kind: optionResource, key: resource} }

// Type sets the span's type: web, http, sql, cache, worker, ...
func Type(typ string) Option { return Option{kind: optionType, key: typ} }

// Tag sets a tag, as Span.SetTag does.
func Tag(key string, value any) Option { return Option{kind: optionTag, key: key, value: value} }

// ChildOf makes the span a child of parent, whatever is active; of nil, the root of a new trace.
func ChildOf(parent *Span) Option { return Option{kind: optionChildOf, value: parent} }

// Ignore has Finish take no notice of some errors, of those that wrap them, and, by a nil pointer, of all of a type.
func Ignore(errors ...error) Option { return Option{kind: optionIgnore, value: errors} }

// Trace starts a span and makes it the active one: in the context that it returns, and on the goroutine. Its parent
// is the active span. It must be finished, best by
//
//	defer span.Finish(&err)
//
// With a nil context the returned one has only the span. When there are to be no spans, Trace returns ctx itself and
// a nil Span, whose methods do nothing.
func Trace(ctx context.Context, name string, options ...Option) (context.Context, *Span) {
	set := running(name)
	if set == nil {
		return ctx, nil
	}
	if ctx == nil {
		ctx = background
	}
	parent, chosen := parentOption(options)
	site := siteNamed(name)
	var s *Span
	if chosen {
		s = beginBelow(set, site, ctx, parent)
	} else {
		s = begin(set, site, ctx, 0)
	}
	if s == nil {
		return ctx, nil
	}
	s.apply(options)
	return (*spanContext)(s), s
}

// StartSpan starts a span without making it active. It is the root of a new trace unless ChildOf says otherwise.
func StartSpan(name string, options ...Option) *Span {
	set := running(name)
	if set == nil {
		return nil
	}
	parent, _ := parentOption(options)
	s := open(set, siteNamed(name), parent, background, 0)
	s.node.Prepare(&s.trace.root.node, s.id, nil)
	s.apply(options)
	return s
}

func parentOption(options []Option) (parent *Span, chosen bool) {
	for i := range options {
		if options[i].kind == optionChildOf {
			parent, _ = options[i].value.(*Span)
			chosen = true
		}
	}
	return parent, chosen
}

func (s *Span) apply(options []Option) {
	for i := range options {
		switch o := &options[i]; o.kind {
		case optionService:
			s.SetService(o.key)
		case optionResource:
			s.SetResource(o.key)
		case optionType:
			s.edit(func(s *Span) { s.extras().typ = clip(o.key) })
		case optionIgnore:
			list, _ := o.value.([]error)
			s.edit(func(s *Span) { s.extras().ignore = append(s.extras().ignore, list...) })
		case optionTag:
			s.SetTag(o.key, o.value)
		}
	}
}

// sites are the ones made for names given to Trace, kept so that each is encoded once. Bounded: a program that puts
// what varies into names gets a new one each time.
var sites struct {
	named sync.Map // name -> *Site
	count atomic.Int32
}

const (
	maxSites    = 4096
	maxSiteName = 256 // bytes; a longer one is not kept
)

func siteNamed(name string) *Site {
	if s, ok := sites.named.Load(name); ok {
		return s.(*Site)
	}
	s := &Site{Name: name}
	if len(name) > maxSiteName || sites.count.Load() >= maxSites {
		return s
	}
	s.Name = strings.Clone(name) // it may be a small part of something large
	known, loaded := sites.named.LoadOrStore(s.Name, s)
	if !loaded {
		sites.count.Add(1)
	}
	return known.(*Site)
}
