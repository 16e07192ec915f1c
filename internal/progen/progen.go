// Package progen makes Go programs out of numbers: programs that nobody would
// write, with all that control flow can do, and with directives above whatever
// can be traced. Each prints what it does and computes, so that a program and
// its traced form can be compared, and counts how often it enters each traced
// place, so that the spans can be compared with that. It knows nothing of how
// anything is traced.
package progen

import (
	_ "embed"
	"fmt"
	"go/format"
	"slices"
	"strings"
)

// A Mode says where directives stand.
type Mode int

// The modes.
const (
	Some Mode = iota // here and there
	All              // wherever one may stand
)

// Options say which program is made. The same options make the same program.
type Options struct {
	Seed uint64
	Mode Mode
	Size int // about how many statements; 0 is DefaultSize
}

// DefaultSize is the size of programs.
const DefaultSize = 40

// A Program is a generated program: a file of a package.
type Program struct {
	Options
	Name  string // the function that runs it
	Src   []byte
	Sites []Site
}

// A Site is a traced place of a program.
type Site struct {
	Name   string // of its spans
	Parent string // the name of the span that it must be a child of; "" where that depends on the run
	Root   bool   // it has no parent
}

// Generate makes a program.
func Generate(pkg string, o Options) Program {
	if o.Size == 0 {
		o.Size = DefaultSize
	}
	p := Program{Options: o, Name: fmt.Sprint("P", o.Seed)}
	g := newGen(pkg, p.Name, o)
	g.program()
	g.lines = slices.DeleteFunc(g.lines, func(line string) bool { return line == unused })
	src := fmt.Sprintf("package %s\n\n%s", pkg, strings.Join(g.lines, "\n"))
	formatted, err := format.Source([]byte(src))
	if err != nil {
		panic(fmt.Sprintf("progen: seed %d does not parse: %v\n%s", o.Seed, err, src))
	}
	p.Src, p.Sites = formatted, g.sites
	return p
}

//go:embed lib/lib.go
var library string

// ModulePath is the path of a generated module.
const ModulePath = "example.com/progen"

// perPackage is how many programs share a package.
const perPackage = 20

// Batch makes the programs of a module.
func Batch(options []Options) []Program {
	var list []Program
	for i, o := range options {
		list = append(list, Generate(packageOf(i), o))
	}
	return list
}

func packageOf(i int) string { return fmt.Sprint("p", i/perPackage) }

// Module lays a batch out as the files of a module whose one binary runs all
// programs in turn, or the one whose name is its argument.
func Module(programs []Program) map[string][]byte {
	files := map[string][]byte{
		"go.mod":     []byte("module " + ModulePath + "\n\ngo 1.24\n"),
		"lib/lib.go": []byte(library),
	}
	var imports, list strings.Builder
	for i, p := range programs {
		pkg := packageOf(i)
		if i%perPackage == 0 {
			fmt.Fprintf(&imports, "\t\"%s/%s\"\n", ModulePath, pkg)
		}
		files[fmt.Sprintf("%s/%s.go", pkg, strings.ToLower(p.Name))] = p.Src
		fmt.Fprintf(&list, "\t\t{\"%s\", %s.%s},\n", p.Name, pkg, p.Name)
	}
	files["main.go"] = fmt.Appendf(nil, "package main\n\nimport (\n\t\"%s/lib\"\n%s)\n\nfunc main() {\n\tlib.Main([]lib.Program{\n%s\t})\n}\n",
		ModulePath, &imports, &list)
	return files
}
