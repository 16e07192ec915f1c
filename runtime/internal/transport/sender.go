//go:build go1.21

// Package transport carries encoded traces to the agent: a bounded queue of bytes, and a small HTTP/1.1 client of its
// own, since net/http may itself be instrumented and then imports the runtime.
//
// No goroutine stays: the first chunk in an empty queue sets a timer, whose goroutine sends what waits and ends.
// There are no channels in here, so that a timer or a flush that runs inside a testing/synctest bubble ties nothing
// of the program outside to that bubble.
//
// The package knows bytes and counts. It knows nothing of spans.
package transport

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/agentaddr"
	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// Limits, all of them the most that may be.
const (
	MaxQueue   = 6 << 20 // bytes that wait or are on their way; what comes above is dropped and counted
	MaxChunk   = 5 << 20 // bytes of one chunk
	perRequest = 1 << 20 // bytes, as they wait, of what one request brings, but for a chunk that has more; so many do not wait for the timer

	interval    = time.Second      // from the first chunk to the request
	maxBackoff  = 30 * time.Second // between attempts while the agent does not answer
	maxAttempts = 3                // for one payload
	lostPeriod  = time.Minute      // between two lines about dropped traces
)

// ErrDown is Flush's answer while the agent is known not to answer.
var ErrDown = errors.New("the agent does not answer")

// Options say where to and as whom.
type Options struct {
	Agent   *agentaddr.Address
	Headers []string      // "Name: value", the same in every request
	Timeout time.Duration // of a request; 0: 5 s
	Forms   []Form        // from the best one to the one that every agent takes

	// Choose is given what the agent says at /info, nil if it does not know that, at the beginning and whenever it has
	// changed, and returns the form to use, an index of Forms. If it is nil, the agent is not asked, and gets the first.
	Choose func(info []byte) (form int)

	// Answer gets the body of each answer that says that all is well, from one goroutine at a time. It may not keep it.
	Answer func(body []byte)
}

// Sender is one queue to one agent. Push never blocks longer than a copy takes.
type Sender struct {
	queue   queue
	due     atomic.Int64 // when the timer that is set fires, in nanoseconds of clock; 0: none is set
	early   atomic.Bool  // a timer is set to fire at once
	closed  atomic.Bool
	retired atomic.Bool
	downTil atomic.Int64 // the agent does not answer, and is not asked again before; 0: it does
	lost    atomic.Int64 // traces dropped and not yet told
	dropped tallies      // not sent, as the agent has asked for, and not yet said to it

	options Options
	flight  sync.Mutex // held while sending; what follows is under it
	client  client
	knowledge
	pending *payload
	fails   int    // in a row
	hurry   bool   // see Flush
	buffer  []byte // for bodies
}

// New makes a Sender; it opens nothing.
func New(o Options) *Sender {
	if o.Timeout == 0 {
		o.Timeout = requestTimeout
	}
	s := &Sender{options: o, client: client{agent: o.Agent, headers: o.Headers, timeout: o.Timeout}}
	s.chosen = len(o.Forms) - 1 // until the agent has been asked
	return s
}

var epoch = time.Now()

// clock is nanoseconds of the monotonic clock, never 0.
func clock() int64 { return int64(time.Since(epoch)) | 1 }

// Push hands over one encoded chunk; the bytes are copied. The number spreads the callers over several locks. A chunk that
// is counted is in statistics that are posted, and the agent is told not to count it.
func (s *Sender) Push(spread uint64, chunk []byte, counted bool) {
	if s.closed.Load() {
		return
	}
	ok, look := false, true
	if len(chunk) <= MaxChunk {
		ok, look = s.queue.push(spread, chunk, counted)
	}
	if !ok {
		s.lose(1)
	}
	if !look && s.due.Load() != 0 {
		return
	}
	now := clock()
	if s.queue.size.Load() > perRequest && s.downTil.Load() < now && s.early.CompareAndSwap(false, true) {
		time.AfterFunc(0, s.tickEarly)
	}
	s.arm(now)
}

