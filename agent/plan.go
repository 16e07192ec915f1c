package agent

import (
	"slices"

	"github.com/ddinstrument/ddinstrument/agent/readable"
)

// planner decides which spans of a trace are shown within a number of lines:
// level by level, so that a deep or wide branch never hides the outline.
type planner struct {
	*drawing
	forest *forest
	budget int // lines that are left
}

// plan returns the entries for the roots, with those below them attached.
func (p *planner) plan() []*entry {
	entries := foldSiblings(p.forest.roots)
	p.compose(entries, 0)
	roots := p.admit(entries, true)
	level := roots
	for depth := 1; len(level) > 0; depth++ {
		var next []*entry
		for _, e := range level {
			if e.fold != nil || len(e.node.children) == 0 {
				continue
			}
			children := foldSiblings(e.node.children)
			p.compose(children, depth)
			if e.children = p.admit(children, false); len(e.children) == 0 {
				e.hide()
			}
			next = append(next, e.children...)
		}
		level = next
	}
	return roots
}

// compose gives entries their lines.
func (p *planner) compose(entries []*entry, depth int) {
	for _, e := range entries {
		if e.fold != nil {
			e.body = []row{e.fold.row()}
			continue
		}
		e.body = p.spanRows(p.forest, e.node, min(3*depth, p.maxIndent()))
	}
}

// admit takes siblings into the picture as far as there is room, and sums up
// the others in one line. It is empty when not one of them finds room; must
// makes room for the first.
func (p *planner) admit(entries []*entry, must bool) []*entry {
	lines := 0
	for _, e := range entries {
		lines += len(e.body)
	}
	if lines <= p.budget {
		p.budget -= lines
		return entries
	}
	n := 0
	for n < len(entries) && (len(entries[n].body) < p.budget || must && n == 0) {
		p.budget -= len(entries[n].body)
		n++
	}
	if n == 0 || n == len(entries) {
		return entries[:n:n]
	}
	others := rest(entries[n:])
	others.body = []row{others.fold.row()}
	p.budget--
	return append(entries[:n:n], others)
}

// hide says on the entry's own line what there is below it.
func (e *entry) hide() {
	below, errors := e.spans-1, e.errors
	if e.Error != 0 {
		errors--
	}
	more := []piece{{"  (+" + readable.Plural(below, "span"), dim}}
	if errors > 0 {
		more = append(more, piece{", ", dim}, piece{readable.Plural(errors, "error"), red})
	}
	r := &e.body[0]
	r.left = slices.Insert(r.left, 1, append(more, piece{")", dim})...)
}
