package directives

import (
	"go/ast"
	"go/token"
)

// pragmas of functions that must not be touched, and why.
var pragmas = map[string]string{
	"//go:nosplit":           "it must not grow the stack (//go:nosplit)",
	"//go:nowritebarrier":    "it must not write pointers (//go:nowritebarrier)",
	"//go:nowritebarrierrec": "it must not write pointers (//go:nowritebarrierrec)",
	"//go:systemstack":       "it runs on the system stack (//go:systemstack)",
	"//export":               "C calls it on a stack that is not Go's (//export)",
}

// Untraceable says why a function of a file must not be touched, or "".
func Untraceable(file *ast.File, fn *ast.FuncDecl) string {
	if fn.Body == nil {
		return "it has no body in Go; trace the functions that call it"
	}
	if fn.Name.Name == "_" {
		return "nothing can call a function named _; delete this directive"
	}
	return pragma(file, fn)
}

func pragma(file *ast.File, fn *ast.FuncDecl) string {
	for _, c := range above(file, fn) {
		if reason, ok := pragmas[firstWord(c.Text)]; ok {
			return reason + "; trace the functions that call it"
		}
	}
	return ""
}

// above returns the comments between the declaration before a function and the
// function. For the compiler all of them are the function's, blank lines or not.
func above(file *ast.File, fn *ast.FuncDecl) []*ast.Comment {
	from := file.Name.End()
	for _, decl := range file.Decls {
		if decl.End() <= fn.Pos() {
			from = decl.End()
		}
	}
	var list []*ast.Comment
	for _, group := range file.Comments {
		for _, c := range group.List {
			if from <= c.Pos() && c.End() <= fn.Pos() {
				list = append(list, c)
			}
		}
	}
	return list
}

// describe names what begins on a line and can't be traced, nothing included.
func (f *finder) describe(n ast.Node, line int) string {
	switch n := n.(type) {
	case nil:
		return f.describeLine(line)
	case *ast.GenDecl:
		return describeDecl(n.Tok)
	case *ast.ImportSpec:
		return "an import"
	case *ast.ValueSpec:
		return "a constant or a variable"
	case *ast.Field:
		if f.isMethod(n) {
			return "an interface method, which has no code of its own"
		}
		return "a field or a parameter"
	case ast.Expr:
		return "an expression that is no function literal"
	}
	return "nothing it can trace"
}

func (f *finder) isMethod(field *ast.Field) bool {
	_, ok := f.parents[f.parents[field]].(*ast.InterfaceType)
	return ok && len(field.Names) > 0
}

func (f *finder) describeLine(line int) string {
	switch {
	case line > f.fset.File(f.file.FileStart).LineCount():
		return "the end of the file"
	case f.ends[line] != 0:
		return "the end of a block"
	}
	return "a blank line"
}

func describeDecl(tok token.Token) string {
	switch tok {
	case token.IMPORT:
		return "an import"
	case token.CONST:
		return "a constant"
	case token.TYPE:
		return "a type inside a function, which has no methods"
	}
	return "a variable"
}

// describeStatement names a statement that has nothing to trace, "" for one
// that has.
func describeStatement(s ast.Stmt) string {
	what := ""
	switch s := s.(type) {
	case *ast.BranchStmt:
		what = s.Tok.String()
	case *ast.ReturnStmt:
		if len(s.Results) == 0 {
			what = "return without values"
		}
	case *ast.EmptyStmt:
		what = "an empty statement"
	case *ast.CaseClause, *ast.CommClause:
		return "a case; put it on the line above a statement in it"
	case *ast.DeclStmt:
		if decl, ok := s.Decl.(*ast.GenDecl); ok && decl.Tok != token.VAR {
			return describeDecl(decl.Tok) + "; put it on the line above " + tracesWhat
		}
	}
	if what == "" {
		return ""
	}
	return what + ", which does nothing that takes time; delete the directive"
}
