package overlay

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

// A Change is what becomes of a file of the user's, or of one that is
// generated beside those.
type Change struct {
	Path string // absolute
	Old  []byte // nil: there is no such file
	New  []byte // nil: there is to be none
}

// Changes are what rewrite or strip would do.
type Changes struct {
	Files       []Change                // by path
	Modules     []string                // the go.mod files of modules that would need to require the runtime, and do not
	Missing     []string                // what go list says of packages that were asked for and are not there
	Edited      []directives.Diagnostic // inserted code that a person has edited since
	Diagnostics []directives.Diagnostic // of the directives, sorted; with one that is no warning there are no Files
}

// Rewrite plans the packages of a command and returns what puts the spans into
// their sources. It writes nothing.
func Rewrite(ctx context.Context, cmd *Command, env []string) (*Changes, error) {
	p, err := newPreparer(cmd, env)
	if err != nil {
		return nil, err
	}
	if err := p.setUpPlace(ctx); err != nil {
		return nil, err
	}
	// What flushes when a program ends depends on the programs that a package is
	// linked into, and what is inserted on nothing but the sources: it is the same
	// whatever packages are named.
	patterns := slices.Clone(cmd.Patterns)
	for _, m := range p.mods.mains {
		patterns = append(patterns, filepath.Join(m.dir, "..."))
	}
	list, err := p.gather(ctx, patterns)
	if err != nil {
		return nil, err
	}
	programs(list, true)
	asked := p.asked(list)
	if err := p.plan(ctx, asked); err != nil {
		return nil, err
	}
	w := p.changes(asked, func(u *unit) []string { return u.pkg.Files })
	if len(p.build.Diagnostics) > 0 {
		if w.Diagnostics, err = checked(ctx, *cmd, env, p.build.Diagnostics); err != nil {
			return nil, err
		}
	}
	if directives.Wrong(w.Diagnostics) {
		w.Files = nil
		return w, nil
	}
	w.Modules, err = p.withoutRuntime(asked)
	return w, err
}

// checked is what check says: of the lines that are there, where a plan for what
// is put in anew counts those without what was.
func checked(ctx context.Context, cmd Command, env []string, planned []directives.Diagnostic) ([]directives.Diagnostic, error) {
	cmd.Verb = "check"
	b, err := Prepare(ctx, &cmd, env)
	if err != nil {
		return nil, err
	}
	if directives.Wrong(planned) && !b.Wrong() {
		return planned, nil
	}
	return b.Diagnostics, nil
}

// setUpPlace sets up for changing the sources.
func (p *preparer) setUpPlace(ctx context.Context) error {
	p.place = true
	if err := p.setUp(ctx); err != nil {
		return err
	}
	if len(p.user) > 0 {
		return fmt.Errorf("%w: %s changes the files that are there, and takes no -overlay; GOFLAGS has one", ErrUsage, p.cmd.Verb)
	}
	return nil
}

// Strip returns what takes the spans out of the sources of the packages of a
// command. It writes nothing.
func Strip(ctx context.Context, cmd *Command, env []string) (*Changes, error) {
	p, err := newPreparer(cmd, env)
	if err != nil {
		return nil, err
	}
	if err := p.setUpPlace(ctx); err != nil {
		return nil, err
	}
	p.rules = nil
	list, err := p.gather(ctx, cmd.Patterns)
	if err != nil {
		return nil, err
	}
	// All files of a folder use the generated ones: those too that build
	// constraints leave out.
	return p.changes(p.asked(list), func(u *unit) []string { return append(slices.Clone(u.pkg.Files), u.pkg.Ignored...) }), nil
}

// asked are the units that the command's patterns name.
func (p *preparer) asked(list []*unit) []*unit {
	var asked []*unit
	for _, text := range p.cmd.Patterns {
		pattern := newPattern(text, p.dir)
		for _, u := range list {
			if pattern.matches(u.pkg, p.mods.mains) && !slices.Contains(asked, u) {
				asked = append(asked, u)
			}
		}
	}
	slices.SortFunc(asked, func(a, b *unit) int { return cmp.Compare(a.pkg.ID, b.pkg.ID) })
	return asked
}

