// Package term shows on a terminal what the development agent receives: traces
// as they finish, and the numbers of services and resources, live. It reads
// package agent's store, or its pages' JSON, and knows nothing of how they came
// to be. No text received reaches a terminal unescaped.
package term

import "strings"

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
