package agent

import (
	"cmp"
	"slices"
)

const (
	// firstAlike is how many traces alike are shown where there are more than
	// foldOver; more with errors, and the slowest, are shown besides.
	firstAlike  = 3
	errorsAlike = 3

	// tableRows is how many kinds of trace the table lists.
	tableRows = 12
	// leastLines is the room that is worth another trace: a header, a few
	// spans, an empty line.
	leastLines = 6
	// tracesAtOnce is into how many parts the room is divided at most: no
	// trace takes more than its part.
	tracesAtOnce = 4
)

// traceKey names a kind of trace.
type traceKey struct{ name, resource string }

func keyOf(f *forest) traceKey {
	root := f.root()
	return traceKey{root.Name, root.Resource}
}

// kind is the traces of one key.
type kind struct {
	key     traceKey
	forests []*forest
}

// kinds groups traces, in the order in which the kinds appear.
func kinds(forests []*forest) []*kind {
	byKey := map[traceKey]*kind{}
	var all []*kind
	for _, f := range forests {
		k := byKey[keyOf(f)]
		if k == nil {
			k = &kind{key: keyOf(f)}
			byKey[k.key] = k
			all = append(all, k)
		}
		k.forests = append(k.forests, f)
	}
	return all
}

// reserved is how many lines the end of the output takes, at most.
func (d *drawing) reserved() int {
	n := 1 // the summary
	if len(d.forests) > 1 {
		n += 3 + min(len(kinds(d.forests)), tableRows+1)
	}
	return n
}

// choose draws the traces worth seeing within budget lines, in their order in
// time, and returns those that are not drawn.
func (d *drawing) choose(budget int) (shown [][]string, folded []*forest) {
	ranked := rank(d.forests)
	part := budget
	if len(ranked) > 1 {
		part = max(budget/min(len(ranked), tracesAtOnce), leastLines)
	}
	drawn := map[*forest][]string{}
	for i, f := range ranked {
		if budget < leastLines && i > 0 {
			break
		}
		drawn[f] = d.trace(f, min(part, budget)-1) // an empty line follows
		budget -= len(drawn[f]) + 1
	}
	for _, f := range d.forests {
		if lines, ok := drawn[f]; ok {
			shown = append(shown, lines)
		} else {
			folded = append(folded, f)
		}
	}
	return shown, folded
}

// rank lists the traces that are worth seeing, those first that are worth
// most: one of each kind, errors, the slowest, then further ones.
func rank(forests []*forest) []*forest {
	var first, failed, slowest, more []*forest
	for _, k := range kinds(forests) {
		n := len(k.forests)
		if n > foldOver {
			n = firstAlike
		}
		first = append(first, k.forests[0])
		more = append(more, k.forests[:n]...)
		slowest = append(slowest, slices.MaxFunc(k.forests, func(a, b *forest) int {
			return cmp.Compare(a.duration(), b.duration())
		}))
		withErrors := slices.DeleteFunc(slices.Clone(k.forests), func(f *forest) bool { return f.errors == 0 })
		failed = append(failed, withErrors[:min(errorsAlike, len(withErrors))]...)
	}
	seen := map[*forest]bool{}
	return slices.DeleteFunc(slices.Concat(first, failed, slowest, more), func(f *forest) bool {
		again := seen[f]
		seen[f] = true
		return again
	})
}
