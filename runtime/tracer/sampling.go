//go:build go1.21

package tracer

import (
	"github.com/ddinstrument/ddinstrument/runtime/internal/sampling"
)

// decide returns what becomes of the trace, by its local root as it is now. Until the root finishes, or the decision is
// handed on to another process (then it is final), it may still change: a handler may set the resource last.
func (t *trace) decide(final bool) *sampling.Decision {
	for {
		d := t.decision.Load()
		if d != nil && d.Final {
			return d
		}
		if next := t.root.judge(t.low, d, final); t.decision.CompareAndSwap(d, next) {
			return next
		}
	}
}

// judge has the rules look at a local root.
func (s *Span) judge(trace uint64, before *sampling.Decision, final bool) *sampling.Decision {
	sampler := s.set.sampler
	if sampler.Idle() {
		return sampling.Standard(final || s.finished.Load())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return sampler.Decide(trace, subject{s}, before, final || s.finished.Load())
}

// priority is the one that is known so far.
func (t *trace) priority() int32 {
	if d := t.decision.Load(); d != nil {
		return d.Priority
	}
	return sampling.Keep
}

// subject is a span that rules look at, while its lock is held or after it has finished.
type subject struct{ *Span }

func (s subject) Service() string { return *s.service.Load() }

func (s subject) Name() string { return s.named() }

func (s subject) Resource() string {
	switch {
	case s.own().resource != "":
		return s.own().resource
	case s.site.Resource != "":
		return s.site.Resource
	}
	return s.site.Name
}

// Type is the type that the span is going to have.
func (s subject) Type() string {
	if s.more != nil && s.more.typ != "" {
		return s.more.typ
	}
	return s.site.Type
}

func (s subject) Tag(key string) (sampling.Value, bool) {
	t, ok := s.tagNamed(key)
	return sampling.Value{Text: t.text, Number: t.number, IsNumber: t.isNum}, ok
}

// tagNamed finds a tag that the span is going to have.
func (s *Span) tagNamed(key string) (tag, bool) {
	for _, list := range [...][]tag{s.own().tags, s.site.encoded().tags.list, s.set.common(*s.service.Load()).list} {
		for i := range list {
			if list[i].key == key {
				return list[i], true
			}
		}
	}
	if s.more != nil && s.more.failure != nil && !s.more.failure.bare {
		switch key {
		case "error.type":
			return tag{key: key, text: s.more.failure.typ}, true
		case "error.message":
			return tag{key: key, text: s.more.failure.msg}, true
		}
	}
	return tag{}, false
}
