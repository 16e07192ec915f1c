package overlay

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/internal/load"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

// written is what rewrite has put into the sources. Nothing else here sees it:
// a file is read without, and the generated files do not count as being there.
type written struct {
	contents map[string]content      // by path
	sites    map[string]generatedSet // by folder
}

// A content is a file without what was inserted.
type content struct {
	src    []byte
	found  bool                    // something was
	edited []directives.Diagnostic // and has been edited since
	broken []directives.Diagnostic // something may have been, and it does not parse
	err    error
}

func newWritten() written {
	return written{contents: map[string]content{}, sites: map[string]generatedSet{}}
}

// read returns a file as the user has it. What rewrite has inserted leaves its
// line breaks behind, so that positions are those of the file on disk; not so
// where it is to be put in anew.
func (p *preparer) read(path string) ([]byte, error) {
	if !strings.HasSuffix(path, ".go") {
		return p.raw(path)
	}
	c := p.content(path)
	return c.src, c.err
}

// readAll reads the files of a graph side by side.
func (p *preparer) readAll(g *load.Graph) {
	var paths []string
	for _, pkg := range g.Packages {
		p.generated(pkg.Dir)
		for _, path := range pkg.Files {
			if _, ok := p.contents[path]; !ok {
				p.contents[path] = content{}
				paths = append(paths, path)
			}
		}
	}
	list := make([]content, len(paths))
	load.InParallel(len(paths), func(i int) { list[i] = p.without(paths[i]) })
	for i, path := range paths {
		p.contents[path] = list[i]
	}
}

func (p *preparer) content(path string) content {
	if c, ok := p.contents[path]; ok {
		return c
	}
	c := p.without(path)
	p.contents[path] = c
	return c
}

func (p *preparer) without(path string) content {
	src, err := p.raw(path)
	switch {
	case err != nil:
		return content{err: err}
	case isGenerated(path, src):
		return content{err: os.ErrNotExist}
	}
	out, err := rewriter.Strip(rewriter.Rewritten{Path: path, Src: src, Ends: p.generatedSet(filepath.Dir(path)).ends, Stay: !p.place})
	if err != nil {
		return content{src: src, broken: directives.Unparsed(err)}
	}
	c := content{src: out.Src, found: out.Found}
	for _, pos := range out.Edited {
		c.edited = append(c.edited, directives.Diagnostic{Pos: pos, Message: "this was inserted by ddinstrument and has been edited since; " +
			"undo the edit, or delete the //dd: comment behind it to keep it as your own, or have it overwritten with --force"})
	}
	if p.place {
		c.src, _ = rewriter.Plain(c.src)
	}
	return c
}

var generatedName = regexp.MustCompile(`^ddinstrument_sites\d*(_x)?(_test)?\.go$`)

// isGenerated reports whether a file is one that rewrite has generated.
func isGenerated(path string, src []byte) bool {
	return generatedName.MatchString(filepath.Base(path)) && bytes.HasPrefix(src, []byte(directives.Header))
}

// A generatedSet is the generated files of a folder.
type generatedSet struct {
	paths []string
	ends  []string // the names under which they declare what flushes at the program's end
}

// generated lists the generated files of a folder.
func (p *preparer) generated(dir string) []string { return p.generatedSet(dir).paths }

func (p *preparer) generatedSet(dir string) generatedSet {
	if set, ok := p.sites[dir]; ok {
		return set
	}
	var set generatedSet
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		if !generatedName.MatchString(entry.Name()) {
			continue
		}
		src, err := p.raw(path)
		if err != nil || !isGenerated(path, src) {
			continue
		}
		set.paths = append(set.paths, path)
		set.ends = append(set.ends, rewriter.EndsIn(src)...)
	}
	if len(set.ends) == 0 {
		set.ends = []string{rewriter.EndName} // what declared it has been deleted, if anything is there
	}
	p.sites[dir] = set
	return set
}

// setAside takes the generated files out of a graph: the plan makes them anew.
func (p *preparer) setAside(g *load.Graph) {
	for _, pkg := range g.Packages {
		generated := p.generated(pkg.Dir)
		pkg.Files = slices.DeleteFunc(pkg.Files, func(path string) bool { return slices.Contains(generated, path) })
	}
}

// keep takes the files that a unit becomes. In a build, what rewrite has put
// into its files is not compiled again.
func (p *preparer) keep(u *unit, files map[string][]byte) error {
	if p.place {
		u.placed = files
		return nil
	}
	for _, path := range u.pkg.Files {
		if c := p.content(path); c.found && files[path] == nil {
			files[path] = rewriter.Untouched(path, c.src)
		}
	}
	stored, err := p.put(files)
	if err != nil {
		return err
	}
	for _, path := range p.generated(u.pkg.Dir) {
		if files[path] == nil && isExternal(path) == u.external() {
			p.files[path] = "" // as if it were not there
		}
	}
	for path, to := range stored {
		p.files[path] = to
	}
	return nil
}

// isExternal reports whether a generated file is that of external tests.
func isExternal(path string) bool { return strings.HasSuffix(path, "_x_test.go") }

// others are the files of a unit's folder that build constraints leave out, as
// the user has them, and the names of the sites in them: what is put into the
// sources must do for all of them together.
func (p *preparer) others(u *unit) (contents [][]byte, sites []string) {
	if !p.place {
		return nil, nil
	}
	var raw [][]byte
	for _, path := range u.pkg.Ignored {
		if src, err := p.raw(path); err == nil && strings.HasSuffix(path, ".go") {
			raw = append(raw, src)
			contents = append(contents, p.content(path).src)
		}
	}
	for _, path := range p.generated(u.pkg.Dir) {
		src, _ := p.raw(path)
		sites = append(sites, rewriter.SitesNamed(src, raw)...)
	}
	return contents, sites
}