// changes are what the files of units, planned or not, become.
func (p *preparer) changes(list []*unit, files func(*unit) []string) *Changes {
	w := &Changes{Missing: p.build.Missing}
	seen := map[string]bool{}
	for _, u := range list {
		for _, path := range files(u) {
			if !seen[path] && strings.HasSuffix(path, ".go") {
				p.change(w, path, u.placed[path])
			}
			seen[path] = true
		}
	}
	for dir, units := range byFolder(list) {
		p.changeGenerated(w, dir, units)
	}
	slices.SortFunc(w.Files, func(a, b Change) int { return cmp.Compare(a.Path, b.Path) })
	w.Edited = directives.Sort(w.Edited)
	return w
}

// byFolder groups units by folder: a package, and its external tests.
func byFolder(list []*unit) map[string][]*unit {
	dirs := map[string][]*unit{}
	for _, u := range list {
		dirs[u.pkg.Dir] = append(dirs[u.pkg.Dir], u)
	}
	return dirs
}

// changeGenerated adds what becomes of the generated files of a folder. What
// they declare stays for as long as another file names it.
func (p *preparer) changeGenerated(w *Changes, dir string, units []*unit) {
	files := map[string][]byte{}
	for _, path := range p.generated(dir) {
		files[path] = nil
	}
	var others [][]byte
	tests, testMains := false, false // in files that are left out
	for _, u := range units {
		for path, src := range u.placed {
			if !slices.Contains(u.pkg.Files, path) {
				files[path] = src
			}
		}
		for _, path := range u.pkg.Files {
			others = append(others, p.content(path).src)
		}
		for _, path := range u.pkg.Ignored {
			if src, err := p.raw(path); err == nil && !w.changes(path) {
				others = append(others, src)
				tests = tests || rewriter.IsTest(path)
				testMains = testMains || testMain.Match(src)
			}
		}
	}
	keepMain := tests && !testMains && p.cmd.Verb != "strip"
	for path, src := range files {
		old, _ := p.raw(path)
		w.add(Change{path, old, rewriter.KeepSites(src, old, others, keepMain)})
	}
}

func (w *Changes) changes(path string) bool {
	return slices.ContainsFunc(w.Files, func(c Change) bool { return c.Path == path })
}

// change adds what becomes of a source file; text is nil for one that nothing
// is inserted into.
func (p *preparer) change(w *Changes, path string, text []byte) {
	old, err := p.raw(path)
	if err != nil {
		return // it has gone meanwhile
	}
	c := p.content(path)
	w.Edited = append(w.Edited, c.edited...)
	w.Diagnostics = append(w.Diagnostics, c.broken...)
	if text == nil {
		text = c.src
	}
	_, layout := rewriter.Plain(old)
	w.add(Change{path, old, layout.Put(text)})
}

func (w *Changes) add(c Change) {
	if !bytes.Equal(c.Old, c.New) || (c.Old == nil) != (c.New == nil) {
		w.Files = append(w.Files, c)
	}
}

// withoutRuntime lists the go.mod files of modules that import the runtime from
// now on and do not require it.
func (p *preparer) withoutRuntime(list []*unit) ([]string, error) {
	var paths []string
	for _, u := range list {
		path := abs(p.dir, u.pkg.GoMod) // of -modfile, it is as given
		if len(u.placed) == 0 || u.pkg.GoMod == "" || slices.Contains(paths, path) || p.mods.hasRuntime() {
			continue
		}
		data, err := p.raw(path)
		if err != nil {
			return nil, err
		}
		f, err := modfile.ParseLax(path, data, nil)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(f.Require, func(r *modfile.Require) bool { return r.Mod.Path == rewriter.Module }) {
			paths = append(paths, path)
		}
	}
	return paths, nil
}
