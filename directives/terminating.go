package directives

import (
	"go/ast"
	"go/token"
)

// Terminating reports whether control never passes a statement to what follows
// it in its block: what the Go specification calls a terminating statement, and
// one that ends with a break or continue of what is around it, after which vet
// looks for code that is never reached. isPanic says which identifiers are the
// predeclared panic; nil goes by the syntax.
func Terminating(s ast.Stmt, isPanic func(*ast.Ident) bool) bool {
	if isPanic == nil {
		isPanic = func(id *ast.Ident) bool { return id.Name == "panic" && id.Obj == nil }
	}
	return terminates{isPanic}.stmt(s, "")
}

type terminates struct{ isPanic func(*ast.Ident) bool }

func (t terminates) stmt(s ast.Stmt, label string) bool {
	switch s := s.(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	case *ast.ExprStmt:
		call, ok := ast.Unparen(s.X).(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := call.Fun.(*ast.Ident)
		return ok && t.isPanic(id)
	case *ast.BlockStmt:
		return t.list(s.List)
	case *ast.IfStmt:
		return s.Else != nil && t.list(s.Body.List) && t.stmt(s.Else, "")
	case *ast.ForStmt:
		return s.Cond == nil && !breaks(s.Body, label, true)
	case *ast.LabeledStmt:
		return t.stmt(s.Stmt, s.Label.Name)
	case *ast.SwitchStmt:
		return t.clauses(s.Body, label, false)
	case *ast.TypeSwitchStmt:
		return t.clauses(s.Body, label, false)
	case *ast.SelectStmt:
		return t.clauses(s.Body, label, true)
	}
	return false
}

func (t terminates) list(list []ast.Stmt) bool {
	for i := len(list) - 1; i >= 0; i-- {
		if _, empty := list[i].(*ast.EmptyStmt); !empty {
			return t.stmt(list[i], "")
		}
	}
	return false
}

// clauses reports whether one of a switch's or select's clauses always runs,
// and each ends the way.
func (t terminates) clauses(body *ast.BlockStmt, label string, always bool) bool {
	for _, clause := range body.List {
		c, ok := clause.(*ast.CaseClause)
		always = always || ok && c.List == nil
		if list := Statements(clause); !t.list(list) || breaksIn(list, label, true) {
			return false
		}
	}
	return always
}

// breaks reports whether a break in s leaves the statement that s is part of:
// one with its label or, where no other loop, switch or select is in between,
// one without.
func breaks(s ast.Stmt, label string, implicit bool) bool {
	switch s := s.(type) {
	case *ast.BranchStmt:
		return s.Tok == token.BREAK && (s.Label == nil && implicit || s.Label != nil && s.Label.Name == label)
	case *ast.BlockStmt:
		return breaksIn(s.List, label, implicit)
	case *ast.IfStmt:
		return breaks(s.Body, label, implicit) || s.Else != nil && breaks(s.Else, label, implicit)
	case *ast.LabeledStmt:
		return breaks(s.Stmt, label, implicit)
	case *ast.CaseClause:
		return breaksIn(s.Body, label, implicit)
	case *ast.CommClause:
		return breaksIn(s.Body, label, implicit)
	case *ast.SwitchStmt:
		return label != "" && breaks(s.Body, label, false)
	case *ast.TypeSwitchStmt:
		return label != "" && breaks(s.Body, label, false)
	case *ast.SelectStmt:
		return label != "" && breaks(s.Body, label, false)
	case *ast.ForStmt:
		return label != "" && breaks(s.Body, label, false)
	case *ast.RangeStmt:
		return label != "" && breaks(s.Body, label, false)
	}
	return false
}

func breaksIn(list []ast.Stmt, label string, implicit bool) bool {
	for _, s := range list {
		if breaks(s, label, implicit) {
			return true
		}
	}
	return false
}
