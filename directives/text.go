package directives

import (
	"go/scanner"
	"go/token"
)

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

// leading counts the spaces a text begins with.
func leading(s string) int {
	n := 0
	for n < len(s) && isSpace(s[n]) {
		n++
	}
	return n
}

// closing returns the offset behind the brace that closes the one at open.
// Braces, brackets and parentheses nest; those inside Go's string and rune
// literals do not count.
func closing(s string, open int) (int, bool) {
	var stack []byte
	for i := open; i < len(s); i++ {
		switch c := s[i]; c {
		case '"', '`', '\'':
			end := skipQuoted(s, i, c)
			if end < 0 {
				return 0, false
			}
			i = end - 1
		case '{':
			stack = append(stack, '}')
		case '(':
			stack = append(stack, ')')
		case '[':
			stack = append(stack, ']')
		case '}', ')', ']':
			if stack[len(stack)-1] != c {
				// What does not match is left to the expression's parser,
				// which says it better; only the outer brace counts here.
				if c != '}' || len(stack) > 1 {
					continue
				}
			}
			stack = stack[:len(stack)-1]
			if len(stack) == 0 {
				return i + 1, true
			}
		}
	}
	return 0, false
}

// skipQuoted returns the offset behind the literal that begins at start with
// the given quote, or -1.
func skipQuoted(s string, start int, quote byte) int {
	for i := start + 1; i < len(s); i++ {
		switch {
		case s[i] == quote:
			return i + 1
		case s[i] == '\\' && quote != '`':
			i++
		}
	}
	return -1
}

// hasComment reports whether Go source holds a comment.
func hasComment(src string) bool {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(file, []byte(src), func(token.Position, string) {}, scanner.ScanComments)
	for {
		_, tok, _ := s.Scan()
		switch tok {
		case token.COMMENT:
			return true
		case token.EOF:
			return false
		}
	}
}
