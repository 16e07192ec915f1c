package directives

import (
	"go/ast"
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

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

// describe names what a directive stands above when it is nothing that can be
// traced: what begins on the line, if something does.
func (f *finder) describe(n ast.Node, line int) string {
	switch n := n.(type) {
	case nil:
		return f.describeLine(line)
	case *ast.File:
		return "the package clause, which can't be traced yet"
	case *ast.GenDecl:
		return describeDecl(n.Tok.String())
	case *ast.ImportSpec:
		return "an import"
	case *ast.TypeSpec:
		return "a type, which can't be traced yet"
	case *ast.ValueSpec:
		return "a constant or a variable"
	case *ast.Field:
		if f.methods[n] {
			return "an interface method, which has no code of its own"
		}
		return "a field or a parameter"
	case ast.Stmt:
		return "a statement, which can't be traced yet"
	case ast.Expr:
		return "an expression, which can't be traced yet"
	}
	return "nothing it can trace"
}

func (f *finder) describeLine(line int) string {
	switch {
	case line > f.fset.File(f.file.FileStart).LineCount():
		return "the end of the file"
	case f.ends[line]:
		return "the end of a block"
	}
	return "a blank line"
}

func describeDecl(tok string) string {
	switch {
	case tok == "import":
		return "an import"
	case tok == "type":
		return "a type, which can't be traced yet"
	case strings.HasPrefix(tok, "c"):
		return "a constant"
	}
	return "a variable"
}
