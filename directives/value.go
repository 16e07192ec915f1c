package directives

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strconv"
	"strings"
)

// value reads a VALUE, and reports whether it ends.
func (p *directiveParser) value() (Value, bool) {
	start := p.at
	if p.at == len(p.src) {
		return Value{Pos: p.pos(start)}, true
	}
	switch c := p.src[p.at]; c {
	case '"', '`':
		return p.quoted(c)
	case '{':
		end, ok := closing(p.src, p.at)
		if !ok {
			p.problem(start, "the expression has no closing brace; write {EXPR}")
			return Value{}, false
		}
		p.at = end
		return Value{Text: strings.TrimSpace(p.src[start+1 : end-1]), Expr: true, Pos: p.pos(start + 1 + leading(p.src[start+1:end-1]))}, p.ends()
	}
	for p.at < len(p.src) && !isSpace(p.src[p.at]) {
		p.at++
	}
	return Value{Text: p.src[start:p.at], Pos: p.pos(start)}, true
}

func (p *directiveParser) quoted(quote byte) (Value, bool) {
	start := p.at
	end := skipQuoted(p.src, start, quote)
	if end < 0 {
		p.problem(start, "the string has no closing %c", quote)
		return Value{}, false
	}
	s, err := strconv.Unquote(p.src[start:end])
	if err != nil {
		p.problem(start, "%s is not a Go string: check its backslashes", p.src[start:end])
		s = p.src[start:end] // not empty: one thing is wrong, not two
	}
	p.at = end
	return Value{Text: s, Pos: p.pos(start)}, p.ends()
}

// ends reports whether a quoted or braced value is followed by a space.
func (p *directiveParser) ends() bool {
	if p.at < len(p.src) && !isSpace(p.src[p.at]) {
		p.problem(p.at, "%q follows a closed value; put a space between", p.src[p.at:]).
			Fix = Fix{"Insert a space", p.pos(p.at), p.pos(p.at), " "}
		return false
	}
	return true
}

// parses reports whether an expression is one, on one line and without
// comments: it will stand inside a line of the user's.
func (p *directiveParser) parses(word string, v Value, start int) bool {
	at := start
	if v.Pos.IsValid() {
		at = int(v.Pos - p.d.Pos)
	}
	src := v.Text
	list := word == "ignore" && p.d.Verb != SetTags
	if list {
		src = "f(" + src + ")"
	}
	if hasComment(src) {
		p.problem(at, "%s: an expression can't hold a comment", word)
		return false
	}
	e, err := parser.ParseExpr(src)
	if err != nil {
		p.problem(at, "%s: {%s} is not an expression: %s", word, v.Text, firstError(err))
		return false
	}
	if list {
		call, ok := e.(*ast.CallExpr)
		if !ok || call.Ellipsis.IsValid() || call.End() != e.Pos()+token.Pos(len(src)) {
			p.problem(at, "ignore: {%s} is not a list of expressions", v.Text)
			return false
		}
	}
	return true
}

// splitList cuts {a, b} into its expressions.
func splitList(v Value) []Value {
	const open = "f("
	e, err := parser.ParseExpr(open + v.Text + ")")
	call, ok := e.(*ast.CallExpr)
	if err != nil || !ok {
		return nil
	}
	var list []Value
	for _, arg := range call.Args {
		from, to := int(arg.Pos())-1-len(open), int(arg.End())-1-len(open)
		item := Value{Text: v.Text[from:to], Expr: true}
		if v.Pos.IsValid() {
			item.Pos = v.Pos + token.Pos(from)
		}
		list = append(list, item)
	}
	return list
}

func firstError(err error) string {
	if list, ok := err.(scanner.ErrorList); ok && len(list) > 0 {
		return list[0].Msg
	}
	return err.Error()
}
