package agent

import (
	"slices"
	"strings"

	"github.com/ddinstrument/ddinstrument/agent/readable"
)

// table sums up the traces that are not drawn, a line for each kind, the most
// frequent first.
func (d *drawing) table(forests []*forest, others bool) []string {
	all := kinds(forests)
	slices.SortStableFunc(all, func(a, b *kind) int { return len(b.forests) - len(a.forests) })
	lines := []string{d.tableHead(len(forests), others)}
	for i, k := range all {
		if i == tableRows && len(all) > tableRows+1 {
			lines = append(lines, d.tableRest(all[i:]))
			break
		}
		var r row
		r.add(bold, nameOf(k.forests[0].root().Span))
		if res := resourceOf(k.forests[0].root().Span); res != "" {
			r.add(plain, "  "+res)
		}
		r.right = d.sums(k.forests)
		lines = append(lines, d.render(&r))
	}
	return lines
}

// tableRest is the last line of a table that would be too long.
func (d *drawing) tableRest(kinds []*kind) string {
	var forests []*forest
	for _, k := range kinds {
		forests = append(forests, k.forests...)
	}
	var r row
	r.add(dim, "… "+readable.Count(len(kinds))+" other kinds of trace")
	r.right = d.sums(forests)
	return d.render(&r)
}

// The columns of the table: traces, average and longest duration, errors.
// Narrow terminals do without the longest.
const (
	countColumn = 8
	timeColumn  = 10
)

func (d *drawing) isNarrow() bool { return d.width < 60 }

func (d *drawing) tableHead(n int, others bool) string {
	text := " " + readable.Plural(n, "more trace") + " "
	if !others {
		text = " " + readable.Plural(n, "trace") + " "
	}
	var r row
	r.add(dim, "──")
	r.add(bold, text)
	right := padLeft("traces", countColumn) + padLeft("average", timeColumn)
	if !d.isNarrow() {
		right += padLeft("longest", timeColumn)
	}
	right += padLeft("errors", countColumn)
	// A line up to the first of the headings, as above each trace.
	trimmed := strings.TrimLeft(right, " ")
	room := d.width - piecesWidth(r.left) - readable.Width(trimmed) - 1
	r.add(dim, strings.Repeat("─", max(room, 0))+" "+trimmed)
	return d.render(&r)
}

// sums is the right part of a table's line.
func (d *drawing) sums(forests []*forest) []piece {
	var total, longest int64
	errors := 0
	for _, f := range forests {
		total = addSaturated(total, f.duration())
		longest = max(longest, f.duration())
		errors += f.errors
	}
	sums := []piece{
		{padLeft(readable.Count(len(forests)), countColumn), plain},
		{padLeft(readable.Duration(total/int64(len(forests))), timeColumn), plain},
	}
	if !d.isNarrow() {
		sums = append(sums, piece{padLeft(readable.Duration(longest), timeColumn), plain})
	}
	if errors == 0 {
		return append(sums, piece{padLeft("–", countColumn), dim})
	}
	return append(sums, piece{padLeft(readable.Count(errors), countColumn), red})
}
