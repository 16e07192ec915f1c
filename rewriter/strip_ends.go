package rewriter

import (
	"go/ast"
	"go/token"
	"slices"
)

// call takes away what flushes when the program ends: it stands around the
// arguments of a call, and is told from what is the user's by its name.
func (s *stripper) call(call *ast.CallExpr) {
	if n := len(call.Args); n > 0 && call.Ellipsis.IsValid() {
		if values, ok := call.Args[n-1].(*ast.CallExpr); ok && s.ends(values) == "Values" {
			s.unspread(call, values)
		}
	}
	switch s.ends(call) {
	case "Code", "Func", "Format":
		s.laidOut = true
		s.edit(call.Pos(), call.Lparen+1, "")
		s.edit(call.Rparen, call.Rparen+1, "")
	}
}

// unspread makes log.Fatal(ddexit.Values(a, b)...) log.Fatal(a, b) again.
func (s *stripper) unspread(call, values *ast.CallExpr) {
	const dots = token.Pos(len("..."))
	s.laidOut = true
	switch n := len(call.Args); {
	case len(values.Args) > 0:
		s.edit(values.Pos(), values.Lparen+1, "")
		s.edit(values.Rparen, call.Ellipsis+dots, "")
	case n > 1:
		s.edit(call.Args[n-2].End(), call.Ellipsis+dots, "")
	default:
		s.edit(values.Pos(), call.Ellipsis+dots, "")
	}
}

// ends is the method that is called of what flushes, "" for another call.
func (s *stripper) ends(call *ast.CallExpr) string {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(s.file.Ends, x.Name) {
		return sel.Sel.Name
	}
	return ""
}
