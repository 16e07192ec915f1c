package agent

import (
	"strings"

	"github.com/ddinstrument/ddinstrument/agent/readable"
)

// A style is how a piece of text looks; the zero style is as the terminal is.
type style string

// The SGR parameters of ECMA-48, from the 16 colours that every terminal has
// and its user has chosen.
const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	redder style = "1;31"
)

// serviceStyles tell services apart. Red is left out: it means errors.
var serviceStyles = []style{"36", "35", "33", "34", "32"}

// piece is clean text in one style.
type piece struct {
	text  string
	style style
}

// row is one line on its way to the terminal: pieces that are cut to the
// width there is, and a right part that is not.
type row struct {
	left  []piece
	right []piece
}

func (r *row) add(s style, text string) {
	if text != "" {
		r.left = append(r.left, piece{text, s})
	}
}

func piecesWidth(pieces []piece) int {
	n := 0
	for _, p := range pieces {
		n += readable.Width(p.text)
	}
	return n
}

// render makes the line, at most width columns, without trailing spaces.
func (r *row) render(width int, color bool) string {
	var b strings.Builder
	write := func(p piece) {
		if color && p.style != plain && strings.TrimSpace(p.text) != "" {
			b.WriteString("\x1b[" + string(p.style) + "m" + p.text + "\x1b[0m")
			return
		}
		b.WriteString(p.text)
	}
	room := width
	if len(r.right) > 0 {
		room -= piecesWidth(r.right) + 2
	}
	left := cut(r.left, room)
	for _, p := range left {
		write(p)
	}
	if len(r.right) > 0 {
		if gap := width - piecesWidth(left) - piecesWidth(r.right); gap > 0 {
			b.WriteString(strings.Repeat(" ", gap))
		}
		for _, p := range r.right {
			write(p)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// cut shortens pieces to room columns.
func cut(pieces []piece, room int) []piece {
	if piecesWidth(pieces) <= room {
		return pieces
	}
	var short []piece
	for _, p := range pieces {
		w := readable.Width(p.text)
		if w < room { // one column stays for the mark
			short = append(short, p)
			room -= w
			continue
		}
		// The mark is wanted even where the piece itself fits exactly.
		return append(short, piece{readable.Truncate(p.text+"…", room), p.style})
	}
	return short
}
