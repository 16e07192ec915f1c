package ui

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/ddinstrument/ddinstrument/agent"
)

// A stream of events tells what is new, as often as a person can follow:
//
//	event: traces   data: agent.List, of what is new or has grown (if there is any)
//	event: totals   data: agent.Totals, after each change
//
// It begins with what is there. The id of each event is List.Seq: a browser
// that reconnects says the last one (Last-Event-ID), and misses nothing that
// is still kept.

const (
	// quiet is how long the stream waits after each event, so that a busy
	// program makes no busy page.
	quiet = 200 * time.Millisecond
	// beat is how often a stream without news says that it is alive.
	beat = 15 * time.Second
	// patience is how long a reader may take for one event.
	patience = 10 * time.Second
)

func (h *Handler) getEvents(w http.ResponseWriter, r *http.Request) {
	v := r.URL.Query()
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		v.Set("after", last)
	}
	q, err := readQuery(v)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	select {
	case h.streams <- struct{}{}:
		defer func() { <-h.streams }()
	default:
		refuse(w, http.StatusServiceUnavailable, "too many pages are open")
		return
	}
	changed, stop := h.store.Watch()
	defer stop()
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	s := &stream{w: w, rc: http.NewResponseController(w)}
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for first := true; ; first = false {
		if err := h.tell(s, &q, first); err != nil {
			return
		}
		if !h.pause(r) {
			return
		}
		for waiting := true; waiting; {
			select {
			case <-changed:
				waiting = false
			case <-ticker.C:
				if s.send(": still here\n\n") != nil {
					return
				}
			case <-r.Context().Done():
				return
			case <-h.closed:
				return
			}
		}
	}
}

// pause waits, and tells whether the stream goes on.
func (h *Handler) pause(r *http.Request) bool {
	select {
	case <-time.After(quiet):
		return true
	case <-r.Context().Done():
	case <-h.closed:
	}
	return false
}

// tell sends what is new since q.After, and moves that on.
func (h *Handler) tell(s *stream, q *agent.Query, first bool) error {
	list := h.store.List(*q)
	if len(list.Traces) > 0 || first {
		if err := s.event("traces", list.Seq, list); err != nil {
			return err
		}
	}
	q.After = list.Seq
	return s.event("totals", list.Seq, h.store.Totals())
}

// stream writes events.
type stream struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

func (s *stream) event(name string, id uint64, v any) error {
	data, err := json.Marshal(v) // without line breaks
	if err != nil {
		return err
	}
	return s.send(fmt.Sprintf("event: %s\nid: %d\ndata: %s\n\n", name, id, data))
}

// send writes within its time: a page that a debugger has stopped must not
// keep a stream for ever.
func (s *stream) send(text string) error {
	_ = s.rc.SetWriteDeadline(time.Now().Add(patience)) // a recorder in a test has none
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.rc.Flush()
}
