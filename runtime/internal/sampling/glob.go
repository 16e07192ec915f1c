//go:build go1.21

package sampling

import (
	"unicode"
	"unicode/utf8"
)

// Glob is a pattern of a rule: * stands for any text, ? for one character, everything else for itself, whatever its
// case. There is no way to quote the two. The zero Glob and "*" match anything.
type Glob struct{ pattern []rune }

// NewGlob makes a Glob. Several stars in a row are one.
func NewGlob(pattern string) Glob {
	var g Glob
	for _, r := range pattern {
		if n := len(g.pattern); r == '*' && n > 0 && g.pattern[n-1] == '*' {
			continue
		}
		g.pattern = append(g.pattern, fold(r))
	}
	return g
}

// Any tells whether g matches whatever there is.
func (g Glob) Any() bool { return len(g.pattern) == 0 || len(g.pattern) == 1 && g.pattern[0] == '*' }

// Match tells whether the pattern describes the whole of s. Where a character does not fit, the last star takes one more;
// earlier stars need not be tried again, so that the time is at most the product of both lengths.
func (g Glob) Match(s string) bool {
	if g.Any() {
		return true
	}
	p, i := 0, 0          // where we are, in the pattern and in s
	star, starAt := -1, 0 // the last star, and where what follows it was tried in s
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case p < len(g.pattern) && g.pattern[p] == '*':
			star, starAt = p, i
			p++
		case p < len(g.pattern) && (g.pattern[p] == '?' || g.pattern[p] == fold(r)):
			p++
			i += size
		case star >= 0:
			_, size = utf8.DecodeRuneInString(s[starAt:])
			starAt += size
			p, i = star+1, starAt
		default:
			return false
		}
	}
	return p == len(g.pattern) || p == len(g.pattern)-1 && g.pattern[p] == '*'
}

func fold(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A'
	case r < utf8.RuneSelf:
		return r
	}
	return unicode.ToLower(r)
}
