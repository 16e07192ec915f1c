//go:build go1.21

package transport

import (
	"bytes"
	"sync/atomic"
	"time"
)

// infoPeriod is how long what the agent says at /info is believed without asking again. An agent that has changed its
// mind, or has become another one, says so sooner: in a header of every answer, by refusing a form, or by not answering.
const infoPeriod = time.Minute

// maxInfo is how much of /info is remembered, to see whether it has changed.
const maxInfo = 256 << 10

// knowledge is what the agent has said of itself.
type knowledge struct {
	chosen int    // the form that it takes, an index of Options.Forms
	asked  int64  // when, by clock; 0: not yet, or not since something has gone wrong
	state  string // the header Datadog-Agent-State of the answer to that
	info   []byte // the answer
	known  bool   // there has been one
}

// ask asks the agent what it takes, if that is not known. The lock is held.
func (s *Sender) ask(deadline time.Time) error {
	now := clock()
	changed := s.client.state != "" && s.client.state != s.state
	if s.options.Choose == nil || s.hurry || s.asked != 0 && !changed && now-s.asked < int64(infoPeriod) {
		return nil
	}
	head := append(s.client.head("GET", "/info"), "\r\n"...)
	answer, err := s.client.do(&request{head: head}, deadline)
	if err != nil {
		return err
	}
	s.asked, s.state = now, s.client.state
	info := s.client.body.Bytes()
	switch {
	case answer.status == 404, answer.status == 405:
		info = nil // the agent is too old for it
	case answer.status != 200 || len(info) > maxInfo:
		if s.known {
			return nil
		}
		info = nil
	}
	if !s.known || !bytes.Equal(info, s.info) {
		s.known, s.info = true, append(s.info[:0], info...)
		s.chosen = s.options.Choose(info)
	}
	return nil
}

// turnedDown is for an agent that does not know the path of a form, though it has offered it, or the payload is older than
// the agent: it is asked again and, if it stays with that, gets the last form. It says whether the payload is to be sent
// again.
func (s *Sender) turnedDown(p *payload, deadline time.Time) (again bool, err error) {
	if s.options.Choose == nil {
		return false, nil
	}
	before := s.chosen
	s.asked = 0
	if p.path != "" || before == len(s.options.Forms)-1 {
		return false, nil
	}
	if err := s.ask(deadline); err != nil {
		return false, s.failed(p, err, reason(err), 0)
	}
	if s.chosen == before {
		s.chosen = len(s.options.Forms) - 1
	}
	return true, nil
}

// tally counts what is not even sent.
type tally struct{ traces, spans int64 }

// tallies is a tally that several goroutines add to.
type tallies struct{ traces, spans atomic.Int64 }

func (t *tallies) add(spans int, whole bool) {
	t.spans.Add(int64(spans))
	if whole {
		t.traces.Add(1)
	}
}

func (t *tallies) read() tally { return tally{t.traces.Load(), t.spans.Load()} }

// said takes off what the agent has been told.
func (t *tallies) said(n tally) {
	t.traces.Add(-n.traces)
	t.spans.Add(-n.spans)
}