// Post hands over the body of a request to another path, which is sent as it is and may not be changed any more.
func (s *Sender) Post(path string, body []byte) {
	if s.closed.Load() {
		return
	}
	if !s.queue.post(path, body) {
		diag.Every(lostPeriod, "post "+path, "the agent at %s takes no %s in time: some are dropped", s.options.Agent.URL, path)
		return
	}
	s.arm(clock())
}

// Skip counts a chunk that the agent need not get, as it counts in statistics; the agent is told how many there were.
func (s *Sender) Skip(spans int, whole bool) { s.dropped.add(spans, whole) }

// arm sets the timer unless it is set. One that is long overdue is given up: it belonged to a synctest bubble that is
// gone.
func (s *Sender) arm(now int64) {
	const overdue = int64(5 * time.Second)
	due := s.due.Load()
	if due != 0 && now-due < overdue && due-now < int64(2*maxBackoff) {
		return
	}
	wait := int64(interval)
	if til := s.downTil.Load(); til > now+wait {
		wait = til - now
	}
	if s.due.CompareAndSwap(due, now+wait) {
		time.AfterFunc(time.Duration(wait), s.tick)
	}
}

// tick is the timer's goroutine.
func (s *Sender) tick() {
	s.due.Store(0)
	s.work(0)
}

// tickEarly is that of the timer that is set when much waits. It leaves some: what has come while it was sending would make
// many small requests.
func (s *Sender) tickEarly() {
	s.early.Store(false)
	s.work(perRequest)
}

func (s *Sender) work(mayWait int64) {
	slot.Put(nil) // a timer's goroutine starts with the labels of whoever happened to run
	if s.closed.Load() {
		return
	}
	if s.downTil.Load() < clock() && s.flight.TryLock() {
		s.send(time.Time{}, mayWait)
		if s.retired.Load() {
			s.rest()
		}
		s.flight.Unlock()
	}
	if s.Empty() {
		s.queue.trim(idleFree)
	} else {
		s.arm(clock())
	}
}

// Flush sends what waits and returns when the agent has it, or when ctx ends. In a hurry, as a program ends, it asks the
// agent nothing, but sends what every agent takes where nothing is known, and returns ErrDown at once when the agent is
// known not to answer.
func (s *Sender) Flush(ctx context.Context, hurry bool) error {
	if s.Empty() {
		return nil
	}
	if hurry && s.downTil.Load() > clock() {
		return ErrDown
	}
	for !s.flight.TryLock() { // somebody is sending
		if ctx.Err() != nil {
			return ctx.Err()
		}
		time.Sleep(time.Millisecond)
	}
	defer s.flight.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	s.hurry = hurry
	defer func() { s.hurry = false }()
	deadline, _ := ctx.Deadline()
	turn := s.client.begin()
	defer s.client.end()
	stop := context.AfterFunc(ctx, func() { s.client.interrupt(turn) })
	defer stop()
	if err := s.send(deadline, 0); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return err
	}
	return nil
}

// Empty tells whether nothing waits or is on its way.
func (s *Sender) Empty() bool { return s.queue.size.Load() == 0 }

// Down tells whether the agent is known not to answer.
func (s *Sender) Down() bool { return s.downTil.Load() > clock() }

// Lost says how many traces have been dropped and not yet been told about.
func (s *Sender) Lost() int64 { return s.lost.Load() }

// Retire says that hardly anything will be pushed any more: the connection is not kept once the queue is empty.
func (s *Sender) Retire() {
	s.retired.Store(true)
	if s.Empty() && s.flight.TryLock() {
		s.rest()
		s.flight.Unlock()
	}
}

// rest lets go of the connection and of memory, of a sender that is not needed any more. The lock is held.
func (s *Sender) rest() {
	s.client.close()
	s.queue.trim(0)
}

// Close closes the connection; what waits, and what is pushed afterwards, is dropped.
func (s *Sender) Close() {
	s.closed.Store(true)
	s.flight.Lock()
	defer s.flight.Unlock()
	if s.pending != nil {
		s.settle(s.pending)
	}
	s.queue.empty()
	s.rest()
}
