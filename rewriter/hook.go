package rewriter

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"

	"github.com/ddinstrument/ddinstrument/directives"
)

// A Hook is code that is put into a function of a library, or a field that is
// added to one of its struct types.
type Hook struct {
	Func        string // Func or Type.Method
	First, Then string // statements before its span begins, and once it has begun
	Type        string // a struct type
	Field       string // name and type
}

// target is what a hook is about.
func (h Hook) target() string {
	if h.Func != "" {
		return "func " + h.Func
	}
	return "struct type " + h.Type
}

// The words of a hook that stand for something of the function it is put into:
// spanWord for the span, _0, _1, ... for results without names.
const spanWord = "ddspan"

// hooks puts in what hooks want at the beginning of a file's functions: before
// its targets' spans begin or, later, once they have begun.
func (p *Plan) hooks(fp *FilePlan, later bool) {
	for i, h := range p.pkg.Hooks {
		for _, decl := range fp.File.Syntax.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if h.Func == "" || decl.Body == nil || directives.FuncPath(decl) != h.Func || IsTest(fp.File.Path) {
					continue
				}
				p.hooked[i] = true
				text := h.First
				if later {
					text = h.Then
				}
				if text != "" {
					p.statements(fp, decl, text)
				}
			case *ast.GenDecl:
				if !later && h.Type != "" && decl.Tok == token.TYPE {
					p.hooked[i] = p.field(fp, decl, h) || p.hooked[i]
				}
			}
		}
	}
}

// statements puts statements at the beginning of a function.
func (p *Plan) statements(fp *FilePlan, fn *ast.FuncDecl, text string) {
	fr := p.frame(fp, fn)
	if fr == nil {
		return
	}
	words := map[string]string{spanWord: p.vars.span}
	for _, id := range identifiers(text, asFunction, "}") {
		number, ok := strings.CutPrefix(id.Name, "_")
		if i, err := strconv.Atoi(number); ok && err == nil && i < len(fr.results) {
			words[id.Name] = p.result(fr, i)
		}
	}
	p.insert(fp, First, fn, fn.Body.Lbrace+1, 0, " "+reword(text, asFunction, "}", words)+";")
}

// asFunction, and a brace behind them, make statements an expression, which they
// are parsed as.
const asFunction = "func() {"

// reword puts other words in the place of identifiers, fields and methods aside,
// of what before and after make an expression. What does not parse stays: where
// it is compiled it is said what is wrong.
func reword(text, before, after string, words map[string]string) string {
	var list edits
	for _, id := range identifiers(text, before, after) {
		if word, ok := words[id.Name]; ok {
			from := int(id.Pos()) - 1 - len(before)
			list = append(list, edit{from, from + len(id.Name), word})
		}
	}
	return string(list.apply([]byte(text), 0, len(text), false))
}

// identifiers are those that reword looks at.
func identifiers(text, before, after string) (list []*ast.Ident) {
	e, err := parser.ParseExpr(before + text + after)
	if err != nil {
		return nil
	}
	selected := map[*ast.Ident]bool{}
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			selected[n.Sel] = true
		case *ast.Ident:
			if !selected[n] {
				list = append(list, n)
			}
		}
		return true
	})
	return list
}

// field adds a field to a struct type, on the line of its brace.
func (p *Plan) field(fp *FilePlan, decl *ast.GenDecl, h Hook) bool {
	for _, spec := range decl.Specs {
		spec := spec.(*ast.TypeSpec)
		if s, ok := spec.Type.(*ast.StructType); ok && spec.Name.Name == h.Type {
			p.insert(fp, First, nil, s.Fields.Opening+1, 0, " "+h.Field+";")
			return true
		}
	}
	return false
}

// unhooked lists the hooks for which the package has nothing.
func (p *Plan) unhooked() (list []string) {
	for i, h := range p.pkg.Hooks {
		if !p.hooked[i] {
			list = append(list, h.target())
		}
	}
	return list
}
