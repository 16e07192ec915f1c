package overlay

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/integrations"
	"github.com/ddinstrument/ddinstrument/internal/load"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

// plannedLibrary is what becomes of a package of a library. It is kept in the
// store.
type plannedLibrary struct {
	Files  map[string][]byte // what is changed, and what is added
	Marked []rewriter.Marked // when coverage is measured
	Spans  []string
	Lacks  []string // what does not fit; then the package is left alone
}

// unitOf finds the unit of a library's package that is the user's own, nil for
// another one. Its external tests are no part of it.
func unitOf(pkg *load.Package, own []*unit) *unit {
	for _, u := range own {
		if u.pkg.Name == pkg.Name {
			return u
		}
	}
	return nil
}

// planLibrary plans a package in the folder where it is built, or finds its plan
// in the store. For one that is the user's own, this plan takes the place of the
// unit's, and does what that does.
func (p *preparer) planLibrary(pkg *load.Package, known *integrations.Package, dir string, own *unit) (*plannedLibrary, error) {
	b := &libraryPlanner{p: p, pkg: pkg, known: known, dir: dir, own: own}
	parts := [][]byte{fingerprint(p.env), []byte(strings.Join(p.cmd.listFlags(), "\n")), fmt.Append(nil, p.covers(), p.trims()),
		[]byte(pkg.Path), []byte(known.Versions), []byte(dir)}
	files, read := pkg.Files, p.raw
	if own != nil {
		files, read = own.pkg.Files, p.read
		parts = append(parts, own.options())
	}
	for _, path := range files {
		src, err := read(path)
		if err != nil {
			return nil, err
		}
		b.sources = append(b.sources, load.Source{Path: path, Src: src})
		parts = append(parts, []byte(path), src)
		if dir == pkg.Dir && !pkg.Std { // in the module cache nothing changes
			p.in.file(path)
		}
	}
	name := filepath.Join("plans", hash(parts...)+".json")
	var done plannedLibrary
	if p.store.readJSON(name, &done) {
		return &done, nil
	}
	b.plan(&done)
	_, err := p.store.writeJSON(name, done)
	return &done, err
}

// A libraryPlanner plans one package of a library.
type libraryPlanner struct {
	p       *preparer
	pkg     *load.Package
	known   *integrations.Package
	dir     string
	own     *unit // where the package is the user's
	sources []load.Source
}

func (b *libraryPlanner) plan(done *plannedLibrary) {
	glue := b.glue()
	outlined := load.Outline(b.p.fset, b.pkg.Path, append(slices.Clone(b.sources), glue...))
	pkg := &rewriter.Package{
		Path: b.pkg.Path, Name: b.pkg.Name, Fset: b.p.fset, Types: outlined.Types, Info: outlined.Info, Library: true,
	}
	if u := b.own; u != nil {
		pkg.Ends, pkg.Main, pkg.Tests, pkg.WriteTestMain, pkg.Net = u.ends, u.main, u.testMain, u.writeTM, u.pkg.TLS
	}
	for i, s := range append(slices.Clone(b.sources), glue...) {
		pkg.Files = append(pkg.Files, rewriter.File{Path: s.Path, Src: s.Src, Syntax: outlined.Files[i]})
	}
	for _, r := range b.known.Rules {
		pkg.Hooks = append(pkg.Hooks, rewriter.Hook{Func: r.Func, First: r.First, Then: r.Then, Type: r.Type, Field: r.Field})
		if r.Do != "" {
			rule, wrong := directives.ParseRule(b.p.fset, "integration", b.pkg.Path+":"+r.Func+" "+r.Do)
			done.lack(wrong)
			pkg.Rules = append(pkg.Rules, rule)
		}
	}
	plan, wrong := rewriter.Make(pkg)
	done.lack(wrong)
	for _, what := range plan.Lacks {
		done.Lacks = append(done.Lacks, "it has no "+what)
	}
	for _, t := range plan.Traced {
		done.Spans = append(done.Spans, t.Name)
	}
	if len(done.Lacks) == 0 {
		b.render(done, plan, glue)
	}
}

// lack takes down what is wrong with rules.
func (done *plannedLibrary) lack(list []directives.Diagnostic) {
	for _, d := range list {
		if !d.Warning {
			done.Lacks = append(done.Lacks, d.Message)
		}
	}
}

// glue is the code that is added. Its files are out of every build but this one,
// and may need a newer language than the library.
func (b *libraryPlanner) glue() []load.Source {
	var list []load.Source
	for _, name := range b.known.Add {
		src := bytes.Replace(b.known.Glue[name], []byte("//go:build ignore\n"), []byte("//go:build go1.21\n"), 1)
		list = append(list, load.Source{Path: b.p.free(filepath.Join(b.dir, "ddinstrument_"+name)), Src: src, Whole: true})
	}
	return list
}

// render renders the plan, and checks that what is inserted fits the rest.
func (b *libraryPlanner) render(done *plannedLibrary, plan *rewriter.Plan, glue []load.Source) {
	done.Files = map[string][]byte{}
	built := slices.Clone(b.sources)
	lines := map[string]bool{} // where something was inserted
	for _, f := range plan.Files {
		path, src := f.File.Path, f.File.Src
		for _, ins := range f.Insertions {
			lines[fmt.Sprint(path, ":", 1+bytes.Count(src[:ins.Offset], []byte("\n")))] = true
		}
		spliced := plan.Splice(f)
		i := slices.IndexFunc(built, func(s load.Source) bool { return s.Path == path })
		built[i] = load.Source{Path: path, Src: spliced, Whole: true}
		if b.p.covers() {
			m := plan.Mark(f)
			m.Original = b.built(path) // what the cover tool is told to read
			done.Marked = append(done.Marked, m)
		}
		done.Files[b.built(path)] = b.trimmed(path, spliced)
	}
	for name, src := range plan.SiteFiles() {
		glue = append(glue, load.Source{Path: b.p.free(filepath.Join(b.dir, name)), Src: src})
	}
	for _, g := range glue {
		done.Files[g.Path] = g.Src
		if b.p.covers() {
			done.Marked = append(done.Marked, rewriter.Marked{Original: g.Path, Source: g.Src})
		}
	}
	for _, e := range load.Outline(b.p.fset, b.pkg.Path, append(built, glue...)).Errors {
		at := e.Fset.Position(e.Pos)
		if lines[fmt.Sprint(at.Filename, ":", at.Line)] || strings.HasPrefix(at.Filename, filepath.Join(b.dir, "ddinstrument_")) {
			done.Lacks = append(done.Lacks, fmt.Sprintf("%s: %s", filepath.Base(at.Filename), e.Msg))
		}
	}
}

// built is the path under which a file of the package is built.
func (b *libraryPlanner) built(path string) string { return filepath.Join(b.dir, filepath.Base(path)) }

// trimmed names a file by the path under which it is built when folders are
// taken out of the names of files: only those of that path are known.
func (b *libraryPlanner) trimmed(path string, spliced []byte) []byte {
	if !b.p.trims() {
		return spliced
	}
	return bytes.Replace(spliced, []byte("//line "+path+":"), []byte("//line "+b.built(path)+":"), 1)
}
