// Package rewriter decides what is inserted into a package's files (the plan)
// and renders it. It is pure: syntax, types and bytes in, bytes out. It knows
// nothing of the disk, of commands or of the go command.
package rewriter

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ddinstrument/ddinstrument/directives"
)

// Module is the path of the module that the runtime belongs to, and Runtime
// the import path of what generated code imports from it. A program that uses
// the network in full imports WithNet, too.
const (
	Module  = "github.com/ddinstrument/ddinstrument"
	Runtime = Module + "/runtime/tracer"
	WithNet = Module + "/runtime/withnet"
)

// A Package is what a plan is made from: one package as the compiler sees it,
// its in-package tests included when there are any.
type Package struct {
	Path          string // import path
	Name          string // of the package clause
	Fset          *token.FileSet
	Files         []File
	Others        [][]byte          // the contents of files that build constraints leave out: what they name is not free
	Taken         []string          // names that are not free for another reason
	Rules         []directives.Rule // those whose pattern matches the package, in order
	Hooks         []Hook            // what a library's functions and types get
	Library       bool              // it is not the user's
	Types         *types.Package    // nil when no file holds a directive
	Info          *types.Info       // of Types, with what is inside the functions that directives.InBody names
	Ends          bool              // os.Exit and log.Fatal flush first: the package is linked into a traced program
	Main          bool              // main.main flushes at its end, likewise
	Tests         bool              // TestMain flushes at its end, likewise
	Net           bool              // the program links package net and crypto/tls by itself: the runtime may use them
	WriteTestMain bool              // no file has a TestMain: it is written
}

// A File is a file of a package.
type File struct {
	Path   string // absolute
	Src    []byte
	Syntax *ast.File // with comments; nil for a file that can't change
}

// A Plan is all that is done to a package.
type Plan struct {
	Files  []FilePlan
	Sites  []Site               // of the files that are not tests
	Tests  []Site               // of _test.go files
	Traced []Traced             // what is traced, in source order
	Read   []directives.Reading // what each directive was read as
	Passed []directives.Passed  // what is selected and can't be traced, likewise
	Fits   []bool               // by rule: whether there is a function for it
	Lacks  []string             // what hooks are about and the package does not have
	pkg    *Package
	names  *names
	vars   varNames
	frames map[ast.Node]*frame // of the file that is being planned, by function or literal
	order  []*frame
	uses   [2][helpers]bool // what plain files, and tests, need declared
	hooked []bool           // by hook: whether it was put in
}

// A FilePlan is what is inserted into one file, in order of offset.
type FilePlan struct {
	File       *File
	Insertions []Insertion
}

// An Insertion replaces Delete bytes at Offset by Text. For a renderer that
// works on syntax, Kind and At say the same of a node.
type Insertion struct {
	Offset, Delete int
	Text           string
	Kind           Kind
	At             ast.Node
}

// Kind says what an insertion is, and where it belongs.
type Kind int

// The kinds of insertions.
const (
	First  Kind = iota // statements at the beginning of a block, or of the body of a function declaration or literal
	Before             // statements before a statement
	After              // statements after a statement
	Last               // statements at the end of a block or clause
	Open               // a brace, and statements, before a statement
	Close              // statements, and a brace, after a statement
	Return             // variables in the place of a return statement's keyword
	Name               // a name in front of a field's type, or in the place of an identifier
	Paren              // a parenthesis around the result of a function type
	Wrap               // a call around an expression, or as the last argument of a call
)

// A Site is a traced place: the static data of its spans.
type Site struct {
	Var       string // the package variable that holds it
	Name      string
	Directive directives.Directive
}

// Traced describes a traced function for people and scripts.
type Traced struct {
	Pos      token.Position
	Name     string
	Resource string // as written, expressions in braces
	Service  string // "" for the parent's
	Target   directives.Kind
	Path     string         // what names it below the package
	By       string         // what selected it: directives.ByDirective, ...
	From     token.Position // where that stands, when not right above
	Context  string         // how the span gets its parent and passes itself on
	Errors   bool           // whether a returned error marks the span
}

