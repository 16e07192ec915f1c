//go:build go1.21

package tracer

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// Span is one timed piece of work. Every method may be called on a nil Span and on a finished one, and does nothing
// then; all of them may be called from any goroutine.
//
// A span is also the context that is handed on (see spanContext) and the label set that the goroutine carries: one
// allocation for all.
type Span struct {
	node slot.Node // must be the first field: spanOf goes back from it

	ctx   context.Context // what it was started in
	trace *trace
	site  *Site
	set   *settings // as it was when the span started

	// Both lead only to spans that were unfinished when this one started or, later, when it finished. So no chain
	// grows.
	parent atomic.Pointer[Span] // the nearest unfinished ancestor
	under  atomic.Pointer[Span] // the span that was active on the goroutine

	// link is, while the span is open, the goroutine's label set before it; once it has finished, the next one in the
	// trace's list of such. The one goroutine that finishes the span changes it from one to the other.
	link    unsafe.Pointer
	service atomic.Pointer[string] // read by children that start
	above   *string                // the parent's service when this one started; nil without a parent

	id, parentID uint64
	g            uintptr // the goroutine that it became active on, 0 if none or unknown
	start        int64   // nanoseconds since 1970
	dur          int64   // nanoseconds; while the span is open, its start on the monotonic clock, as now has it
	seq          uint32  // its number in the trace, in the order of starts
	flags        uint32  // atomic once it has started, see setFlags

	muted    atomic.Int32 // code of the program's runs for this span's sake, see mute
	finished atomic.Bool  // set under mu
	mu       sync.Mutex   // guards what follows
	failed   bool
	sent     bool // it has gone to the agent, as the program ends: not sent again
	shown    bool // a snapshot has gone to the agent, in case the program dies
	detail   *detail
	more     *extra
}

// What is known of a span when it starts.
const (
	flagActive   = 1 << iota // the goroutine's slot leads to it
	flagNoCtx                // started without passing on a context
	flagCall                 // started by generated code: its end sees every panic that comes by
	flagRoot                 // the local root
	flagRemote               // of another process, see Remote
	flagFilter               // stands for a trace while filters look at it, see trace.standIn
	flagComing               // a panic has left a span above this one on the goroutine, see extra.coming
	flagDetached             // begun by Start: Activate may make it active
)

// extra is what few spans have.
type extra struct {
	name     string
	typ      string
	failure  *failure // nil: none
	own      failure  // what failure points to, mostly
	ignore   []error
	events   []event
	links    []link
	onFinish []func(*Span)
	ending   bool           // the onFinish functions have been called
	duration *time.Duration // what SetDuration has said
	coming   *failure       // with flagComing
}

func (s *Span) has(flag uint32) bool { return atomic.LoadUint32(&s.flags)&flag != 0 }

// setFlags adds flags to those of a span that has started.
func (s *Span) setFlags(flags uint32) {
	for {
		old := atomic.LoadUint32(&s.flags)
		if atomic.CompareAndSwapUint32(&s.flags, old, old|flags) {
			return
		}
	}
}

func spanOf(n *slot.Node) *Span { return (*Span)(unsafe.Pointer(n)) }

// edit runs change under the lock, unless the span is nil or finished.
func (s *Span) edit(change func(*Span)) {
	if s == nil || s.finished.Load() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.finished.Load() {
		change(s)
	}
}

// extras must be called under the lock.
func (s *Span) extras() *extra {
	if s.more == nil {
		s.more = new(extra)
	}
	return s.more
}

// SetName changes the operation name.
func (s *Span) SetName(name string) {
	s.edit(func(s *Span) { s.extras().name = clip(name) })
}

// SetResource changes the resource: what varies between spans of one name.
func (s *Span) SetResource(resource string) {
	s.edit(func(s *Span) { s.details().resource = clip(resource) })
}

// SetService changes the service, of this span and of children that are started from now on.
func (s *Span) SetService(service string) {
	s.edit(func(s *Span) { s.service.Store(s.set.serviceNamed(clip(service))) })
}

// SetTags sets several tags.
func (s *Span) SetTags(tags map[string]any) {
	for key, value := range tags {
		s.SetTag(key, value)
	}
}

// OnFinish has f called when the span finishes, just before it is closed, so that f can still set tags. Several are
// called in order, each once.
func (s *Span) OnFinish(f func(*Span)) {
	if f != nil {
		s.edit(func(s *Span) { s.extras().onFinish = append(s.extras().onFinish, f) })
	}
}

// SetDuration says how long the span takes, whenever it finishes.
func (s *Span) SetDuration(d time.Duration) {
	s.edit(func(s *Span) { s.extras().duration = &d })
}

// FinishAt ends the span as if it were a certain time, of which only the first one counts.
func (s *Span) FinishAt(end time.Time) {
	if s != nil {
		s.SetDuration(time.Duration(end.UnixNano() - s.start))
		s.finish()
	}
}

// Finish ends the span. Deferred directly with the address of the function's error result, it records the error that
// the function returns, and a panic too, which goes on with the same value:
//
//	defer span.Finish(&err)
//
// Only the first call counts.
func (s *Span) Finish(err ...*error) {
	if s == nil {
		return
	}
	if s.passes() {
		return
	}
	if v := recover(); s.raised(v) {
		panic(v)
	}
	var e error
	if len(err) > 0 && err[0] != nil {
		e = *err[0]
	}
	if s.ignores(e) {
		e = nil
	}
	s.returned(e)
}

// finish closes the span, once, and hands it to its trace.
func (s *Span) finish() {
	if s.finished.Load() {
		return
	}
	end := now()
	s.mu.Lock()
	if s.more != nil && len(s.more.onFinish) > 0 {
		s.callbacks()
	}
	if s.finished.Load() {
		s.mu.Unlock()
		return
	}
	s.dur = s.length(end)
	s.finished.Store(true)
	sent := s.sent
	s.mu.Unlock()

	if s.has(flagActive) {
		s.leave()
	}
	if s.set.watched != nil {
		s.set.watched.ended(s)
	}
	if p := openAncestor(s); p != s.parent.Load() {
		s.parent.Store(p)
	}
	if p := openUnder(s); p != s.under.Load() {
		s.under.Store(p)
	}
	s.link = nil
	s.trace.end(s, !sent, end)
}

// length is the duration of a span that is open, if it ends at a moment of the monotonic clock. The lock is held.
func (s *Span) length(end int64) int64 {
	d := end - s.dur
	if s.more != nil && s.more.duration != nil {
		d = int64(*s.more.duration)
	}
	return max(d, 0)
}

// callbacks calls the OnFinish functions, once. The lock is held, but not meanwhile, so that they can use the span.
func (s *Span) callbacks() {
	if s.more.ending {
		return
	}
	s.more.ending = true
	list := s.more.onFinish
	s.mu.Unlock()
	defer s.mu.Lock()
	for _, f := range list {
		protect("OnFinish", func() { f(s) })
	}
}

// openAncestor returns the nearest unfinished ancestor of s, nil if there is none.
func openAncestor(s *Span) *Span {
	for s = s.parent.Load(); s != nil && s.finished.Load(); {
		s = s.parent.Load()
	}
	return s
}

// openUnder returns the nearest unfinished span that was active on the goroutine of s when s started.
func openUnder(s *Span) *Span {
	for s = s.under.Load(); s != nil && s.finished.Load(); {
		s = s.under.Load()
	}
	return s
}
