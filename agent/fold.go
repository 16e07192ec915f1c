package agent

import (
	"cmp"

	"github.com/ddinstrument/ddinstrument/agent/readable"
)

const (
	// foldOver is how many siblings alike are shown before they fold.
	foldOver = 5
	// foldKeep is how many of them stay when they do.
	foldKeep = 3
	// maxSiblings is how many different siblings are shown before they fold
	// by less.
	maxSiblings = 16
)

// entry is what the tree shows in one place: a span, or several that are
// folded into one line.
type entry struct {
	*node             // nil for a fold
	fold     *fold    // nil for a span
	children []*entry // what is shown below
	body     []row    // the lines, without the tree's branches
}

// fold sums up spans that are not shown one by one.
type fold struct {
	label  string // what they have in common, "" for nothing
	roots  int    // how many stand in this place
	inside int    // how many more are below those
	errors int
	total  int64
	max    int64
}

func (f *fold) add(n *node) {
	f.roots++
	f.inside += n.spans - 1
	f.errors += n.errors
	f.total = addSaturated(f.total, spanDuration(n))
	f.max = max(f.max, spanDuration(n))
}

// addSaturated adds what is not negative.
func addSaturated(a, b int64) int64 {
	if sum := a + b; sum >= 0 {
		return sum
	}
	return 1<<63 - 1
}

// foldKey names a kind of sibling; equal keys fold together.
type foldKey struct{ name, service, resource string }

// foldSiblings gives the entries for siblings. Those alike in name, service
// and resource fold first; where that leaves too many (resources that differ
// each time), those alike in name and service; then all.
func foldSiblings(siblings []*node) []*entry {
	exact := func(n *node) foldKey { return foldKey{n.Name, n.Service, n.Resource} }
	entries := foldBy(siblings, exact, foldOver)
	if len(entries) > maxSiblings {
		coarse := func(n *node) foldKey { return foldKey{name: n.Name, service: n.Service} }
		entries = foldBy(siblings, coarse, foldOver)
	}
	if len(entries) > maxSiblings {
		any := func(*node) foldKey { return foldKey{} }
		entries = foldBy(siblings, any, maxSiblings)
	}
	return entries
}

// foldBy folds the siblings of one key beyond limit, and keeps a few of them:
// those with errors in the first place, then the earliest. The fold stands
// after the last one kept.
func foldBy(siblings []*node, key func(*node) foldKey, limit int) []*entry {
	groups := map[foldKey][]*node{}
	for _, n := range siblings {
		groups[key(n)] = append(groups[key(n)], n)
	}
	keep := map[*node]bool{}
	for _, group := range groups {
		n := len(group)
		if n > limit {
			n = min(limit, max(foldKeep, limit-2)) // the rest is worth a line of its own
		}
		keepBest(keep, group, n)
	}
	var entries []*entry
	folds := map[foldKey]*fold{}
	for _, n := range siblings {
		k := key(n)
		if keep[n] {
			entries = append(entries, &entry{node: n})
			continue
		}
		if folds[k] == nil {
			folds[k] = &fold{label: k.name}
		}
		folds[k].add(n)
	}
	return placeFolds(entries, folds, key)
}

// keepBest marks n of a group.
func keepBest(keep map[*node]bool, group []*node, n int) {
	for _, withErrors := range []bool{true, false} {
		for _, m := range group {
			if n > 0 && !keep[m] && (m.errors > 0 || !withErrors) {
				keep[m] = true
				n--
			}
		}
	}
}

// placeFolds puts each fold behind the last entry of its kind.
func placeFolds(entries []*entry, folds map[foldKey]*fold, key func(*node) foldKey) []*entry {
	last := map[foldKey]int{}
	for i, e := range entries {
		last[key(e.node)] = i
	}
	var placed []*entry
	for i, e := range entries {
		placed = append(placed, e)
		k := key(e.node)
		if f := folds[k]; f != nil && last[k] == i {
			placed = append(placed, &entry{fold: f})
		}
	}
	return placed
}

// rest folds entries that have found no room into one.
func rest(entries []*entry) *entry {
	f := &fold{}
	for _, e := range entries {
		if e.fold == nil {
			f.add(e.node)
			continue
		}
		f.roots += e.fold.roots
		f.inside += e.fold.inside
		f.errors += e.fold.errors
		f.total = addSaturated(f.total, e.fold.total)
		f.max = max(f.max, e.fold.max)
	}
	return &entry{fold: f}
}

// row says what is folded.
func (f *fold) row() row {
	var r row
	label := cmp.Or(readable.Clean(f.label), "spans")
	if f.label == "" && f.roots == 1 {
		label = "span"
	}
	r.add(dim, "… "+readable.Count(f.roots)+" more ")
	r.add(plain, label)
	text := "  total " + readable.Duration(f.total)
	if f.roots > 1 {
		text += ", average " + readable.Duration(f.total/int64(f.roots)) + ", longest " + readable.Duration(f.max)
	}
	r.add(dim, text)
	if f.errors > 0 {
		r.add(dim, ", ")
		r.add(red, readable.Plural(f.errors, "error"))
	}
	if f.inside > 0 {
		r.add(dim, ", "+readable.Plural(f.inside, "span")+" inside")
	}
	return r
}
