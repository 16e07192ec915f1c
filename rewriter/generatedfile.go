package rewriter

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// A generatedFile is what a package declares once, taken apart.
type generatedFile struct {
	head    string   // up to the package clause
	imports []string // as written: name and path
	decls   []declaration
}

// A declaration is one name of a generated file.
type declaration struct{ name, text string }

func (f *generatedFile) declare(name, text string) {
	f.decls = append(f.decls, declaration{name, text})
}

// The kinds of declarations, in the order in which they stand in the file.
const (
	siteDecl = iota
	helperDecl
	funcDecl
	testMainDecl
)

func (d declaration) kind() int {
	switch {
	case d.name == "TestMain":
		return testMainDecl
	case strings.HasPrefix(d.text, "func"):
		return funcDecl
	case strings.Contains(d.text, ".Site{"):
		return siteDecl
	}
	return helperDecl
}

// readGenerated takes a file apart; one that does not parse is empty.
func readGenerated(src []byte) generatedFile {
	var f generatedFile
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if err != nil {
		return f
	}
	text := func(n ast.Node) string {
		return string(src[fset.Position(n.Pos()).Offset:fset.Position(n.End()).Offset])
	}
	f.head = string(src[:fset.Position(file.Name.End()).Offset])
	for _, spec := range file.Imports {
		f.imports = append(f.imports, text(spec))
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			f.declare(d.Name.Name, text(d))
		case *ast.GenDecl:
			switch spec := d.Specs[0].(type) {
			case *ast.ValueSpec:
				f.declare(spec.Names[0].Name, text(d))
			case *ast.TypeSpec:
				f.declare(spec.Name.Name, text(d))
			}
		}
	}
	return f
}

func (f *generatedFile) declares(name string) bool {
	return slices.ContainsFunc(f.decls, func(d declaration) bool { return d.name == name })
}

// uses reports whether a declaration names an import.
func (f *generatedFile) uses(spec string) bool {
	name, _, _ := strings.Cut(spec, " ")
	return slices.ContainsFunc(f.decls, func(d declaration) bool { return strings.Contains(d.text, name+".") })
}

// bytes writes the file. Its order depends on the names alone: what else is
// there, or was there before, moves nothing.
func (f *generatedFile) bytes() []byte {
	slices.SortFunc(f.imports, func(a, b string) int {
		return cmp.Or(compareBool(isStd(b), isStd(a)), cmp.Compare(importPath(a), importPath(b)))
	})
	slices.SortFunc(f.decls, func(a, b declaration) int {
		return cmp.Or(cmp.Compare(a.kind(), b.kind()), cmp.Compare(a.name, b.name))
	})
	var b bytes.Buffer
	b.WriteString(f.head + "\n\nimport (\n")
	for i, spec := range f.imports {
		if i > 0 && isStd(f.imports[i-1]) && !isStd(spec) {
			b.WriteString("\n")
		}
		b.WriteString(spec + "\n")
	}
	b.WriteString(")\n\n")
	for _, d := range f.decls {
		if d.kind() != siteDecl {
			b.WriteString("\n")
		}
		b.WriteString(d.text + "\n")
	}
	src, err := format.Source(b.Bytes())
	if err != nil {
		panic(fmt.Sprintf("rewriter: generated code does not parse: %v\n%s", err, b.Bytes()))
	}
	return src
}

func importPath(spec string) string {
	_, path, _ := strings.Cut(spec, " ")
	return strings.Trim(path, `"`)
}

// isStd reports whether an import is of the standard library, as far as that can
// be seen from its path.
func isStd(spec string) bool {
	first, _, _ := strings.Cut(importPath(spec), "/")
	return !strings.Contains(first, ".")
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
