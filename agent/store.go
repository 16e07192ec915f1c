package agent

import (
	"cmp"
	"container/list"
	"slices"
	"sync"
)

// store keeps traces within a budget. Chunks of one trace arrive apart, in
// any order, from several processes.
type store struct {
	mu      sync.Mutex
	budget  int64
	used    int64
	dropped int
	// byID finds the traces that share the low half of an id: nearly always
	// one.
	byID map[uint64][]*kept
	// age has the traces in the order in which they last grew.
	age *list.List
}

// kept is a trace in the store, as its chunks came in.
type kept struct {
	id, high uint64
	chunks   [][]Span
	cost     int64
	place    *list.Element // in store.age
}

// keptCost is what a trace takes besides its spans.
const keptCost = 256

func newStore(budget int64) *store {
	return &store{budget: budget, byID: map[uint64][]*kept{}, age: list.New()}
}

// add keeps chunks, and lets go of the traces that are then too many.
func (st *store) add(chunks []chunk) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, c := range chunks {
		parts := splitByTrace(c.spans)
		for _, spans := range parts {
			st.addSpans(spans, c.cost/int64(len(parts)))
		}
	}
	for st.used > st.budget {
		st.drop(st.age.Front().Value.(*kept))
	}
}

func (st *store) addSpans(spans []Span, cost int64) {
	id, high := spans[0].TraceID, traceHigh(spans)
	t := st.find(id, high)
	if t == nil {
		t = &kept{id: id, high: high, cost: keptCost}
		t.place = st.age.PushBack(t)
		st.byID[id] = append(st.byID[id], t)
		st.used += keptCost
	}
	st.age.MoveToBack(t.place)
	t.high = max(t.high, high)
	t.chunks = append(t.chunks, spans)
	t.cost += cost
	st.used += cost
}

// find looks up a trace by both halves of its id. A tracer that knows 64 bits
// only, somewhere in a distributed trace, sends no high half: such a chunk
// belongs to whatever has the same low half.
func (st *store) find(id, high uint64) *kept {
	for _, t := range st.byID[id] {
		if t.high == high || t.high == 0 || high == 0 {
			return t
		}
	}
	return nil
}

func (st *store) drop(t *kept) {
	st.age.Remove(t.place)
	same := slices.DeleteFunc(st.byID[t.id], func(k *kept) bool { return k == t })
	if st.byID[t.id] = same; len(same) == 0 {
		delete(st.byID, t.id)
	}
	st.used -= t.cost
	st.dropped++
}

func (st *store) droppedTraces() int {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.dropped
}

func (st *store) traces() []Trace {
	st.mu.Lock()
	defer st.mu.Unlock()
	all := make([]Trace, 0, st.age.Len())
	for e := st.age.Front(); e != nil; e = e.Next() {
		all = append(all, e.Value.(*kept).merge())
	}
	slices.SortStableFunc(all, func(a, b Trace) int {
		return cmp.Or(cmp.Compare(a.Spans[0].Start, b.Spans[0].Start), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// merge makes one trace of the chunks. A span that arrived twice (a tracer
// that lost the connection sends again) counts once, as it came last.
func (k *kept) merge() Trace {
	t := Trace{ID: k.id, IDHigh: k.high}
	at := map[uint64]int{}
	for _, chunk := range k.chunks {
		for _, s := range chunk {
			s.TraceIDHigh = k.high
			if i, ok := at[s.SpanID]; ok {
				t.Spans[i] = s
				continue
			}
			at[s.SpanID] = len(t.Spans)
			t.Spans = append(t.Spans, s)
		}
	}
	sortSpans(t.Spans)
	return t
}

// splitByTrace groups spans by trace id. A chunk is meant to have one only.
func splitByTrace(spans []Span) [][]Span {
	mixed := func(s Span) bool { return s.TraceID != spans[0].TraceID }
	if !slices.ContainsFunc(spans, mixed) {
		return [][]Span{spans}
	}
	at := map[uint64]int{}
	var parts [][]Span
	for _, s := range spans {
		i, ok := at[s.TraceID]
		if !ok {
			i = len(parts)
			at[s.TraceID] = i
			parts = append(parts, nil)
		}
		parts[i] = append(parts[i], s)
	}
	return parts
}
