package rewriter

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// restore gives a function back the signature it had, and the one line of its
// body. Where a person has changed them since, only our names go.
func (s *stripper) restore(c changed) {
	old, err := parseSignature(c.was)
	if err != nil {
		s.suspect(c.pos)
		return
	}
	now := s.signature(c)
	s.laidOut = s.laidOut || !c.decl || s.lineOf(c.typ.Pos()) != s.lineOf(c.body.Lbrace)
	switch {
	case !now.like(old):
		s.unname(now.params, old.params)
		s.unname(now.results, old.results)
	case old.body != nil && !s.file.Stay && s.sameBody(c.body, old):
		from, to := s.offset(c.typ.Params.Pos()), s.offset(c.body.End())
		_, s.edits = s.edits.inside(from, to)
		s.edits = append(s.edits, edit{from, to, c.was})
		s.laidOut = s.laidOut || besideFunc(s.text, from, to)
	default:
		s.edit(now.params.Pos(), endOf(now.params, now.results), old.text())
	}
}

// A signature is a function's signature, and perhaps its body, with the text
// that it stands in.
type signature struct {
	params, results *ast.FieldList
	body            *ast.BlockStmt
	src             string
	offset          func(token.Pos) int // in src
}

func (s *stripper) signature(c changed) signature {
	return signature{c.typ.Params, c.typ.Results, c.body, string(s.text), s.offset}
}

var errNoSignature = errors.New("no signature")

// parseSignature parses what a mark says a function was.
func parseSignature(was string) (signature, error) {
	const keyword = "func"
	sig := signature{src: keyword + was, offset: func(pos token.Pos) int { return int(pos) - 1 }}
	expr, err := parser.ParseExpr(sig.src)
	switch expr := expr.(type) {
	case *ast.FuncType:
		sig.params, sig.results = expr.Params, expr.Results
	case *ast.FuncLit:
		sig.params, sig.results, sig.body = expr.Type.Params, expr.Type.Results, expr.Body
	default:
		err = errNoSignature
	}
	return sig, err
}

// text is the signature alone.
func (sig signature) text() string {
	return sig.between(sig.params.Pos(), endOf(sig.params, sig.results))
}

// endOf is where a signature ends.
func endOf(params, results *ast.FieldList) token.Pos {
	if results != nil {
		return results.End()
	}
	return params.End()
}

func (sig signature) between(from, to token.Pos) string {
	return sig.src[sig.offset(from):sig.offset(to)]
}

// A named type is what a list of parameters has one of for each.
type namedType struct{ name, typ string }

func (sig signature) list(fields *ast.FieldList) []namedType {
	var list []namedType
	if fields == nil {
		return nil
	}
	for _, field := range fields.List {
		typ := strings.Join(tokensOf([]byte(sig.between(field.Type.Pos(), field.Type.End()))), " ")
		if len(field.Names) == 0 {
			list = append(list, namedType{"", typ})
		}
		for _, name := range field.Names {
			list = append(list, namedType{name.Name, typ})
		}
	}
	return list
}

// like reports whether a signature is an older one with names of ours.
func (sig signature) like(old signature) bool {
	same := func(now, old namedType) bool {
		return now.typ == old.typ && (now.name == old.name || nameless(old.name) && (now.name == "_" || isOurs(now.name)))
	}
	return slices.EqualFunc(sig.list(sig.params), old.list(old.params), same) &&
		slices.EqualFunc(sig.list(sig.results), old.list(old.results), same)
}

func nameless(name string) bool { return name == "" || name == "_" }

// isOurs reports whether a name may be one that was given.
func isOurs(name string) bool { return strings.HasPrefix(name, ours) }

// sameBody reports whether a body without what was inserted is what it was.
func (s *stripper) sameBody(body *ast.BlockStmt, old signature) bool {
	from, to := s.offset(body.Pos()), s.offset(body.End())
	inner, _ := s.edits.inside(from, to)
	now := inner.apply(s.text, from, to, false)
	return slices.Equal(tokensOf(now), tokensOf([]byte(old.between(old.body.Pos(), old.body.End()))))
}

// unname takes the names away that are ours. Where there were none and a
// person has since given some, they all stay named.
func (s *stripper) unname(now, old *ast.FieldList) {
	if now == nil || old == nil {
		return
	}
	had := map[string]bool{}
	for _, field := range old.List {
		for _, name := range field.Names {
			had[name.Name] = true
		}
	}
	theirs := len(had) > 0
	for _, field := range now.List {
		theirs = theirs || len(field.Names) != 1 || field.Names[0].Name != "_" && !isOurs(field.Names[0].Name)
	}
	for _, field := range now.List {
		for _, name := range field.Names {
			switch {
			case !theirs:
				s.edit(name.Pos(), field.Type.Pos(), "")
			case isOurs(name.Name) && !had[name.Name]:
				s.edit(name.Pos(), name.End(), "_")
			}
		}
	}
	if !theirs && !old.Opening.IsValid() && len(now.List) == 1 {
		s.edit(now.Opening, now.Opening+1, "")
		s.edit(now.Closing, now.Closing+1, "")
	}
}
