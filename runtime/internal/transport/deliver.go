//go:build go1.21

package transport

import (
	"bytes"
	"math/bits"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/dial"
)

// send makes requests until no more waits than may, or one fails. The lock is held.
func (s *Sender) send(deadline time.Time, mayWait int64) error {
	for s.pending != nil || s.queue.size.Load() > mayWait {
		p := s.pending
		if p == nil {
			p = s.queue.take(perRequest)
		}
		if p == nil {
			return nil
		}
		s.pending = p
		done, err := s.deliver(p, deadline)
		if err != nil {
			return err
		}
		if done {
			s.settle(p)
		}
		s.fails = 0
		s.downTil.Store(0)
	}
	return nil
}

// deliver makes one request. It is done with the payload unless that shall be sent again, in another form.
func (s *Sender) deliver(p *payload, deadline time.Time) (done bool, err error) {
	if err := s.ask(deadline); err != nil {
		return false, s.failed(p, err, reason(err), 0)
	}
	request, err := s.request(p)
	if err != nil { // a fault of ours costs a payload and nothing else
		s.lost.Add(int64(p.count))
		diag.Once("encode", "%d traces could not be encoded: %v", p.count, err)
		return true, nil
	}
	if request.size == 0 {
		return true, nil
	}
	answer, err := s.client.do(&request, deadline)
	if err != nil {
		return false, s.failed(p, err, reason(err), 0)
	}
	switch status := answer.status; {
	case status >= 200 && status < 300:
		s.dropped.said(p.dropped)
		if p.path == "" {
			s.answered()
		}
		return true, nil
	case s.again(status):
		err := errStatus(status)
		return false, s.failed(p, err, err.Error(), answer.after)
	case status == 404 || status == 405 || status == 415:
		again, err := s.turnedDown(p, deadline)
		if err == nil && !again {
			s.refused(p, status)
		}
		return !again, err
	default:
		s.refused(p, status)
		return true, nil
	}
}

// again tells whether a status means that the same request may fare better later.
func (s *Sender) again(status int) bool {
	if final := s.form().Final; final != nil {
		return !final(status)
	}
	return status == 429 || status == 408 || status >= 500
}

// answered hands the answer on. The memory of an unusually long one is not kept.
func (s *Sender) answered() {
	body := &s.client.body
	if s.options.Answer != nil && body.Len() > 0 {
		s.options.Answer(body.Bytes())
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

// failed keeps the payload for another attempt, a few times, and sets the time of that: not before so many seconds, if the
// agent has said so.
func (s *Sender) failed(p *payload, err error, why string, after int64) error {
	s.fails++
	s.asked = 0 // what answers next may be another agent
	p.attempts++
	if url := s.options.Agent.URL; err == dial.ErrNoTLS {
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
	if asked := time.Duration(after) * time.Second; asked > wait {
		wait = min(asked, 2*maxBackoff)
	}
	now := clock()
	jitter := bits.Reverse64(uint64(now)) % uint64(wait/2) // the clock's fast digits are as good as dice
	s.downTil.Store(now + int64(wait)*3/4 + int64(jitter))
	return err
}

// refused tells that the agent took the request and did not want it; the same again would fare no better.
func (s *Sender) refused(p *payload, status int) {
	s.lost.Add(int64(p.count))
	if p.path != "" {
		diag.Every(lostPeriod, "refused "+p.path, "the agent at %s answers %d to %s: what is sent there is dropped", s.options.Agent.URL, status, p.path)
		return
	}
	why := ""
	if read := s.form().Reason; read != nil {
		if why = read(s.client.body.Bytes()); why != "" {
			why = " (" + why + ")"
		}
	}
	diag.Every(lostPeriod, "refused", "the agent at %s answers %d%s to a request with %d traces: they are dropped (%d so far)",
		s.options.Agent.URL, status, why, p.count, s.lost.Load())
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
