package rewriter

import (
	"fmt"
	"go/scanner"
	"go/token"
	"hash/fnv"
	"strconv"
	"strings"
)

// What is inserted into the sources says so itself, so that it can be found,
// followed and taken out. A statement of ours ends with a comment,
//
//	defer ddspan.Exit(&dderr) //dd:gen 3f2a was (*Sandwich, error)
//
// with a sum of the statement, which tells whether a person has edited it, and
// what was there before, where that has changed: the signature of the function
// and, if it was on one line, its body; or the word return of the statement
// above. Braces of ours around a statement of the user's end with
//
//	} //dd:wrap
//
// Where the lines of a file can't move, it all stands on the user's own:
//
//	/*dd:gen 3f2a was "return"*/ddr0, dderr =/*dd:end*/ 0, err
const (
	genLine   = "//dd:gen "
	wrapLine  = "//dd:wrap"
	genInline = "/*dd:gen "
	endInline = "/*dd:end*/"
)

// A mark is what such a comment says.
type mark struct {
	sum string
	was string
}

// markOf is the mark of inserted code.
func markOf(code, was string) mark { return mark{sumOf(code, was), was} }

// line is the comment behind a statement.
func (m mark) line() string {
	switch {
	case m.was == "":
		return genLine + m.sum
	case strings.ContainsAny(m.was, "\n\r") || m.was[0] == '"':
		return genLine + m.sum + " was " + strconv.Quote(m.was)
	}
	return genLine + m.sum + " was " + m.was
}

// inline is code between comments.
func (m mark) inline(code string) string {
	was := ""
	if m.was != "" {
		was = " was " + strings.ReplaceAll(strconv.Quote(m.was), "*/", `*\u002f`)
	}
	return genInline + m.sum + was + "*/" + code + endInline
}

// parseMark reads what a comment says behind what it begins with.
func parseMark(text string) mark {
	sum, was, _ := strings.Cut(text, " was ")
	if unquoted, err := strconv.Unquote(was); err == nil {
		was = unquoted
	}
	return mark{strings.TrimSpace(sum), was}
}

// sumOf sums up code by its tokens: however it is laid out, it is the same.
func sumOf(code, was string) string {
	h := fnv.New32a()
	for _, t := range tokensOf([]byte(code)) {
		fmt.Fprintf(h, "%s ", t)
	}
	h.Write([]byte(was))
	sum := h.Sum32()
	return fmt.Sprintf("%04x", uint16(sum>>16)^uint16(sum))
}

// tokensOf lists the tokens of code, without those that depend on how it is
// laid out: semicolons, and commas before what closes.
func tokensOf(code []byte) []string {
	var s scanner.Scanner
	fset := token.NewFileSet()
	s.Init(fset.AddFile("", -1, len(code)), code, nil, 0)
	var list []string
	for {
		_, tok, lit := s.Scan()
		switch tok {
		case token.EOF:
			return list
		case token.SEMICOLON:
			continue
		case token.RPAREN, token.RBRACE, token.RBRACK:
			if n := len(list); n > 0 && list[n-1] == "," {
				list = list[:n-1]
			}
		}
		if lit == "" || tok.IsOperator() {
			lit = tok.String()
		}
		list = append(list, lit)
	}
}