// Make plans a package. With diagnostics that are not warnings there is
// something wrong, and the plan must not be rendered.
func Make(pkg *Package) (*Plan, []directives.Diagnostic) {
	p := &Plan{pkg: pkg, names: newNames(pkg), frames: map[ast.Node]*frame{}, hooked: make([]bool, len(pkg.Hooks))}
	p.vars = p.names.reserve()
	p.uses[1][programEnd] = pkg.WriteTestMain
	selected, diagnostics := pkg.selection()
	p.Read, p.Passed, p.Fits = selected.Readings(), selected.Passed, selected.Fits
	if directives.Wrong(diagnostics) {
		return p, diagnostics
	}
	for i := range pkg.Files {
		f := &pkg.Files[i]
		if f.Syntax == nil {
			continue
		}
		fp := FilePlan{File: f}
		p.ends(&fp)
		for _, point := range selected.Files[i].Points { // first: a statement's span begins after the tags above it
			p.point(&fp, point)
		}
		p.hooks(&fp, false)
		for _, t := range selected.Files[i].Targets {
			p.target(&fp, t)
		}
		p.hooks(&fp, true)
		p.finish()
		if len(fp.Insertions) > 0 {
			fp.sort()
			p.Files = append(p.Files, fp)
		}
	}
	p.Lacks = p.unhooked()
	return p, diagnostics
}

// selection is what is traced, and all that is wrong with it.
func (pkg *Package) selection() (directives.Selection, []directives.Diagnostic) {
	files := make([]directives.File, len(pkg.Files))
	for i, f := range pkg.Files {
		files[i] = directives.File{Syntax: f.Syntax, Test: IsTest(f.Path)}
	}
	selected, diagnostics := directives.Select(directives.Package{
		Fset: pkg.Fset, Files: files, Rules: pkg.Rules, Types: pkg.Types, Info: pkg.Info,
	})
	if OfRuntime(pkg.Path) {
		for _, read := range selected.Readings() {
			diagnostics = append(diagnostics, directives.Diagnostic{Pos: read.Pos, Message: "the runtime can't trace itself; delete this directive"})
		}
	}
	return selected, directives.Sort(diagnostics)
}

// target plans one traced function, literal or statement.
func (p *Plan) target(fp *FilePlan, t directives.Target) {
	switch {
	case p.pkg.Info == nil:
	case t.IsFunc():
		p.function(fp, t)
	default:
		p.block(fp, t)
	}
}

// site keeps the data of a site for the generated file that it belongs in.
func (p *Plan) site(fp *FilePlan, s Site) {
	if kindOf(fp.File) == 1 {
		p.Tests = append(p.Tests, s)
	} else {
		p.Sites = append(p.Sites, s)
	}
}

// sort orders the insertions: at one place, what is put around an expression
// comes after the statements before it. Two that touch the same bytes are a bug.
func (fp *FilePlan) sort() {
	late := func(ins Insertion) int {
		if ins.Kind == Wrap && ins.At != nil {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(fp.Insertions, func(a, b Insertion) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(late(a), late(b)))
	})
	for i := 1; i < len(fp.Insertions); i++ {
		if a, b := fp.Insertions[i-1], fp.Insertions[i]; a.Offset+a.Delete > b.Offset {
			panic(fmt.Sprintf("rewriter: overlapping insertions in %s: %+v %+v", fp.File.Path, a, b))
		}
	}
}

func (p *Plan) insert(fp *FilePlan, kind Kind, at ast.Node, pos token.Pos, remove int, text string) {
	fp.Insertions = append(fp.Insertions, Insertion{p.offset(pos), remove, text, kind, at})
}

func (p *Plan) offset(pos token.Pos) int { return p.pkg.Fset.PositionFor(pos, false).Offset }

// OfRuntime reports whether a package is part of what traced programs link.
func OfRuntime(path string) bool { return strings.HasPrefix(path, Module+"/runtime") }

// IsTest reports whether a file belongs to tests only.
func IsTest(path string) bool { return strings.HasSuffix(path, "_test.go") }

// kindOf is the index of a file's site file: 0 plain, 1 tests.
func kindOf(f *File) int {
	if IsTest(f.Path) {
		return 1
	}
	return 0
}
