package rewriter

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// KeepSites adds to a generated file what an older one declares for files that
// this plan is not about: those that build constraints leave out, and that were
// rewritten where they do not. Either file may be nil, and so may be what comes
// of them.
func KeepSites(now, old []byte, others [][]byte) []byte {
	if old == nil {
		return now
	}
	used := &names{used: map[string]bool{}}
	for _, src := range others {
		used.words(src)
	}
	a, b := readGenerated(now), readGenerated(old)
	kept := false
	for _, d := range b.decls {
		if used.used[d.name] && !slices.ContainsFunc(a.decls, func(have declared) bool { return have.name == d.name }) {
			a.decls = append(a.decls, d)
			kept = true
		}
	}
	if !kept {
		return now
	}
	if a.head == "" {
		a.head = b.head
	}
	for _, spec := range b.imports {
		if !slices.Contains(a.imports, spec) && a.uses(spec) {
			a.imports = append(a.imports, spec)
		}
	}
	return a.bytes()
}

// A declared name of a generated file.
type declared struct{ name, text string }

// A generatedFile is a generated file taken apart.
type generatedFile struct {
	head    string   // up to the package clause
	imports []string // as written
	decls   []declared
}

func readGenerated(src []byte) generatedFile {
	var g generatedFile
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if err != nil {
		return g
	}
	text := func(n ast.Node) string {
		return string(src[fset.Position(n.Pos()).Offset:fset.Position(n.End()).Offset])
	}
	g.head = string(src[:fset.Position(file.Name.End()).Offset])
	for _, spec := range file.Imports {
		g.imports = append(g.imports, text(spec))
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			g.decls = append(g.decls, declared{d.Name.Name, text(d)})
		case *ast.GenDecl:
			switch spec := d.Specs[0].(type) {
			case *ast.ValueSpec:
				g.decls = append(g.decls, declared{spec.Names[0].Name, text(d)})
			case *ast.TypeSpec:
				g.decls = append(g.decls, declared{spec.Name.Name, text(d)})
			}
		}
	}
	return g
}

// uses reports whether a declaration names an import.
func (g generatedFile) uses(spec string) bool {
	name, path, _ := strings.Cut(spec, " ")
	if unquoted, err := strconv.Unquote(path); err != nil || unquoted == "" {
		return false
	}
	return slices.ContainsFunc(g.decls, func(d declared) bool { return strings.Contains(d.text, name+".") })
}

func (g generatedFile) bytes() []byte {
	var b bytes.Buffer
	b.WriteString(g.head + "\n\nimport (\n" + strings.Join(g.imports, "\n") + "\n)\n\n")
	for _, d := range g.decls {
		b.WriteString(d.text + "\n")
		if strings.HasPrefix(d.text, "func") {
			b.WriteString("\n")
		}
	}
	src, err := format.Source(b.Bytes())
	if err != nil {
		return b.Bytes() // the compiler will say it
	}
	return src
}
