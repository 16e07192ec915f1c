package main

import (
	"bytes"
	"context"
	"go/ast"
	"go/format"
	"go/scanner"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/internal/load"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

// packages takes the packages that patterns name, with their tests.
func (r *run) packages(ctx context.Context, dir string, patterns []string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	std := slices.Contains(patterns, "std")
	cfg := load.Config{Dir: dir, Env: os.Environ(), Tests: true, Std: func(string) bool { return std }}
	g, err := load.Load(ctx, cfg, patterns)
	if err != nil {
		return err
	}
	var paths []string
	best := map[string]*load.Package{}
	for _, p := range g.Packages {
		if rewriter.OfRuntime(p.Path) {
			continue
		}
		for path := range p.Imports {
			paths = append(paths, path)
		}
		if !slices.ContainsFunc(g.Roots, func(id string) bool { return g.Packages[id].Path == p.Path }) {
			continue
		}
		if key := p.Path + " " + p.Name; best[key] == nil || len(best[key].Files) < len(p.Files) || len(best[key].Files) == len(p.Files) && p.ID < best[key].ID {
			best[key] = p
		}
	}
	slices.Sort(paths)
	paths = slices.DeleteFunc(slices.Compact(paths), func(p string) bool { return p == "C" || p == "unsafe" })
	cfg.Tests = false
	exports, err := load.Exports(ctx, cfg, append(paths, rewriter.Runtime, "iter"))
	if err != nil {
		return err
	}
	read := func(path string) ([]byte, error) {
		src, err := os.ReadFile(path)
		return r.prepared(src), err
	}
	for _, key := range slices.Sorted(maps.Keys(best)) {
		fset := token.NewFileSet()
		r.pack(&pack{graph: g, exports: exports, read: read, pkg: best[key], checker: load.NewChecker(fset, g, exports, runtime.GOARCH, plainly(read))})
	}
	return nil
}

// plainly reads files without their layout.
func plainly(read func(string) ([]byte, error)) func(string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		src, err := read(path)
		text, _ := rewriter.Plain(src)
		return text, err
	}
}

// A pack is a package on its way.
type pack struct {
	graph   *load.Graph
	exports map[string]string
	read    func(string) ([]byte, error)
	pkg     *load.Package
	checker *load.Checker
}

// pack takes one package.
func (r *run) pack(p *pack) {
	pkg := &rewriter.Package{Path: p.pkg.Path, Name: p.pkg.Name, Fset: p.checker.Fset, Rules: []directives.Rule{directives.All("--all")}, Ends: true}
	pkg.Types, pkg.Info = p.checker.Package(p.pkg.ID, directives.InBody)
	src := map[string][]byte{}
	for _, path := range p.pkg.Files {
		f := rewriter.File{Path: path}
		f.Src, _ = plainly(p.read)(path)
		f.Syntax, _ = p.checker.File(path)
		pkg.Files = append(pkg.Files, f)
	}
	plan, diagnostics := rewriter.Make(pkg)
	for _, d := range diagnostics {
		if !d.Warning {
			r.fail(d.Pos.Filename, "%s", d)
		}
	}
	if directives.Wrong(diagnostics) {
		return
	}
	r.functions += len(plan.Traced)
	for _, fp := range plan.Files {
		whole, _ := p.read(fp.File.Path)
		_, layout := rewriter.Plain(whole)
		out := layout.Put(plan.InPlace(fp))
		src[fp.File.Path] = out
		r.file(plan, fp, whole, out)
	}
	r.typecheck(p, plan, src)
}

