package agent

import (
	"slices"
	"strconv"
	"strings"
)

const defaultLimit = 100

// List returns the summaries of the traces for which q holds.
func (st *Store) List(q Query) List {
	st.mu.Lock()
	defer st.mu.Unlock()
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	m := newMatcher(q)
	answer := List{Seq: st.seq, Traces: []Summary{}}
	for e := st.age.Back(); e != nil; e = e.Prev() {
		k := e.Value.(*kept)
		if k.seq <= q.After {
			break
		}
		if q.Before != 0 && k.seq >= q.Before || !m.matches(k) {
			continue
		}
		if len(answer.Traces) == limit {
			answer.More = true
			break
		}
		answer.Traces = append(answer.Traces, *k.summarize())
	}
	return answer
}

// summarize returns the trace's summary, made when it is first asked for.
func (k *kept) summarize() *Summary {
	if k.summary != nil {
		return k.summary
	}
	root := k.root()
	s := &Summary{
		ID: TraceID{k.high, k.id}, Seq: k.seq, Received: k.received,
		Service: root.Service, Name: root.Name, Resource: root.Resource, Type: root.Type,
		Failed: root.Error != 0,
		Start:  root.Start, Spans: len(k.spans),
	}
	end := root.end()
	for i := range k.spans {
		span := &k.spans[i]
		s.Start, end = min(s.Start, span.Start), max(end, span.end())
		if span.Error != 0 {
			s.Errors++
		}
		if span.ParentID == 0 && !span.isSnapshot() {
			s.Finished = true
		}
		if !slices.Contains(s.Services, span.Service) && span.Service != root.Service {
			s.Services = append(s.Services, span.Service)
		}
	}
	if s.Duration = end - s.Start; s.Duration < 0 { // of absurd clocks
		s.Duration = 1<<63 - 1
	}
	slices.Sort(s.Services)
	s.Services = slices.Insert(s.Services, 0, root.Service)
	k.summary = s
	return s
}

// root is the span without parent, else the earliest whose parent is not
// there, else (a circle) the first.
func (k *kept) root() *Span {
	for i := range k.spans {
		if k.spans[i].ParentID == 0 {
			return &k.spans[i]
		}
	}
	ids := make(map[uint64]bool, len(k.spans))
	for i := range k.spans {
		ids[k.spans[i].SpanID] = true
	}
	root := &k.spans[0]
	found := false
	for i := range k.spans {
		s := &k.spans[i]
		if !ids[s.ParentID] && (!found || s.Start < root.Start) {
			root, found = s, true
		}
	}
	return root
}

// matcher is a Query, prepared.
type matcher struct {
	Query
	resource, text string // in lower case
	ofSpans        bool   // there are conditions on spans
}

func newMatcher(q Query) *matcher {
	return &matcher{
		Query: q, resource: strings.ToLower(q.Resource), text: strings.ToLower(q.Text),
		ofSpans: q.Service != "" || q.Name != "" || q.Resource != "" || q.Text != "" || len(q.Tags) > 0 || q.Error,
	}
}

func (m *matcher) matches(k *kept) bool {
	if m.MinDuration > 0 && k.summarize().Duration < int64(m.MinDuration) {
		return false
	}
	if !m.ofSpans {
		return true
	}
	for i := range k.spans {
		if m.span(&k.spans[i]) {
			return true
		}
	}
	return false
}

func (m *matcher) span(s *Span) bool {
	if m.Service != "" && s.Service != m.Service || m.Name != "" && s.Name != m.Name || m.Error && s.Error == 0 {
		return false
	}
	for _, t := range m.Tags {
		if !t.holds(s) {
			return false
		}
	}
	return contains(s.Resource, m.resource) && (m.text == "" || m.mentions(s))
}

// mentions looks for the text in all that a person would read.
func (m *matcher) mentions(s *Span) bool {
	if contains(s.Resource, m.text) || contains(s.Name, m.text) || contains(s.Service, m.text) {
		return true
	}
	for _, v := range s.Meta {
		if contains(v, m.text) {
			return true
		}
	}
	return false
}

// contains tells whether part, in lower case, is in s, in any case.
func contains(s, part string) bool {
	return part == "" || strings.Contains(s, part) || strings.Contains(strings.ToLower(s), part)
}

func (t Tag) holds(s *Span) bool {
	if v, ok := s.Meta[t.Key]; ok {
		return t.Value == "" || v == t.Value
	}
	v, ok := s.Metrics[t.Key]
	return ok && (t.Value == "" || strconv.FormatFloat(v, 'f', -1, 64) == t.Value)
}
