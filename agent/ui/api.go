package ui

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ddinstrument/ddinstrument/agent"
)

// The JSON, all of it by GET; the types are those of package agent:
//
//	/api/info                    Info
//	/api/traces?FILTER           agent.List
//	/api/traces/ID               agent.Trace; 404 when it is not there (any more)
//	/api/services?window=1m      []agent.ServiceStats; without a window, of all time
//	/api/resources?window=1m     []agent.ResourceStats; also service=NAME
//	/api/calls                   []agent.Call
//	/api/totals                  agent.Totals
//	/api/events?FILTER           Server-Sent Events; see events.go
//
// An error is {"error": "what is wrong"}.
//
// FILTER is agent.Query: service, name, resource, q (its Text), tag (KEY or
// KEY:VALUE, any number of times; a colon in KEY is \:), error=1, min (100ms; a number alone is
// nanoseconds), after, before, limit (up to 1000).

const maxLimit = 1000

// readQuery reads a FILTER.
func readQuery(v url.Values) (agent.Query, error) {
	q := agent.Query{Service: v.Get("service"), Name: v.Get("name"), Resource: v.Get("resource"), Text: v.Get("q")}
	for _, t := range v["tag"] {
		if key, value := cutTag(t); key != "" {
			q.Tags = append(q.Tags, agent.Tag{Key: key, Value: value})
		}
	}
	var err error
	if s := v.Get("error"); s != "" {
		if q.Error, err = strconv.ParseBool(s); err != nil {
			return q, fmt.Errorf("error=%s: want 1 or 0", quoted(s))
		}
	}
	if q.MinDuration, err = readDuration(v, "min"); err != nil {
		return q, err
	}
	for _, n := range []struct {
		name string
		to   *uint64
	}{{"after", &q.After}, {"before", &q.Before}} {
		if s := v.Get(n.name); s != "" {
			if *n.to, err = strconv.ParseUint(s, 10, 64); err != nil {
				return q, fmt.Errorf("%s=%s: want a number", n.name, quoted(s))
			}
		}
	}
	if s := v.Get("limit"); s != "" {
		if q.Limit, err = strconv.Atoi(s); err != nil || q.Limit < 1 || q.Limit > maxLimit {
			return q, fmt.Errorf("limit=%s: want a number from 1 to %d", quoted(s), maxLimit)
		}
	}
	return q, nil
}

// cutTag reads KEY or KEY:VALUE; in KEY, \: is a colon and \\ a backslash.
func cutTag(s string) (key, value string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == ':':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// readDuration reads a parameter like 100ms, 1.5s or, in nanoseconds, 1000.
func readDuration(v url.Values, name string) (time.Duration, error) {
	s := v.Get(name)
	if s == "" {
		return 0, nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 {
		return time.Duration(n), nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%s=%s: want a duration like 100ms or 1.5s", name, quoted(s))
	}
	return d, nil
}

func (h *Handler) getInfo(w http.ResponseWriter, _ *http.Request) { answer(w, h.info) }

func (h *Handler) getTotals(w http.ResponseWriter, _ *http.Request) { answer(w, h.store.Totals()) }

func (h *Handler) getTraces(w http.ResponseWriter, r *http.Request) {
	q, err := readQuery(r.URL.Query())
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	answer(w, h.store.List(q))
}

func (h *Handler) getTrace(w http.ResponseWriter, r *http.Request) {
	id, err := agent.ParseTraceID(r.PathValue("id"))
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	trace, ok := h.store.Trace(id)
	if !ok {
		refuse(w, http.StatusNotFound, "there is no trace of this id, or no longer: old ones are let go when there is no more room")
		return
	}
	answer(w, &trace)
}

func (h *Handler) getServices(w http.ResponseWriter, r *http.Request) {
	window, err := readDuration(r.URL.Query(), "window")
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	answer(w, orEmpty(h.store.Services(window)))
}

func (h *Handler) getResources(w http.ResponseWriter, r *http.Request) {
	window, err := readDuration(r.URL.Query(), "window")
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	list := h.store.Resources(window)
	if service := r.URL.Query().Get("service"); service != "" {
		all := list
		list = nil
		for i := range all {
			if all[i].Service == service {
				list = append(list, all[i])
			}
		}
	}
	answer(w, orEmpty(list))
}

func (h *Handler) getCalls(w http.ResponseWriter, _ *http.Request) {
	answer(w, orEmpty(h.store.Calls()))
}

// orEmpty makes [] of null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func answer(w http.ResponseWriter, v any) { write(w, http.StatusOK, v) }

func refuse(w http.ResponseWriter, status int, why string) {
	write(w, status, map[string]string{"error": why})
}

func write(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		status, b = http.StatusInternalServerError, []byte(`{"error":"this cannot be written as JSON"}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // whoever has gone misses nothing
}
