package agent

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/DataDog/sketches-go/ddsketch"
	"github.com/DataDog/sketches-go/ddsketch/mapping"
	"github.com/DataDog/sketches-go/ddsketch/store"
)

const (
	// maxKinds is how many kinds of request are told apart: a sketch takes up
	// to 7 KiB, and there may be one of each in every bucket.
	maxKinds = 500
	// otherText stands for the resource where there are more, and for the
	// service and the operation where even those are too many.
	otherText = "(other)"

	bucketTime  = 10 * time.Second
	bucketCount = 6 // behind the one that is being filled

	accuracy = 0.01
)

// requestKind is what requests are told apart by.
type requestKind struct{ service, name, resource, typ, kind string }

// cell has the numbers of one kind of request in some time.
type cell struct {
	entries          uint64 // those that enter the service
	requests, errors uint64
	time, max        int64
	sketch           *ddsketch.DDSketch
}

// bucket has the numbers of some time.
type bucket struct {
	start time.Time
	cells map[requestKind]*cell
}

// numbers count requests as they arrive: in all, and of the last minute.
type numbers struct {
	mapping mapping.IndexMapping
	all     bucket
	recent  []bucket // the newest last
}

func newNumbers() *numbers {
	m, err := mapping.NewDefaultMapping(accuracy)
	if err != nil {
		panic(err) // of a constant
	}
	return &numbers{mapping: m, all: bucket{cells: map[requestKind]*cell{}}}
}

// add counts the spans of a chunk that count.
func (n *numbers) add(spans []Span, now time.Time) {
	if n.all.start.IsZero() {
		n.all.start = now
	}
	var in *bucket
	isEntry := entries(spans)
	for i := range spans {
		s := &spans[i]
		entry := isEntry(s)
		if s.isSnapshot() || !entry && !isMeasured(s) {
			continue
		}
		if in == nil {
			in = n.bucket(now)
		}
		key := n.key(s)
		n.count(n.all.cells, key, s, entry)
		n.count(in.cells, key, s, entry)
	}
}

// entries returns what tells the spans that enter a service. Most tracers mark
// them; else those count whose parent is of another service or not there.
func entries(spans []Span) func(*Span) bool {
	marked := func(s *Span) bool { return s.Metrics[topLevelTag] == 1 }
	if slices.ContainsFunc(spans, func(s Span) bool { return marked(&s) }) {
		return marked
	}
	services := make(map[uint64]string, len(spans))
	for i := range spans {
		services[spans[i].SpanID] = spans[i].Service
	}
	return func(s *Span) bool {
		service, ok := services[s.ParentID]
		return !ok || service != s.Service
	}
}

// isMeasured tells what is counted besides entries, as the real agent counts
// it (pkg/trace/stats: eligible spans).
func isMeasured(s *Span) bool {
	if s.Metrics[measuredTag] == 1 {
		return true
	}
	switch strings.ToLower(s.Meta[kindTag]) {
	case "server", "client", "producer", "consumer":
		return true
	}
	return false
}

// key is the kind of a span, a coarser one where there are too many. Its texts
// are cut where the real agent cuts them (pkg/trace/traceutil/normalize,
// pkg/trace/agent/truncator.go), for they stay when the span is let go.
func (n *numbers) key(s *Span) requestKind {
	const maxName, maxResource = 100, 5000
	k := requestKind{
		cutText(s.Service, maxName), cutText(s.Name, maxName), cutText(s.Resource, maxResource),
		cutText(s.Type, maxName), cutText(s.Meta[kindTag], maxName),
	}
	for _, coarser := range []func(){
		func() {},
		func() { k.resource = otherText },
		func() { k = requestKind{service: k.service, name: otherText, resource: otherText} },
	} {
		coarser()
		_, known := n.all.cells[k]
		if known || len(n.all.cells) < maxKinds || k.name == otherText && len(n.all.cells) < 2*maxKinds ||
			k.resource == otherText && len(n.all.cells) < 3*maxKinds/2 {
			return k
		}
	}
	return requestKind{service: otherText, name: otherText, resource: otherText}
}

// bucket is the one that is being filled.
func (n *numbers) bucket(now time.Time) *bucket {
	start := now.Truncate(bucketTime)
	if l := len(n.recent); l == 0 || n.recent[l-1].start.Before(start) {
		n.recent = append(n.recent, bucket{start: start, cells: map[requestKind]*cell{}})
		n.forget(now)
	}
	return &n.recent[len(n.recent)-1]
}

// forget lets go of what is older than any window.
func (n *numbers) forget(now time.Time) {
	oldest := now.Truncate(bucketTime).Add(-bucketCount * bucketTime)
	n.recent = slices.DeleteFunc(n.recent, func(b bucket) bool { return b.start.Before(oldest) })
}

