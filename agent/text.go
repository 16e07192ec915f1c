package agent

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// columns measures text as terminals show it. It is fixed, for the default
// depends on the locale, in which box-drawing lines may count double.
var columns = &runewidth.Condition{StrictEmojiNeutral: true}

func textWidth(s string) int { return columns.StringWidth(s) }

// textLimit bounds how much of a field is looked at: no line shows more.
const textLimit = 1000

// clean makes received text fit for a terminal: on one line (a run of white
// space is one space), and without anything that acts on the terminal or
// hides: control characters, escape sequences, changes of direction and
// invisible characters show as \x1b, \u202e and so on.
func clean(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	space := false
	for n := 0; len(s) > 0 && n < textLimit; n++ {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			s = s[size:]
			continue
		case space:
			b.WriteByte(' ')
			space = false
		}
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\x` + hexByte(s[0]))
		case strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		s = s[size:]
	}
	if len(s) > 0 {
		b.WriteString("…")
	}
	return b.String()
}

// isPlain tells the usual text, which needs no cleaning.
func isPlain(s string) bool {
	if len(s) > textLimit {
		return false
	}
	for i := range len(s) {
		edge := i == 0 || s[i-1] == ' '
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && edge {
			return false
		}
	}
	return !strings.HasSuffix(s, " ")
}

func hexByte(b byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[b>>4], digits[b&15]})
}

// truncate cuts clean text to w columns, the last of which says that it did.
func truncate(s string, w int) string {
	if w <= 0 {
		return ""
	}
	return columns.Truncate(s, w, "…")
}

// truncateLeft keeps the end of a text, for paths.
func truncateLeft(s string, w int) string {
	over := textWidth(s) - w
	if over <= 0 {
		return s
	}
	if w <= 0 {
		return ""
	}
	return columns.TruncateLeft(s, over+1, "…")
}

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
		n += textWidth(p.text)
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
		w := textWidth(p.text)
		if w < room { // one column stays for the mark
			short = append(short, p)
			room -= w
			continue
		}
		// The mark is wanted even where the piece itself fits exactly.
		return append(short, piece{truncate(p.text+"…", room), p.style})
	}
	return short
}
