//go:build go1.21

package tracer

import (
	"sync/atomic"

	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/sampling"
	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
	"github.com/ddinstrument/ddinstrument/runtime/internal/stack"
)

// Decision is what a filter wants to become of a trace.
type Decision int

// What becomes of a trace.
const (
	Keep Decision = iota // it is sent, with what the filter has changed
	Drop                 // it is not sent at all, and counts nowhere
)

// AddFilter has f look at every trace before it is sent, after the filters added before it. It may change the spans. f is
// called when the trace's last span finishes, on that goroutine; what has to be sent ahead, of a trace that is long or has
// very many spans, is shown to it in parts. Code that f runs starts no spans. If it panics, the trace is kept.
func AddFilter(f func(TraceView) Decision) {
	if f == nil {
		return
	}
	change(func(set *settings) { set.filters.add(f) })
}

// filters are what AddFilter has added. All settings of one tracer share them, so that traces that run are filtered, too.
type filters struct {
	list atomic.Pointer[[]func(TraceView) Decision]
}

// maxFilters bounds what a program can add that does so again and again.
const maxFilters = 64

// add is called by one goroutine at a time.
func (fs *filters) add(f func(TraceView) Decision) {
	list := fs.get()
	if len(list) == maxFilters {
		diag.Once("filters", "there are more than %d filters: further ones are left out", maxFilters)
		return
	}
	list = append(list[:len(list):len(list)], f)
	fs.list.Store(&list)
}

func (fs *filters) inherit(before *filters) {
	if before != nil {
		fs.list.Store(before.list.Load())
	}
}

func (fs *filters) get() []func(TraceView) Decision {
	if fs == nil {
		return nil
	}
	if list := fs.list.Load(); list != nil {
		return *list
	}
	return nil
}

// sifts tells whether anything is set that a trace has to pass, or that marks spans of it.
func (set *settings) sifts() bool {
	return set.dropsRoots() || len(set.SpanRules) > 0 || set.filters != nil && set.filters.list.Load() != nil
}

// dropsRoots tells whether the environment, or the agent, has filters for local roots.
func (set *settings) dropsRoots() bool {
	return set.Filter != nil || len(set.DropRules) > 0 || set.peer.filter() != nil
}

// sift says whether spans of a trace are to be sent, and marks and changes them on the way: what is dropped by the
// environment's settings comes first, then what is kept of traces that are not, then the program's filters.
func (set *settings) sift(t *trace, spans []*Span) bool {
	if set.dropsRoots() && t.drops(set) {
		return false
	}
	if len(set.SpanRules) > 0 && t.decide(false).Priority <= 0 {
		for _, s := range spans {
			if r := sampling.Single(set.SpanRules, s.id, subject{s}); r != nil {
				s.mark(r.SingleMetrics())
			}
		}
	}
	list := set.filters.get()
	return len(list) == 0 || t.passes(list, spans)
}

// What is known of a trace's root.
const (
	rootPasses = 1 + iota
	rootDrops
)

// drops asks the environment's filters about the local root. Once the root has finished, the answer is for all of the trace.
func (t *trace) drops(set *settings) bool {
	root := t.root
	root.mu.Lock()
	defer root.mu.Unlock()
	if known := t.rootVerdict.Load(); known != 0 {
		return known == rootDrops
	}
	open := !root.finished.Load()
	drops := set.Filter.Drops(subject{root}, open) || set.peer.filter().Drops(subject{root}, open) || sampling.Drops(set.DropRules, t.low, subject{root})
	switch {
	case open:
	case drops:
		t.rootVerdict.Store(rootDrops)
	default:
		t.rootVerdict.Store(rootPasses)
	}
	return drops
}

// Text finds what the agent would find in a local root's meta.
func (s subject) Text(key string) (string, bool) {
	if t, ok := s.tagNamed(key); ok {
		return t.text, !t.isNum
	}
	switch key {
	case "language":
		return "go", true
	case "runtime-id":
		return s.set.runtimeID, true
	case "_dd.origin":
		return s.trace.origin(), s.trace.origin() != ""
	case highKey:
		return string(appendHex16(nil, s.trace.high)[1:]), s.trace.high != 0
	case "error.stack":
		if s.more != nil && s.more.failure != nil && len(s.more.failure.pcs) > 0 {
			return stack.Text(s.more.failure.pcs, s.set.StackDepth), true
		}
	}
	for _, t := range s.trace.handedOn() {
		if t.key == key {
			return t.text, true
		}
	}
	return "", false
}

// mark adds metrics to a span that has finished.
func (s *Span) mark(list []sampling.Metric) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range list {
		s.add(tag{key: m.Name, number: m.Value, isNum: true})
	}
}

// passes calls the program's filters.
func (t *trace) passes(list []func(TraceView) Decision, spans []*Span) bool {
	cur, _ := onGoroutine(slot.Get(), slot.G())
	if t.root.has(flagFilter) || cur != nil && cur.has(flagFilter) {
		return false // of a filter's own: it would be called for that, too, and never be done
	}
	defer t.standIn(cur).end()
	v := &view{trace: t}
	defer v.close()
	for _, s := range spans {
		v.spans = append(v.spans, SpanView{s, v})
	}
	for _, f := range list {
		d := Keep
		protect("AddFilter", func() { d = f(TraceView{v}) })
		if d == Drop {
			return false
		}
	}
	return true
}

// standIn makes a span active, on top of cur, that is never sent and below which none starts on this goroutine. What it says
// of itself, to logs and profiles, is the trace that is being filtered.
func (t *trace) standIn(cur *Span) standIn {
	r := new(rootSpan)
	s := &r.span
	s.trace, r.trace.root = &r.trace, s
	r.trace.high, r.trace.low = t.high, t.low
	s.set, s.site, s.ctx = t.root.set, t.root.site, background
	s.service.Store(t.root.service.Load())
	s.id, s.g = t.root.id, slot.G()
	s.flags = flagActive | flagRoot | flagFilter
	s.activate(cur)
	s.mute()
	return standIn{s}
}

type standIn struct{ *Span }

func (q standIn) end() {
	q.finished.Store(true)
	q.leave()
}
