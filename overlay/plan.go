package overlay

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/internal/load"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

// planned is a unit's plan, rendered. It is kept in the store by the unit's key.
type planned struct {
	Files       map[string][]byte // what the files become, and new ones
	Marked      []rewriter.Marked // when coverage is measured
	Traced      []rewriter.Traced
	Read        []directives.Reading
	Passed      []directives.Passed
	Fits        []bool // by the unit's rules
	Diagnostics []directives.Diagnostic
	Broken      []directives.Diagnostic // what does not parse, for commands that do not have the compiler say so
}

// types is what type-checking needs.
type types struct {
	exports map[string]string
	checker *load.Checker
}

// plan plans every unit that has something to plan.
func (p *preparer) plan(ctx context.Context, list []*unit) error {
	p.files = map[string]string{}
	global, err := p.global()
	if err != nil {
		return err
	}
	byPath := index(list)
	for _, u := range list {
		p.build.Linked = p.build.Linked || u.ends || u.traced()
		if !u.touched() {
			continue
		}
		deps := []*unit{u}
		if u.selects() {
			deps = closure(u, byPath)
		}
		done, err := p.unit(ctx, u, deps, list, global)
		if err != nil {
			return err
		}
		if err := p.keep(u, done.Files); err != nil {
			return err
		}
		p.marked = append(p.marked, done.Marked...)
		p.build.Traced = append(p.build.Traced, done.Traced...)
		p.build.Read = append(p.build.Read, done.Read...)
		p.build.Passed = append(p.build.Passed, done.Passed...)
		p.build.Diagnostics = append(p.build.Diagnostics, done.Diagnostics...)
		if !p.cmd.compiles() {
			p.build.Diagnostics = append(p.build.Diagnostics, done.Broken...)
		}
		u.fit(done.Fits)
	}
	p.ineffective()
	p.build.Diagnostics = directives.Sort(p.build.Diagnostics)
	return nil
}

// global is what all plans depend on: this program, the go command, the flags,
// and the versions of what is imported.
func (p *preparer) global() ([]byte, error) {
	parts := [][]byte{fingerprint(p.env), []byte(strings.Join(p.cmd.listFlags(), "\n"))}
	if p.covers() {
		parts = append(parts, []byte("cover"))
	}
	for _, path := range p.mods.input {
		for _, name := range []string{path, strings.TrimSuffix(path, ".mod") + ".sum"} {
			data, err := p.read(name)
			if err != nil && !os.IsNotExist(err) {
				return nil, err
			}
			parts = append(parts, []byte(name), data)
		}
	}
	return []byte(hash(parts...)), nil
}

// unit plans one unit, or finds its plan in the store.
func (p *preparer) unit(ctx context.Context, u *unit, deps, all []*unit, global []byte) (*planned, error) {
	name := filepath.Join("plans", u.key(p.fset, global, deps)+".json")
	var done planned
	if !p.place && p.store.readJSON(name, &done) {
		return &done, nil
	}
	if err := p.checker(ctx, all); err != nil {
		return nil, err
	}
	pkg := &rewriter.Package{
		Path: u.pkg.Path, Name: u.pkg.Name, Fset: p.types.checker.Fset,
		Rules: u.ruleList(), Ends: u.ends, Main: u.main, Tests: u.testMain, WriteTestMain: u.writeTM, Net: u.pkg.TLS,
	}
	pkg.Others, pkg.Taken = p.others(u)
	if u.selects() {
		p.types.checker.Files(u.pkg.Files)
		pkg.Types, pkg.Info = p.types.checker.Package(u.pkg.ID, directives.InBody)
	}
	for _, f := range u.pkg.Files {
		file := rewriter.File{Path: f, Src: u.src[f]}
		if u.selects() || u.mayEnd(file.Src) {
			var err error
			if file.Syntax, err = p.types.checker.File(f); err != nil {
				done.Broken = append(done.Broken, directives.Unparsed(err)...)
			}
		}
		pkg.Files = append(pkg.Files, file)
	}
	p.render(&done, u, pkg)
	if p.place {
		return &done, nil
	}
	_, err := p.store.writeJSON(name, done)
	return &done, err
}

