// Package readable makes text for terminals of what was received: cleaned of
// what acts on a terminal, cut to columns, and numbers as people read them.
package readable

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

// Width is how many columns a text takes.
func Width(s string) int { return columns.StringWidth(s) }

// textLimit bounds how much of a field is looked at: no line shows more.
const textLimit = 1000

// Clean makes received text fit for a terminal: on one line (a run of white
// space is one space), and without anything that acts on the terminal or
// hides: control characters, escape sequences, changes of direction and
// invisible characters show as \x1b, \u202e and so on.
func Clean(s string) string {
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

// Truncate cuts clean text to w columns, the last of which says that it did.
func Truncate(s string, w int) string {
	if w <= 0 {
		return ""
	}
	return columns.Truncate(s, w, "…")
}

// TruncateLeft keeps the end of a text, for paths.
func TruncateLeft(s string, w int) string {
	over := Width(s) - w
	if over <= 0 {
		return s
	}
	if w <= 0 {
		return ""
	}
	return columns.TruncateLeft(s, over+1, "…")
}

// Fit makes clean text exactly w columns wide, the last of which says so where
// it is cut.
func Fit(s string, w int) string {
	if w <= 0 {
		return ""
	}
	return columns.FillRight(Truncate(s, w), w)
}

// Right makes short text w columns wide, with the spaces before it.
func Right(s string, w int) string { return columns.FillLeft(s, w) }
