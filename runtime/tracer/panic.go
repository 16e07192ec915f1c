//go:build go1.21

package tracer

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/stack"
)

// dying is how long a panic that nothing seems to recover waits for the agent to take what is there.
const dying = time.Second

// nilPanics is whether GODEBUG=panicnil=1 is in force (as it is in modules with go 1.20 and older): recover then
// returns nil for panic(nil), and a deferred function that calls it swallows the panic without noticing. Found out
// once, by trying.
var nilPanics atomic.Int32 // 0: not tried, 1: no, 2: yes

func tryNilPanic() {
	if nilPanics.Load() != 0 {
		return
	}
	defer func() {
		if recover() == nil {
			nilPanics.Store(2)
		} else {
			nilPanics.Store(1)
		}
	}()
	panic(any(nil))
}

// raised is called by a deferred function with what recover returned there. It ends the span if a panic runs that
// function, and says whether one does: the panic is to be raised again, with the same value.
func (s *Span) raised(v any) bool {
	return (v != nil || nilPanics.Load() == 2) && s.panicked(v)
}

func (s *Span) panicked(v any) bool {
	if v == nil {
		var pcs [4]uintptr // of the very caller, below wrappers of the compiler's; this is done for every span
		if panicking, _ := stack.DeferredBy(pcs[:runtime.Callers(4, pcs[:])]); !panicking {
			return false
		}
	}
	if !s.finished.Load() {
		s.record(v)
	}
	return true
}

// returned ends the span of a function that returns err, or that runtime.Goexit unwinds: then err is whatever
// happened to be in the result.
func (s *Span) returned(err error) {
	if err != nil && !s.finished.Load() {
		pcs := stack.Callers(1, s.set.StackDepth)
		if _, exiting := stack.DeferredBy(pcs); !exiting {
			quiet := s.mute()
			s.fail(errorFailure(err, pcs))
			quiet.end()
		}
	}
	s.finish()
}

// record ends the span of a function that panics with v.
func (s *Span) record(v any) {
	defer func() { recover() }() // the panic that goes on must be the program's
	// A panic's stack has everything from the panic to here before the frames that are wanted.
	pcs := stack.CallersOfPanic(3, s.set.StackDepth+64)
	f := failure{pcs: pcs, clean: true}
	if !cleanExit(v) {
		quiet := s.mute()
		f = panicFailure(v, pcs)
		quiet.end()
	}
	s.unwound(&f)
}

// unwound ends a span that the panic f goes through, and tells the one below that it is coming.
func (s *Span) unwound(f *failure) {
	if !f.clean {
		s.fail(*f)
	}
	below := openUnder(s)
	s.finish()
	for ; below != nil && below.g == s.g; below = openUnder(below) {
		below.expect(f)
		if below.has(flagCall) {
			return // that one's end sees the panic too
		}
	}
	if !f.clean {
		s.lastWords()
	}
}

// passes ends the span if what runs its end is a panic that the span above has recorded and raised again, and says whether
// it was. Such a panic need not be recovered: each time that it is raised again adds two frames to the stack that Go
// prints, of which it leaves out all but the first and last 50. The panicking line must be among those.
func (s *Span) passes() bool {
	return s.has(flagComing) && s.passesBy(s.expected())
}

func (s *Span) passesBy(f *failure) (yes bool) {
	if f == nil || s.finished.Load() || !stack.Repanicked(stack.CallersOfPanic(2, len(f.pcs)), f.pcs) {
		return false
	}
	defer func() { recover() }()
	s.unwound(f)
	return true
}

// expect tells a span of a panic that has left one above it.
func (s *Span) expect(f *failure) {
	s.edit(func(s *Span) {
		s.extras().coming = f
		s.setFlags(flagComing)
	})
}

// expected is the panic that a span has been told of last, nil if there was none.
func (s *Span) expected() *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.more == nil {
		return nil
	}
	return s.more.coming
}

// survivors are the places where a panic left the last traced frame and the program lived on: something below recovers.
var survivors struct {
	sync.Mutex
	flushed map[uint64]time.Time // place -> when it was last flushed
}

const (
	maxPlaces  = 256
	deathTime  = 500 * time.Millisecond // a program that is still there after so long has survived
	quietAfter = time.Second            // between two flushes of a place that survives
)

// lastWords sends what there is before the program dies of a panic that leaves the outermost traced frame of its
// goroutine, the open ancestors included: nobody may be left to end them.
//
// Nobody can know whether something further down recovers. So: nothing is done below net/http's server and other
// known recoverers; and the first time that a panic leaves the goroutines of one place, all is sent. If the program
// lives on, the place is remembered: at most one flush a second from then on, and no more copies of open spans.
func (s *Span) lastWords() {
	known, place := stack.Recovered()
	if known || s.set.sender.Down() {
		return
	}
	deadline := time.Now().Add(dying)
	for !survivors.TryLock() { // another goroutine's last words: the program must not die of this panic in the meantime
		if time.Now().After(deadline) {
			return
		}
		time.Sleep(time.Millisecond)
	}
	defer survivors.Unlock()
	last, seen := survivors.flushed[place]
	survived := seen && time.Since(last) > deathTime || !seen && len(survivors.flushed) >= maxPlaces
	if survived && time.Since(last) < quietAfter {
		return
	}
	var copies []*Span
	if !survived {
		copies = s.copyOpen(false)
	}
	s.trace.send(s.set, copies)
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()
	s.set.drain(ctx, true)
	if survivors.flushed == nil {
		survivors.flushed = make(map[uint64]time.Time)
	}
	if seen || len(survivors.flushed) < maxPlaces {
		survivors.flushed[place] = time.Now()
	}
}

// copyOpen copies the unfinished ancestors of s, as copyOnce does.
func (s *Span) copyOpen(ends bool) []*Span {
	var copies []*Span
	for a := openAncestor(s); a != nil; a = openAncestor(a) {
		if c := a.copyOnce(ends); c != nil {
			copies = append(copies, c)
		}
	}
	return copies
}

// Tags with which Datadog tells spans that are sent while they are open: of a snapshot, that it is one (the agent leaves it
// out of its statistics, and a later one of the same id replaces it), and of the span itself, that there has been one.
const (
	snapshotTag = "_dd.partial_version" // milliseconds since the start
	shownTag    = "_dd.was_long_running"
)

// copyOnce copies an unfinished span as if it ended now. When the program ends for certain, that is its end; otherwise
// it is a snapshot, in case the program dies, and is sent in full when it really ends.
func (s *Span) copyOnce(ends bool) *Span {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.finished.Load() || s.sent || s.shown && !ends {
		return nil
	}
	c := &Span{
		trace: s.trace, site: s.site, set: s.set, above: s.above, id: s.id, parentID: s.parentID,
		start: s.start, seq: s.seq, flags: atomic.LoadUint32(&s.flags), failed: s.failed,
	}
	if d := s.detail; d != nil {
		c.details().resource = d.resource
		c.detail.tags = append(c.detail.tags, d.tags...)
	}
	if s.more != nil {
		c.more = &extra{name: s.more.name, typ: s.more.typ, events: s.more.events, links: s.more.links, duration: s.more.duration}
		if f := s.more.failure; f != nil {
			c.more.own = *f
			c.more.failure = &c.more.own
		}
	}
	c.service.Store(s.service.Load())
	c.dur = s.length(now())
	if ends {
		s.sent = true
		return c
	}
	s.shown = true
	s.put(tag{key: shownTag, number: 1, isNum: true})
	c.put(tag{key: snapshotTag, number: float64(c.dur / int64(time.Millisecond)), isNum: true})
	return c
}
