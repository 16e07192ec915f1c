// Package term shows on a terminal what the development agent receives: traces
// as they finish, and the numbers of services and resources, live. It reads
// package agent's store, or its pages' JSON, and knows nothing of how they came
// to be. No text received reaches a terminal unescaped.
package term

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/mattn/go-runewidth"
)

// columns measures text as terminals show it, whatever the locale says.
var columns = &runewidth.Condition{StrictEmojiNeutral: true}

// textLimit bounds how much of a text is looked at: no line shows more.
const textLimit = 500

// clean makes received text fit for one line of a terminal: white space is one
// space, and what acts on the terminal or hides (control characters, escape
// sequences, changes of direction) shows as \x1b, \u202e and so on.
func clean(s string) string {
	if len(s) > textLimit {
		s = strings.ToValidUTF8(s[:textLimit], "") + "…"
	}
	var b strings.Builder
	for i, word := range strings.FieldsFunc(s, unicode.IsSpace) {
		if i > 0 {
			b.WriteByte(' ')
		}
		quoted := strconv.Quote(word)
		quoted = quoted[1 : len(quoted)-1]
		b.WriteString(strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(quoted))
	}
	return b.String()
}

// fit makes clean text exactly w columns wide, the last of which says so where
// it is cut.
func fit(s string, w int) string {
	if w <= 0 {
		return ""
	}
	return columns.FillRight(columns.Truncate(s, w, "…"), w)
}

// right makes short text w columns wide, with the spaces before it.
func right(s string, w int) string { return columns.FillLeft(s, w) }

func width(s string) int { return columns.StringWidth(s) }

// duration gives three digits in a readable unit, at most 7 columns: 850ns,
// 12.4ms, 1.23s, 3m07s, 5h12m.
func duration(ns int64) string {
	d := time.Duration(max(ns, 0))
	switch {
	case d < time.Microsecond:
		return strconv.FormatInt(int64(d), 10) + "ns"
	case d < 999500*time.Nanosecond:
		return threeDigits(float64(d)/1e3) + "µs"
	case d < 999500*time.Microsecond:
		return threeDigits(float64(d)/1e6) + "ms"
	case d < time.Minute:
		return threeDigits(float64(d)/1e9) + "s"
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", d/time.Minute, d/time.Second%60)
	case d < 1000*time.Hour:
		return fmt.Sprintf("%dh%02dm", d/time.Hour, d/time.Minute%60)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}

// threeDigits writes a number below 1000.
func threeDigits(f float64) string {
	switch {
	case f < 9.995:
		return strconv.FormatFloat(f, 'f', 2, 64)
	case f < 99.95:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'f', 0, 64)
}

// count writes 12345 as 12,345.
func count[N int | uint64](n N) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural writes "1 span", "2 spans".
func plural[N int | uint64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(n) + " " + noun + "s"
}

// The SGR parameters of ECMA-48, from the 16 colours that every terminal has
// and its user has chosen.
const (
	bold    = "1"
	dim     = "2"
	reverse = "7"
	red     = "31"
	cyan    = "36"
)

// painter colours text, or leaves it as it is.
type painter bool

func (on painter) paint(style, s string) string {
	if !on || style == "" || strings.TrimSpace(s) == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}
