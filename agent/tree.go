package agent

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/ddinstrument/ddinstrument/agent/readable"
)

const (
	defaultWidth    = 100
	minWidth        = 40
	defaultMaxLines = 200
)

// TreeOptions say how WriteTree draws.
type TreeOptions struct {
	// Width is the number of columns that no line exceeds; 0 is 100, and
	// fewer than 40 are drawn as 40.
	Width int
	// Color adds colours. Whether they are wanted (NO_COLOR, a terminal) is
	// for the caller to find out.
	Color bool
	// MaxLines is about how many lines are written at most; what goes beyond
	// is summed up. 0 is 200, less than 0 is no limit.
	MaxLines int
	// Dir makes file names in errors shorter: those below it are written
	// relative to it.
	Dir string
	// Dropped is the number of traces that were received but not kept, as of
	// Server.Dropped, to be told at the end.
	Dropped int
}

// nothing is what is said when there are no traces: what to look at first.
const nothing = `ddinstrument: no spans arrived. Does "ddinstrument list" show code that this run reached?`

// WriteTree draws traces for people: a tree each, with durations, errors and
// tags, and a count at the end. Where there are many, it shows the ones worth
// seeing (the first of each kind, those with errors, the slowest) and sums up
// the others. No text of a span gets through to a terminal unescaped.
func WriteTree(w io.Writer, traces []Trace, opts TreeOptions) error {
	out := bufio.NewWriter(w)
	d := newDrawing(traces, opts)
	if d.spans == 0 {
		fmt.Fprintln(out, nothing)
	} else {
		for _, line := range d.lines() {
			fmt.Fprintln(out, line)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the traces: %w", err)
	}
	return nil
}

// drawing is one call of WriteTree.
type drawing struct {
	opts    TreeOptions
	width   int
	bar     int // columns of the time line, 0 for none
	forests []*forest
	spans   int
	errors  int
	styles  map[string]style // of services
}

func newDrawing(traces []Trace, opts TreeOptions) *drawing {
	d := &drawing{opts: opts, width: max(cmp.Or(opts.Width, defaultWidth), minWidth), styles: map[string]style{}}
	switch {
	case d.width >= 120:
		d.bar = 24
	case d.width >= 90:
		d.bar = 16
	case d.width >= 60:
		d.bar = 8
	}
	for _, t := range traces {
		if len(t.Spans) == 0 {
			continue
		}
		f := newForest(t)
		d.forests = append(d.forests, f)
		d.spans += f.spans
		d.errors += f.errors
	}
	return d
}

func (d *drawing) render(r *row) string { return r.render(d.width, d.opts.Color) }

// lines is the whole output.
func (d *drawing) lines() []string {
	budget := cmp.Or(d.opts.MaxLines, defaultMaxLines)
	if budget < 0 {
		budget = 1<<31 - 1
	}
	shown, folded := d.choose(budget - d.reserved())
	var lines []string
	for _, drawn := range shown {
		lines = append(lines, drawn...)
		lines = append(lines, "")
	}
	if len(folded) > 0 {
		lines = append(lines, d.table(folded, len(shown) > 0)...)
		lines = append(lines, "")
	}
	return append(lines, d.summary())
}

// summary is the last line.
func (d *drawing) summary() string {
	var r row
	r.add(bold, readable.Plural(len(d.forests), "trace"))
	r.add(plain, ", "+readable.Plural(d.spans, "span"))
	if d.errors > 0 {
		r.add(plain, ", ")
		r.add(redder, readable.Plural(d.errors, "error"))
	}
	if n := d.opts.Dropped; n > 0 {
		r.add(dim, fmt.Sprintf(" (and %s let go: more than fits in memory)", readable.Plural(n, "trace")))
	}
	return d.render(&r)
}

// trace draws one trace in at most budget lines: the header, then the spans.
func (d *drawing) trace(f *forest, budget int) []string {
	p := &planner{drawing: d, forest: f, budget: budget - 1}
	lines := []string{d.header(f)}
	for _, e := range p.plan() {
		lines = d.branch(lines, e, "", "")
	}
	return lines
}

// header is the line above a trace: what it was, and how it went.
func (d *drawing) header(f *forest) string {
	root := f.root()
	var r row
	r.add(dim, "── ")
	r.add(bold, nameOf(root.Span))
	if res := resourceOf(root.Span); res != "" {
		r.add(plain, "  "+res)
	}
	facts := []piece{{" " + readable.Duration(f.duration()), plain}}
	if !d.isNarrow() {
		facts = append(facts, piece{" · " + readable.Plural(f.spans, "span"), plain})
	}
	if f.errors > 0 {
		facts = append(facts, piece{" · ", plain}, piece{readable.Plural(f.errors, "error"), redder})
	}
	facts = append(facts, piece{" ──", dim})

	room := d.width - piecesWidth(facts)
	r.left = cut(r.left, room-2)
	r.add(dim, " "+strings.Repeat("─", room-piecesWidth(r.left)-1))
	r.left = append(r.left, facts...)
	return d.render(&r)
}

// branch draws an entry and all below it. first is what stands left of its
// first line, indent what the others and its children's start with.
func (d *drawing) branch(lines []string, e *entry, first, indent string) []string {
	stem := "   "
	if len(e.children) > 0 {
		stem = "│  "
	}
	for i := range e.body {
		prefix := first
		if i > 0 {
			prefix = d.shorten(indent + stem)
		}
		r := e.body[i]
		r.left = append([]piece{{prefix, dim}}, r.left...)
		lines = append(lines, d.render(&r))
	}
	for i, child := range e.children {
		fork, pass := "├─ ", "│  "
		if i == len(e.children)-1 {
			fork, pass = "└─ ", "   "
		}
		lines = d.branch(lines, child, d.shorten(indent+fork), d.shorten(indent+pass))
	}
	return lines
}

// maxIndent is how many columns the branches may take.
func (d *drawing) maxIndent() int { return d.width / 3 / 3 * 3 }

// shorten keeps the branches of a very deep tree from pushing all else out:
// the outer levels give way to a mark.
func (d *drawing) shorten(branches string) string {
	cells := []rune(branches) // of one column each
	over := len(cells) - d.maxIndent()
	if over <= 0 {
		return branches
	}
	return "⋯  " + string(cells[over+3:])
}
