package term

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/agent/readable"
)

// Snapshot is what a development agent knows at one time.
type Snapshot struct {
	Services  []agent.ServiceStats
	Resources []agent.ResourceStats
}

// column is one by which can be sorted.
type column struct {
	key   key
	name  string
	width int
	from  int // how wide the terminal must be to show it
	value func(agent.Numbers) float64
	show  func(agent.Numbers) string
}

// numbers are the columns of numbers, as they stand; what is sorted by name has none.
var numbers = []column{
	{'n', "REQUESTS", 10, 95, func(n agent.Numbers) float64 { return float64(n.Requests) }, func(n agent.Numbers) string { return readable.Count(n.Requests) }},
	{'r', "RATE/S", 9, 0, func(n agent.Numbers) float64 { return n.Rate }, func(n agent.Numbers) string { return rate(n.Rate) }},
	{'e', "ERRORS", 9, 0, share, func(n agent.Numbers) string { return percent(share(n)) }},
	{'5', "P50", 9, 75, func(n agent.Numbers) float64 { return float64(n.P50) }, func(n agent.Numbers) string { return latency(n.P50) }},
	{'9', "P95", 9, 0, func(n agent.Numbers) float64 { return float64(n.P95) }, func(n agent.Numbers) string { return latency(n.P95) }},
	{'0', "P99", 9, 60, func(n agent.Numbers) float64 { return float64(n.P99) }, func(n agent.Numbers) string { return latency(n.P99) }},
	{'t', "TIME", 9, 130, func(n agent.Numbers) float64 { return float64(n.Time) }, func(n agent.Numbers) string { return latency(n.Time) }},
}

// byName is the key that sorts by name.
const byName key = 'a'

// share is the part of the requests that failed.
func share(n agent.Numbers) float64 {
	if n.Requests == 0 {
		return 0
	}
	return float64(n.Errors) / float64(n.Requests)
}

// recently is the window of the numbers, unless they are those of all time.
const recently = time.Minute

// top is the state of the screen.
type top struct {
	title    string
	snapshot Snapshot
	err      error // why there is no newer one
	all      bool  // the numbers are of all time

	sort     key
	reversed bool
	filter   string
	typing   bool // the filter is being typed
	before   string
	first    int // of the rows of resources that are shown
	page     int // how many are
}

func newTop(title string) *top { return &top{title: title, sort: 'r'} }

// window is what the numbers are asked for.
func (t *top) window() time.Duration {
	if t.all {
		return 0
	}
	return recently
}

// press does what a key means, and reports whether it was the last one.
func (t *top) press(k key) (quit bool) {
	switch {
	case k == keyCtrlC:
		return true
	case t.typing:
		t.typed(k)
		return false
	}
	switch k {
	case 'q', 'Q':
		return true
	case '/':
		t.typing, t.before = true, t.filter
	case keyEsc:
		t.filter, t.first = "", 0
	case 'w':
		t.all = !t.all
	case 'j', keyDown:
		t.first++
	case 'k', keyUp:
		t.first--
	case ' ', keyPageDown:
		t.first += t.page
	case keyPageUp:
		t.first -= t.page
	case 'g', keyHome:
		t.first = 0
	case 'G', keyEnd:
		t.first = len(t.snapshot.Resources)
	default:
		t.sortBy(k)
	}
	return false
}

// typed changes the filter.
func (t *top) typed(k key) {
	const most = 100
	switch {
	case k == keyEnter:
		t.typing = false
	case k == keyEsc:
		t.typing, t.filter = false, t.before
	case k == keyCtrlU:
		t.filter = ""
	case k == keyBackspace:
		if all := []rune(t.filter); len(all) > 0 {
			t.filter = string(all[:len(all)-1])
		}
	case k >= ' ' && k < keyUp && len(t.filter) < most:
		t.filter += string(rune(k))
	}
	t.first = 0
}

// sortBy sorts by a column, or the other way round if it did.
func (t *top) sortBy(k key) {
	if k != byName && !slices.ContainsFunc(numbers, func(c column) bool { return c.key == k }) {
		return
	}
	t.reversed = k == t.sort && !t.reversed
	t.sort, t.first = k, 0
}

// services and resources are what is to be shown, in its order.
func (t *top) services() []agent.ServiceStats {
	list := slices.DeleteFunc(slices.Clone(t.snapshot.Services), func(s agent.ServiceStats) bool { return !t.holds(s.Service, s.Type) })
	slices.SortStableFunc(list, func(a, b agent.ServiceStats) int {
		return t.compare(a.Numbers, b.Numbers, cmp.Compare(a.Service, b.Service))
	})
	return list
}

func (t *top) resources() []agent.ResourceStats {
	list := slices.DeleteFunc(slices.Clone(t.snapshot.Resources), func(r agent.ResourceStats) bool {
		return !t.holds(r.Service, r.Name, r.Resource, r.Type)
	})
	slices.SortStableFunc(list, func(a, b agent.ResourceStats) int {
		return t.compare(a.Numbers, b.Numbers, cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Resource, b.Resource)))
	})
	return list
}

// holds reports whether the filter is part of one of the texts, in any case.
func (t *top) holds(texts ...string) bool {
	part := strings.ToLower(t.filter)
	return slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(strings.ToLower(s), part) })
}

// compare puts the greatest number first, and what is equal by name.
func (t *top) compare(a, b agent.Numbers, names int) int {
	order := names
	for _, c := range numbers {
		if c.key == t.sort {
			order = cmp.Compare(c.value(b), c.value(a))
		}
	}
	if t.reversed {
		order = -order
	}
	return cmp.Or(order, names)
}
