package agent

import (
	"cmp"
	"container/list"
	"os"
	"slices"
	"sync"
	"time"
)

// Store keeps traces within a budget. Chunks of one trace arrive apart, in
// any order, from several processes. Its methods may be called concurrently.
type Store struct {
	mu     sync.Mutex
	budget int64
	used   int64
	seq    uint64 // of the last change
	totals Totals // what is not known otherwise

	// byID finds the traces that share the low half of an id: nearly always
	// one.
	byID map[uint64][]*kept
	// age has the traces in the order in which they last grew.
	age *list.List

	numbers  *numbers
	watchers map[chan struct{}]bool
	savers   []*Saver
}

// kept is a trace in the store.
type kept struct {
	id, high uint64
	spans    []Span         // in the order in which they came
	at       map[uint64]int // where the span of an id is, once there are several chunks
	cost     int64
	seq      uint64
	received int64         // when the last chunk arrived
	summary  *Summary      // nil where it has to be made anew
	saved    bool          // written to the file, as it is
	opened   os.FileInfo   // the file that all of it was read from, or nil
	place    *list.Element // in Store.age
}

const (
	// keptCost is what a trace takes besides its spans, its summary included.
	keptCost = 512
	// indexCost is what a span takes in kept.at.
	indexCost = 40
)

// NewStore makes a store that keeps about memory bytes of traces; 0 is
// DefaultMemory.
func NewStore(memory int64) *Store {
	if memory <= 0 {
		memory = DefaultMemory
	}
	return &Store{
		budget: memory, byID: map[uint64][]*kept{}, age: list.New(),
		numbers: newNumbers(), watchers: map[chan struct{}]bool{},
	}
}

// add keeps the chunks of one payload, and lets go of the traces that are then
// too many.
func (st *Store) add(chunks []chunk) {
	gone, savers := st.addAt(chunks, time.Now())
	for _, s := range savers {
		s.letGo(gone)
	}
}

// addAt returns the traces let go that files are to have.
func (st *Store) addAt(chunks []chunk, now time.Time) (gone []Trace, savers []*Saver) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.totals.Payloads++
	for _, c := range chunks {
		parts := splitByTrace(c.spans)
		for _, spans := range parts {
			st.addSpans(spans, c.cost/int64(len(parts)), c.opened, now)
		}
	}
	for st.used > st.budget {
		k := st.age.Front().Value.(*kept)
		if len(st.savers) > 0 && !k.saved {
			gone = append(gone, k.trace())
		}
		st.drop(k)
	}
	if len(chunks) > 0 {
		st.wake()
	}
	return gone, slices.Clone(st.savers)
}

func (st *Store) addSpans(spans []Span, cost int64, file os.FileInfo, now time.Time) {
	id, high := spans[0].TraceID, traceHigh(spans)
	k := st.find(id, high)
	if k == nil {
		k = &kept{id: id, high: high, cost: keptCost, opened: file}
		k.place = st.age.PushBack(k)
		st.byID[id] = append(st.byID[id], k)
		st.used += keptCost
	}
	if k.opened != file {
		k.opened = nil
	}
	st.age.MoveToBack(k.place)
	st.seq++
	k.seq, k.received, k.summary, k.saved = st.seq, now.UnixNano(), nil, false
	k.high = max(k.high, high)
	st.totals.ReceivedSpans += uint64(len(spans))
	before, had := k.cost, len(k.spans)
	k.cost += cost
	fresh := k.grow(spans)
	k.cost = max(k.cost, before) // whatever a strange chunk makes of it
	st.used += k.cost - before
	st.totals.Spans += len(k.spans) - had
	st.numbers.add(fresh, now)
}

// grow adds a chunk's spans, and returns those that have not been there
// before, in their final form.
func (k *kept) grow(spans []Span) (fresh []Span) {
	if len(k.spans) == 0 && !repeats(spans) {
		k.spans = spans
		return spans
	}
	if k.at == nil {
		k.at = make(map[uint64]int, len(k.spans)+len(spans))
		for i := range k.spans {
			k.at[k.spans[i].SpanID] = i
		}
		k.cost += indexCost * int64(len(k.spans))
	}
	for i := range spans {
		s := &spans[i]
		j, ok := k.at[s.SpanID]
		switch {
		case !ok:
			k.at[s.SpanID] = len(k.spans)
			k.spans = append(k.spans, *s)
			k.cost += indexCost
			fresh = append(fresh, *s)
		case s.replaces(&k.spans[j]):
			if k.spans[j].isSnapshot() && !s.isSnapshot() {
				fresh = append(fresh, *s)
			}
			k.cost -= k.spans[j].leastCost()
			k.spans[j] = *s
		default:
			k.cost -= s.leastCost()
		}
	}
	return fresh
}

// repeats tells whether an id is there twice. A chunk that is sent in one
// piece costs no index then: the usual case.
func repeats(spans []Span) bool {
	if len(spans) < 32 {
		for i := range spans {
			for j := range i {
				if spans[i].SpanID == spans[j].SpanID {
					return true
				}
			}
		}
		return false
	}
	seen := make(map[uint64]bool, len(spans))
	for i := range spans {
		seen[spans[i].SpanID] = true
	}
	return len(seen) < len(spans)
}

// find looks up a trace by both halves of its id. A tracer that knows 64 bits
// only, somewhere in a distributed trace, sends no high half: such a chunk
// belongs to whatever has the same low half.
func (st *Store) find(id, high uint64) *kept {
	for _, k := range st.byID[id] {
		if k.high == high || k.high == 0 || high == 0 {
			return k
		}
	}
	return nil
}

func (st *Store) drop(k *kept) {
	st.age.Remove(k.place)
	same := slices.DeleteFunc(st.byID[k.id], func(other *kept) bool { return other == k })
	if st.byID[k.id] = same; len(same) == 0 {
		delete(st.byID, k.id)
	}
	st.used -= k.cost
	st.totals.Dropped++
	st.totals.Spans -= len(k.spans)
}

// trace returns the trace as readers get it, in slices of their own.
func (k *kept) trace() Trace {
	t := Trace{ID: k.id, IDHigh: k.high, Spans: slices.Clone(k.spans)}
	for i := range t.Spans {
		t.Spans[i].TraceIDHigh = k.high
	}
	sortSpans(t.Spans)
	return t
}

// traces are all, ordered by start.
func (st *Store) traces() []Trace {
	st.mu.Lock()
	defer st.mu.Unlock()
	all := make([]Trace, 0, st.age.Len())
	for e := st.age.Front(); e != nil; e = e.Next() {
		all = append(all, e.Value.(*kept).trace())
	}
	slices.SortStableFunc(all, func(a, b Trace) int {
		return cmp.Or(cmp.Compare(a.Spans[0].Start, b.Spans[0].Start), cmp.Compare(a.ID, b.ID))
	})
	return all
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

// remove ends what Save began.
func (st *Store) remove(s *Saver) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.savers = slices.DeleteFunc(st.savers, func(other *Saver) bool { return other == s })
}
