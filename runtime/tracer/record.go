//go:build go1.21

package tracer

import (
	"strconv"
	"sync/atomic"
	"unsafe"

	"github.com/ddinstrument/ddinstrument/runtime/internal/config"
	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// A Recording takes, in place of the agent, the traces that begin on a goroutine and on those that are started from it.
// It is for package tracetest, which is what people use.
//
// While there is one, current is switched off, so that running, on its slow path, looks for the recording that counts.
// Spans cost nothing more when there is none.
type Recording struct {
	sink   func(chunk []byte, order []uint64)
	set    atomic.Pointer[settings] // what spans that it takes are started with
	outer  *Recording               // the one that counted where this one began, or nil
	id     string                   // the value of recordLabel on its goroutines
	before unsafe.Pointer           // the goroutine's label set before it began, and since
	labels unsafe.Pointer
}

// recordLabel is the label by which a goroutine knows its recording, and hands it on to those that it starts.
const recordLabel = "ddinstrument test"

// recorders are the recordings that there are. They are never changed: a change is new ones.
type recorders struct {
	before *settings    // what was current before the first one
	list   []*Recording // in the order in which they began
	sole   *Recording   // the one that counts on a goroutine that is nobody's
	stray  *Recording   // takes what nobody else does, and drops it
}

// recordings counts them, and begun counts the spans that they see.
var recordings, begun atomic.Uint64

// Record begins to record. The sink is handed each chunk, as the agent would get it, and the numbers of its spans in the
// order in which they started; the bytes are its own only until it returns.
func Record(sink func(chunk []byte, order []uint64)) *Recording {
	slot.Init()
	lifecycle.Lock()
	defer lifecycle.Unlock()
	r := &Recording{sink: sink, id: strconv.FormatUint(recordings.Add(1), 10)}
	set := current.Load()
	rs := &recorders{before: set}
	if set != nil && set.recorders != nil {
		*rs = *set.recorders
		if outer := rs.here(); outer != rs.stray {
			r.outer, set = outer, outer.set.Load()
		}
	} else {
		rs.stray = &Recording{sink: func([]byte, []uint64) {}}
		rs.stray.start(set, nil)
	}
	r.start(set, nil)
	r.before = slot.Get()
	r.labels = slot.With(slot.Strip(r.before), recordLabel, r.id)
	slot.Put(r.labels)
	rs.with(append(append([]*Recording(nil), rs.list...), r))
	return r
}

// start begins to trace for r as Start does, after the settings before. DD_TRACE_ENABLED=false is for programs, and not
// for a test that asks for spans.
func (r *Recording) start(before *settings, options []StartOption) {
	on := func(c *config.Config) { c.Enabled = true }
	set := newSettings(append(append([]StartOption(nil), options...), on))
	set.inherit(before)
	set.launched = nil // a test begins its own traces
	set.recording = r
	set.watched = &watched{keep: true}
	r.set.Store(set)
}

// with makes current lead to a list of recordings, or what it was before if there is none. lifecycle is held.
func (rs *recorders) with(list []*Recording) {
	if len(list) == 0 {
		if rs.before == nil {
			current.Store(nil)
			disabled.Store(0)
		} else {
			install(rs.before)
		}
		return
	}
	next := &recorders{before: rs.before, stray: rs.stray, list: list}
	inner := map[*Recording]bool{}
	for _, r := range list {
		inner[r] = true
	}
	for _, r := range list {
		delete(inner, r.outer)
	}
	if len(inner) == 1 {
		for r := range inner {
			next.sole = r
		}
	}
	// Whatever does not start spans finds the configuration in it.
	install(&settings{Config: list[len(list)-1].set.Load().Config, off: true, recorders: next})
}

// here returns the recording that counts on the calling goroutine. One that belonged to a recording that has ended is no
// other's.
func (rs *recorders) here() *Recording {
	labels := slot.Get()
	if id := slot.Lookup(labels, recordLabel); id != "" {
		for _, r := range rs.list {
			if r.id == id {
				return r
			}
		}
		return rs.stray
	}
	if s := spanAt(labels); s != nil && s.trace.root.set != nil && s.trace.root.set.recording != nil {
		return s.trace.root.set.recording // the program has set labels of its own, from a context
	}
	if rs.sole != nil {
		return rs.sole
	}
	return rs.stray
}

// inForce returns the settings that count on the calling goroutine, nil before the first span.
func inForce() *settings {
	set := current.Load()
	if set != nil && set.recorders != nil {
		return set.recorders.here().set.Load()
	}
	return set
}

// running is running's slow path.
func (rs *recorders) running(name string) *settings {
	set := rs.here().set.Load()
	if !set.off {
		return set
	}
	diag.Once("stopped", afterStop, name)
	return nil
}

// edit changes the settings of the recording that counts here. lifecycle is held.
func (rs *recorders) edit(change func(*settings)) {
	r := rs.here()
	set := *r.set.Load()
	if !set.off {
		change(&set)
		r.set.Store(&set)
	}
}

// restart is Start of a program that is recorded. lifecycle is held.
func (rs *recorders) restart(options []StartOption) {
	r := rs.here()
	r.start(r.set.Load(), options)
	rs.with(rs.list)
}

// stop is Stop of one. The program's filters may be called by it.
func (rs *recorders) stop() {
	r := rs.here()
	set := r.set.Load()
	if set.stopped {
		return
	}
	set.warnOfOpen()
	r.Collect()
	lifecycle.Lock()
	defer lifecycle.Unlock()
	r.set.Store(&settings{Config: set.Config, off: true, stopped: true, recording: r, watched: set.watched})
}

// push hands a chunk to the sink.
func (r *Recording) push(spans []*Span, chunk []byte) {
	order := make([]uint64, len(spans))
	for i, s := range spans {
		if w := s.set.watched; w != nil {
			order[i] = w.forget(s)
		}
	}
	if !r.set.Load().stopped {
		r.sink(chunk, order)
	}
}

// Collect hands over what has finished of traces that are still open.
func (r *Recording) Collect() {
	var list []*trace
	for i := range unsent.shards {
		sh := &unsent.shards[i]
		sh.Lock()
		for t := sh.first; t != nil; t = t.after {
			if t.root.set.recording == r {
				list = append(list, t)
			}
		}
		sh.Unlock()
	}
	for _, t := range list {
		t.unlist()
		t.send(t.root.set, nil)
	}
}

// Common returns the service of spans for which nothing else says one, and the tags that every span has.
func (r *Recording) Common() (service string, tags map[string]string) {
	tags = map[string]string{}
	set := r.set.Load()
	if set.stopped {
		return "", tags
	}
	for _, t := range set.ours.list {
		tags[t.key] = t.String()
	}
	return *set.service, tags
}

// Open returns the names of the spans that have started and not finished.
func (r *Recording) Open() (names []string) {
	if w := r.set.Load().watched; w != nil {
		w.Range(func(s, _ any) bool {
			if s := s.(*Span); !s.finished.Load() {
				s.mu.Lock()
				names = append(names, s.named())
				s.mu.Unlock()
			}
			return true
		})
	}
	return names
}

// End puts everything back to where it was. What finishes from now on is dropped.
func (r *Recording) End() {
	r.Collect()
	lifecycle.Lock()
	defer lifecycle.Unlock()
	if slot.Strip(slot.Get()) == r.labels {
		slot.Put(settle(r.before, slot.G()))
	}
	rs := current.Load().recorders
	var list []*Recording
	for _, other := range rs.list {
		if other != r {
			list = append(list, other)
		}
	}
	rs.with(list)
}