// checker makes the type checker, with the export data of all that units with
// directives import from elsewhere.
func (p *preparer) checker(ctx context.Context, all []*unit) error {
	if p.types.checker != nil {
		return nil
	}
	var paths []string
	missing := false
	seen := map[string]bool{"C": true, "unsafe": true}
	for _, u := range p.typed(all) {
		for _, id := range u.pkg.Imports {
			path := load.ExportPath(id)
			if p.graph.Source(id) != nil || seen[path] {
				continue
			}
			seen[path] = true
			paths = append(paths, path)
			if _, err := os.Stat(p.types.exports[path]); err != nil {
				missing = true
			}
		}
	}
	if missing {
		cfg, err := p.loadConfig()
		if err != nil {
			return err
		}
		cfg.Tests = false
		if p.types.exports, err = load.Exports(ctx, cfg, paths); err != nil {
			return err
		}
	}
	p.types.checker = load.NewChecker(p.fset, p.graph, p.types.exports, p.goenv.GOARCH, p.read)
	return nil
}

// typed are the units that take part in type-checking.
func (p *preparer) typed(all []*unit) []*unit {
	byPath := index(all)
	seen := map[*unit]bool{}
	var list []*unit
	for _, u := range all {
		if !u.selects() {
			continue
		}
		for _, d := range closure(u, byPath) {
			if !seen[d] {
				seen[d] = true
				list = append(list, d)
			}
		}
	}
	return list
}

// render plans a package and renders what it becomes.
func (p *preparer) render(done *planned, u *unit, pkg *rewriter.Package) {
	plan, found := rewriter.Make(pkg)
	done.Diagnostics = found
	done.Files = map[string][]byte{}
	done.Traced, done.Read, done.Passed, done.Fits = plan.Traced, plan.Read, plan.Passed, plan.Fits
	if directives.Wrong(found) {
		return
	}
	if p.place {
		for i, src := range inPlace(plan) {
			done.Files[plan.Files[i].File.Path] = src
		}
	} else {
		p.splice(done, plan)
	}
	for name, src := range plan.SiteFiles() {
		path := p.free(filepath.Join(u.pkg.Dir, name))
		done.Files[path] = src
		if p.covers() && !rewriter.IsTest(path) {
			done.Marked = append(done.Marked, rewriter.Marked{Original: path, Source: src})
		}
	}
}

// splice renders the files of a plan for a build.
func (p *preparer) splice(done *planned, plan *rewriter.Plan) {
	for _, f := range plan.Files {
		done.Files[f.File.Path] = plan.Splice(f)
		if p.covers() && !rewriter.IsTest(f.File.Path) {
			done.Marked = append(done.Marked, plan.Mark(f))
		}
	}
}

// inPlace renders the files of a plan in place, side by side.
func inPlace(plan *rewriter.Plan) [][]byte {
	out := make([][]byte, len(plan.Files))
	load.InParallel(len(out), func(i int) { out[i] = plan.InPlace(plan.Files[i]) })
	return out
}

// covers reports whether the build measures coverage. What an overlay is
// written for is not known: it may.
func (p *preparer) covers() bool { return p.cmd.Verb == "overlay" || p.cmd.covers(p.goenv.flags()) }

// cover has the go command run its cover tool by way of this program when
// coverage is measured: go tool cover reads the original files and ignores the
// overlay (golang/go issue 73802).
func (p *preparer) cover() error {
	if !p.covers() || len(p.marked) == 0 {
		return nil
	}
	users, _ := p.cmd.Flag("toolexec")
	if users == "" {
		users, _ = lastFlag(p.goenv.flags(), "toolexec")
	}
	data, err := json.Marshal(p.marked)
	if err != nil {
		return err
	}
	path, err := p.store.put("cover.json", data)
	if err != nil {
		return err
	}
	p.build.Needs = append(p.build.Needs, path)
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	words := append([]string{exe, ToolExec, path}, splitFlags(users)...)
	p.build.Flags = append(p.build.Flags, "-toolexec="+joinFlags(words))
	p.build.Drop = append(p.build.Drop, "toolexec")
	return nil
}
