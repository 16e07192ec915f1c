package agent

import "slices"

// node is a span at its place in the tree of its trace.
type node struct {
	*Span
	parent   *node
	children []*node // ordered by start
	orphan   bool    // has a parent that was not received

	// Of the node and all below it:
	spans  int
	errors int
}

// forest is a trace as a tree, or as several: where parents were not received
// (they ran in another process, or are still running).
type forest struct {
	roots      []*node
	spans      int
	errors     int
	start, end int64
}

// newForest makes the tree. Nothing about the ids is taken for granted:
// parents may be missing, be the span itself or go round in circles, and
// chains may be too long for recursion.
func newForest(t Trace) *forest {
	spans := slices.Clone(t.Spans)
	sortSpans(spans)
	f := &forest{start: spans[0].Start, end: spans[0].end()}
	nodes := make([]node, len(spans))
	byID := make(map[uint64]*node, len(spans))
	for i := range spans {
		nodes[i].Span = &spans[i]
		byID[spans[i].SpanID] = &nodes[i]
		f.end = max(f.end, spans[i].end())
	}
	for i := range nodes {
		n := &nodes[i]
		n.parent = byID[n.ParentID]
		switch {
		case n.ParentID == 0 || n.parent == n:
			n.parent = nil
			f.roots = append(f.roots, n)
		case n.parent == nil:
			n.orphan = true
			f.roots = append(f.roots, n)
		default:
			n.parent.children = append(n.parent.children, n)
		}
	}
	f.count(f.breakCircles(nodes))
	return f
}

// breakCircles makes a root of one span of each circle of parents, and
// returns all nodes, parents before children.
func (f *forest) breakCircles(nodes []node) []*node {
	order := make([]*node, 0, len(nodes))
	reached := make(map[*node]bool, len(nodes))
	walk := func(from *node) {
		todo := []*node{from}
		for len(todo) > 0 {
			n := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			reached[n] = true
			order = append(order, n)
			todo = append(todo, n.children...)
		}
	}
	for _, root := range f.roots {
		walk(root)
	}
	for i := range nodes {
		n := &nodes[i]
		if reached[n] {
			continue
		}
		n.parent.children = slices.DeleteFunc(n.parent.children, func(c *node) bool { return c == n })
		n.parent, n.orphan = nil, true
		f.roots = append(f.roots, n)
		walk(n)
	}
	return order
}

func (f *forest) count(order []*node) {
	for _, n := range slices.Backward(order) {
		n.spans++
		if n.Error != 0 {
			n.errors++
		}
		if n.parent != nil {
			n.parent.spans += n.spans
			n.parent.errors += n.errors
		}
	}
	for _, root := range f.roots {
		f.spans += root.spans
		f.errors += root.errors
	}
}

// root is the span that the trace is named after: the first that says it has
// no parent, else the first.
func (f *forest) root() *node {
	for _, n := range f.roots {
		if !n.orphan {
			return n
		}
	}
	return f.roots[0]
}

// duration is how long the whole trace took, spans that outlive the root
// included.
func (f *forest) duration() int64 {
	if d := f.end - f.start; d >= 0 {
		return d
	}
	return 1<<63 - 1 // clocks so far apart that the difference wraps around
}

// since is how long after the start of the trace t is. A time alone has too many digits for a float64.
func (f *forest) since(t int64) float64 {
	if d := t - f.start; d >= 0 {
		return float64(d)
	}
	return float64(t) - float64(f.start) // wrapped around, or before
}

// spanDuration is a span's duration for sums: never negative.
func spanDuration(n *node) int64 { return max(n.Duration, 0) }
