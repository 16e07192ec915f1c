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
	var list edits
	for _, id := range wordsIn(text) {
		from := int(id.Pos()) - 1 - len(asFunction)
		word := edit{start: from, end: from + len(id.Name)}
		if rest, ok := strings.CutPrefix(id.Name, "_"); ok {
			i, err := strconv.Atoi(rest)
			if err != nil || i >= len(fr.results) {
				continue
			}
			word.text = p.result(fr, i)
		} else if id.Name == spanWord {
			word.text = p.vars.span
		} else {
			continue
		}
		list = append(list, word)
	}
	p.insert(fp, First, fn, fn.Body.Lbrace+1, 0, " "+string(list.apply([]byte(text), 0, len(text), false))+";")
}

// asFunction makes statements an expression, which they are parsed as.
const asFunction = "func() {"

// wordsIn returns the identifiers of statements, but for fields and methods.
func wordsIn(text string) []*ast.Ident {
	e, err := parser.ParseExpr(asFunction + text + "}")
	if err != nil {
		return nil // what is compiled says what is wrong
	}
	var words []*ast.Ident
	selected := map[*ast.Ident]bool{}
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			selected[n.Sel] = true
		case *ast.Ident:
			if !selected[n] {
				words = append(words, n)
			}
		}
		return true
	})
	return words
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
