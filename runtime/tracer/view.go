//go:build go1.21

package tracer

import (
	"sync"
	"time"
)

// TraceView is a trace, or a part of one that is sent ahead, as a filter sees it. It is not to be kept: when the filter
// has returned, it shows nothing any more.
type TraceView struct{ v *view }

// SpanView is a finished span as a filter sees it.
type SpanView struct {
	s *Span
	v *view
}

type view struct {
	trace *trace
	spans []SpanView

	mu   sync.Mutex
	over bool
}

func (v *view) close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.over = true
}

// look runs f unless the filter has returned.
func (v *view) look(f func()) {
	if v == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.over {
		f()
	}
}

// Spans returns the spans in the order in which they started.
func (t TraceView) Spans() (list []SpanView) {
	t.v.look(func() { list = append(list, t.v.spans...) })
	return list
}

// Root returns the first span: the local root, unless the trace is shown in parts.
func (t TraceView) Root() (root SpanView) {
	t.v.look(func() { root = t.v.spans[0] })
	return root
}

// ID returns the trace's id, in two halves.
func (t TraceView) ID() (high, low uint64) {
	t.v.look(func() { high, low = t.v.trace.high, t.v.trace.low })
	return high, low
}

// Priority returns the sampling priority: the trace is kept if it is above 0.
func (t TraceView) Priority() (priority int) {
	t.v.look(func() { priority = int(t.v.trace.decide(false).Priority) })
	return priority
}

// Name returns the operation name.
func (s SpanView) Name() (name string) {
	s.v.look(func() { name = subject{s.s}.Name() })
	return name
}

// Service returns the service.
func (s SpanView) Service() (service string) {
	s.v.look(func() { service = subject{s.s}.Service() })
	return service
}

// Resource returns the resource.
func (s SpanView) Resource() (resource string) {
	s.v.look(func() { resource = subject{s.s}.Resource() })
	return resource
}

// Type returns the type.
func (s SpanView) Type() (typ string) {
	s.v.look(func() {
		if typ = s.s.site.Type; s.s.more != nil && s.s.more.typ != "" {
			typ = s.s.more.typ
		}
	})
	return typ
}

// Tag returns the value of a tag, a string or a float64; nil if there is none.
func (s SpanView) Tag(key string) (value any) {
	s.v.look(func() {
		t, ok := s.s.tagNamed(key)
		switch {
		case ok && t.isNum:
			value = t.number
		case ok:
			value = t.text
		}
	})
	return value
}

// Failed tells whether the span is marked with an error.
func (s SpanView) Failed() (failed bool) {
	s.v.look(func() { failed = s.s.failed })
	return failed
}

// ID returns the span's id, and its parent's, 0 if it has none.
func (s SpanView) ID() (id, parent uint64) {
	s.v.look(func() { id, parent = s.s.id, s.s.parentID })
	return id, parent
}

// Start returns when the span started.
func (s SpanView) Start() (start time.Time) {
	s.v.look(func() { start = time.Unix(0, s.s.start) })
	return start
}

// Duration returns how long the span took.
func (s SpanView) Duration() (d time.Duration) {
	s.v.look(func() { d = time.Duration(s.s.dur) })
	return d
}

// change changes the span, which nobody but the filter can do any more. Its lock is for those who look at a root.
func (s SpanView) change(f func(*Span)) {
	s.v.look(func() {
		s.s.mu.Lock()
		defer s.s.mu.Unlock()
		f(s.s)
	})
}

// SetName changes the operation name.
func (s SpanView) SetName(name string) {
	s.change(func(s *Span) { s.extras().name = clip(name) })
}

// SetService changes the service, of this span only.
func (s SpanView) SetService(service string) {
	s.change(func(s *Span) { s.service.Store(s.set.serviceNamed(clip(service))) })
}

// SetResource changes the resource.
func (s SpanView) SetResource(resource string) {
	s.change(func(s *Span) { s.details().resource = clip(resource) })
}

// SetType changes the type.
func (s SpanView) SetType(typ string) {
	s.change(func(s *Span) { s.extras().typ = clip(typ) })
}

// SetTag sets a tag as Span.SetTag does.
func (s SpanView) SetTag(key string, value any) {
	t, ok := convert(key, value)
	if !ok {
		return
	}
	s.change(func(s *Span) {
		if !s.special(&t) {
			s.put(t)
		}
	})
}

// SetFailed marks the span as failed, or takes the mark and the error's tags away.
func (s SpanView) SetFailed(failed bool) {
	s.change(func(s *Span) {
		if s.failed = failed; !failed && s.more != nil {
			s.more.failure = nil
		}
	})
}