// file looks at what one file becomes.
func (r *run) file(plan *rewriter.Plan, fp rewriter.FilePlan, src, out []byte) {
	r.files++
	path := fp.File.Path
	if bytes.Contains(out, []byte("/*dd:gen ")) {
		r.inline++
	} else if formatted(src) && !formatted(out) {
		r.fail(path, "gofmt would change it")
	}
	back, err := rewriter.Strip(rewriter.Rewritten{Path: path, Src: out, Ends: []string{"ddexit"}})
	switch {
	case err != nil:
		r.fail(path, "strip: %v", err)
	case !bytes.Equal(back.Src, src):
		r.fail(path, "strip gives other bytes")
	case len(back.Edited) > 0:
		r.fail(path, "strip takes it for edited: %v", back.Edited[0])
	}
	if a, b := tokens(out), tokens(plan.Splice(fp)); !slices.Equal(a, b) {
		i := 0
		for i < len(a) && i < len(b) && a[i] == b[i] {
			i++
		}
		r.fail(path, "other tokens than the build's: %q, not %q", a[max(i-5, 0):min(i+5, len(a))], b[max(i-5, 0):min(i+5, len(b))])
	}
	stay, err := rewriter.Strip(rewriter.Rewritten{Path: path, Src: out, Ends: []string{"ddexit"}, Stay: true})
	if err != nil || bytes.Count(stay.Src, []byte("\n")) != bytes.Count(out, []byte("\n")) {
		r.fail(path, "stripped with its lines in place it has others (%v)", err)
	} else if !slices.Equal(tokens(stay.Src), tokens(fp.File.Src)) {
		r.fail(path, "stripped with its lines in place it has other tokens")
	}
}

func plain(src []byte) []byte {
	return bytes.ReplaceAll(bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")), []byte("\r\n"), []byte("\n"))
}

// formatted reports whether gofmt would have a file as it is, but for its layout.
func formatted(src []byte) bool {
	tidy, err := format.Source(plain(src))
	return err == nil && bytes.Equal(tidy, plain(src))
}

// tokens lists a file's tokens, without what layout decides: semicolons, and
// commas before what closes.
func tokens(src []byte) []string {
	var s scanner.Scanner
	src = plain(src)
	s.Init(token.NewFileSet().AddFile("", -1, len(src)), src, nil, 0)
	var list []string
	for {
		_, tok, lit := s.Scan()
		switch {
		case tok == token.EOF:
			return list
		case tok == token.SEMICOLON:
			continue
		case (tok == token.RPAREN || tok == token.RBRACE || tok == token.RBRACK) && len(list) > 0 && list[len(list)-1] == ",":
			list = list[:len(list)-1]
		}
		if lit == "" {
			lit = tok.String()
		}
		list = append(list, lit)
	}
}

// typecheck type-checks a package with what its files become, and tells the
// errors that it did not have before.
func (r *run) typecheck(p *pack, plan *rewriter.Plan, src map[string][]byte) {
	sites := map[string][]byte{}
	for name, text := range plan.SiteFiles() {
		sites[filepath.Join(p.pkg.Dir, name)] = text
	}
	before := p.errors(nil, nil)
	after := p.errors(src, sites)
	if len(after) > len(before) {
		r.fail(p.pkg.Path, "%d errors of types that it did not have, %s", len(after)-len(before), after[0])
	}
}

// errors are those of types in a package, with other contents of files, and
// with more files.
func (p *pack) errors(src, more map[string][]byte) []string {
	own := *p.pkg
	own.Files = append(slices.Clone(own.Files), slices.Sorted(maps.Keys(more))...)
	own.Imports = maps.Clone(own.Imports)
	for _, path := range []string{rewriter.Runtime, "iter"} {
		if own.Imports[path] == "" {
			own.Imports[path] = path
		}
	}
	g := *p.graph
	g.Packages = maps.Clone(g.Packages)
	g.Packages[own.ID] = &own
	read := func(path string) ([]byte, error) {
		for _, files := range []map[string][]byte{src, more} {
			if text, ok := files[path]; ok {
				return text, nil
			}
		}
		return p.read(path)
	}
	var list []string
	c := load.NewChecker(token.NewFileSet(), &g, p.exports, runtime.GOARCH, read)
	c.Report = func(err error) { list = append(list, err.Error()) }
	c.Package(own.ID, func(*ast.File, *ast.FuncDecl) bool { return true })
	return list
}