func (n *numbers) count(cells map[requestKind]*cell, key requestKind, s *Span, entry bool) {
	c := cells[key]
	if c == nil {
		c = n.newCell()
		cells[key] = c
	}
	d := max(s.Duration, 0)
	c.requests++
	if entry {
		c.entries++
	}
	if s.Error != 0 {
		c.errors++
	}
	c.time += d
	c.max = max(c.max, d)
	_ = c.sketch.Add(float64(d)) // any duration that is not negative fits
}

func (n *numbers) newCell() *cell {
	return &cell{sketch: ddsketch.NewDDSketch(n.mapping, store.NewBufferedPaginatedStore(), store.NewBufferedPaginatedStore())}
}

// merge adds what another cell has counted.
func (c *cell) merge(other *cell) {
	c.entries += other.entries
	c.requests += other.requests
	c.errors += other.errors
	c.time += other.time
	c.max = max(c.max, other.max)
	_ = c.sketch.MergeWith(other.sketch) // of the same mapping
}

// window returns the numbers of that time, and how long it really is.
func (n *numbers) window(window time.Duration, now time.Time) (map[requestKind]*cell, time.Duration) {
	if n.all.start.IsZero() {
		return nil, time.Second
	}
	whole := max(now.Sub(n.all.start), time.Second)
	if window <= 0 {
		return n.all.cells, whole
	}
	n.forget(now)
	from := now.Add(-min(window, bucketCount*bucketTime)).Truncate(bucketTime)
	cells := map[requestKind]*cell{}
	for _, b := range n.recent {
		if b.start.Before(from) {
			continue
		}
		for key, c := range b.cells {
			if cells[key] == nil {
				cells[key] = n.newCell()
			}
			cells[key].merge(c)
		}
	}
	return cells, min(whole, max(now.Sub(from), time.Second))
}

func (n *numbers) resources(window time.Duration, now time.Time) []ResourceStats {
	cells, time := n.window(window, now)
	list := make([]ResourceStats, 0, len(cells))
	for k, c := range cells {
		list = append(list, ResourceStats{k.service, k.name, k.resource, k.typ, k.kind, c.numbers(time)})
	}
	slices.SortFunc(list, func(a, b ResourceStats) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(b.Requests, a.Requests),
			cmp.Compare(a.Name, b.Name), cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Type, b.Type))
	})
	return list
}

func (n *numbers) services(window time.Duration, now time.Time) []ServiceStats {
	cells, time := n.window(window, now)
	byName := map[string]*ServiceStats{}
	merged := map[string]*cell{}
	for k, c := range cells {
		if c.entries == 0 {
			continue
		}
		s := byName[k.service]
		if s == nil {
			s = &ServiceStats{Service: k.service, Type: k.typ}
			byName[k.service], merged[k.service] = s, n.newCell()
		}
		s.Type = cmp.Or(min(s.Type, k.typ), s.Type, k.typ)
		s.Resources++
		merged[k.service].merge(c)
	}
	list := make([]ServiceStats, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		byName[name].Numbers = merged[name].numbers(time)
		list = append(list, *byName[name])
	}
	return list
}

func (c *cell) numbers(time time.Duration) Numbers {
	n := Numbers{Requests: c.requests, Errors: c.errors, Rate: float64(c.requests) / time.Seconds(), Max: c.max, Time: c.time}
	if q, err := c.sketch.GetValuesAtQuantiles([]float64{0.5, 0.95, 0.99}); err == nil {
		// A sketch may say one percent too much.
		n.P50, n.P95, n.P99 = min(int64(q[0]), c.max), min(int64(q[1]), c.max), min(int64(q[2]), c.max)
	}
	return n
}

// Calls returns the edges of the service map, of the traces that are kept.
func (st *Store) Calls() []Call {
	st.mu.Lock()
	defer st.mu.Unlock()
	calls := map[[2]string]*Call{}
	for e := st.age.Front(); e != nil; e = e.Next() {
		spans := e.Value.(*kept).spans
		services := make(map[uint64]string, len(spans))
		for i := range spans {
			services[spans[i].SpanID] = spans[i].Service
		}
		for i := range spans {
			s := &spans[i]
			from, ok := services[s.ParentID]
			if !ok || from == s.Service {
				continue
			}
			c := calls[[2]string{from, s.Service}]
			if c == nil {
				c = &Call{From: from, To: s.Service}
				calls[[2]string{from, s.Service}] = c
			}
			c.Requests++
			if s.Error != 0 {
				c.Errors++
			}
		}
	}
	list := make([]Call, 0, len(calls))
	for _, c := range calls {
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b Call) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return list
}
