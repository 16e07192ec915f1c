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
	"bytes"
	"context"
	"errors"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/agentaddr"
	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/dial"
	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// Limits, all of them the most that may be.
const (
	MaxQueue   = 8 << 20 // bytes that wait or are on their way; what comes above is dropped and counted
	MaxRequest = 5 << 20 // bytes of one request, and so of one chunk
	manyBytes  = 1 << 20 // so many do not wait for the timer

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
	Headers []string // "Name: value", the same in every request

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

	flight  sync.Mutex // held while sending; what follows is under it
	client  client
	pending *payload
	fails   int // in a row
}

// New makes a Sender; it opens nothing.
func New(o Options) *Sender {
	return &Sender{client: client{options: o}}
}

var epoch = time.Now()

// clock is nanoseconds of the monotonic clock, never 0.
func clock() int64 { return int64(time.Since(epoch)) | 1 }

// Push hands over one encoded chunk; the bytes are copied. The number spreads the callers over several locks.
func (s *Sender) Push(spread uint64, chunk []byte) {
	if s.closed.Load() {
		return
	}
	if len(chunk) > MaxRequest || !s.queue.push(spread, chunk) {
		s.lose(1)
		return
	}
	now := clock()
	if s.queue.size.Load() > manyBytes && s.downTil.Load() < now && s.early.CompareAndSwap(false, true) {
		time.AfterFunc(0, s.tick)
	}
	s.arm(now)
}

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
	slot.Put(nil) // a timer's goroutine starts with the labels of whoever happened to run
	s.due.Store(0)
	s.early.Store(false)
	if s.closed.Load() {
		return
	}
	now := clock()
	if s.downTil.Load() < now && s.flight.TryLock() {
		s.send(time.Time{})
		if s.retired.Load() {
			s.client.close()
		}
		s.flight.Unlock()
	}
	if s.queue.size.Load() > 0 {
		s.arm(clock())
	}
}

// Flush sends what waits and returns when the agent has it, or when ctx ends. Unless it must try, it returns ErrDown
// at once when the agent is known not to answer.
func (s *Sender) Flush(ctx context.Context, must bool) error {
	if s.queue.size.Load() == 0 {
		return nil
	}
	if !must && s.downTil.Load() > clock() {
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
	deadline, _ := ctx.Deadline()
	turn := s.client.begin()
	defer s.client.end()
	stop := context.AfterFunc(ctx, func() { s.client.interrupt(turn) })
	defer stop()
	if err := s.send(deadline); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return err
	}
	return nil
}

// Down tells whether the agent is known not to answer.
func (s *Sender) Down() bool { return s.downTil.Load() > clock() }

// Lost says how many traces have been dropped and not yet been told about.
func (s *Sender) Lost() int64 { return s.lost.Load() }

// Retire says that hardly anything will be pushed any more: the connection is not kept once the queue is empty.
func (s *Sender) Retire() {
	s.retired.Store(true)
	if s.queue.size.Load() == 0 && s.flight.TryLock() {
		s.client.close()
		s.flight.Unlock()
	}
}

// Close closes the connection; what is pushed afterwards is dropped.
func (s *Sender) Close() {
	s.closed.Store(true)
	s.flight.Lock()
	defer s.flight.Unlock()
	s.client.close()
}

// send makes requests until nothing waits or one fails. The lock is held.
func (s *Sender) send(deadline time.Time) error {
	for {
		p := s.pending
		if p == nil {
			p = s.queue.take(MaxRequest)
		}
		if p == nil {
			return nil
		}
		s.pending = p
		status, err := s.client.put(p, deadline)
		switch {
		case err != nil:
			return s.failed(p, err, reason(err))
		case status == 429 || status == 408 || status >= 500:
			return s.failed(p, errStatus(status), errStatus(status).Error())
		case status >= 300 || status < 200:
			s.refused(p, status)
		default:
			s.answered()
		}
		s.settle(p)
		s.fails = 0
		s.downTil.Store(0)
	}
}

// answered hands the answer on. The memory of an unusually long one is not kept.
func (s *Sender) answered() {
	body := &s.client.body
	if s.client.options.Answer != nil && body.Len() > 0 {
		s.client.options.Answer(body.Bytes())
	}
	if body.Cap() > onePiece {
		*body = bytes.Buffer{}
	}
}

// settle takes a payload off the books.
func (s *Sender) settle(p *payload) {
	s.pending = nil
	s.queue.settle(p)
}

// failed keeps the payload for another attempt, a few times, and sets the time of that.
func (s *Sender) failed(p *payload, err error, why string) error {
	s.fails++
	p.attempts++
	if url := s.client.options.Agent.URL; err == dial.ErrNoTLS {
		diag.Once(why, "the agent at %s can't be reached without TLS, which this program does not have: traces are dropped; "+
			`to have it, import _ "github.com/ddinstrument/ddinstrument/runtime/withnet" in package main`, url)
	} else {
		diag.Once("agent "+why, "the agent at %s does not answer (%s): traces are dropped until it does", url, why)
	}
	if p.attempts >= maxAttempts {
		s.lost.Add(int64(p.count)) // not told: the line above has said so
		s.settle(p)
	}
	wait := maxBackoff
	if s.fails < 6 {
		wait = interval << (s.fails - 1)
	}
	now := clock()
	jitter := bits.Reverse64(uint64(now)) % uint64(wait/2) // the clock's fast digits are as good as dice
	s.downTil.Store(now + int64(wait)*3/4 + int64(jitter))
	return err
}

// refused tells that the agent took the request and did not want it; the same again would fare no better.
func (s *Sender) refused(p *payload, status int) {
	s.lost.Add(int64(p.count))
	diag.Every(lostPeriod, "refused", "the agent at %s answers %d to a request with %d traces: they are dropped (%d so far)",
		s.client.options.Agent.URL, status, p.count, s.lost.Load())
}

// lose counts traces for which there is no room.
func (s *Sender) lose(n int64) {
	total := s.lost.Add(n)
	if s.downTil.Load() != 0 {
		return // that has its own line
	}
	diag.Every(lostPeriod, "queue full", "more traces than the agent takes: %d dropped so far (at most %d MiB wait)",
		total, MaxQueue>>20)
}
