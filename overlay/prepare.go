// Package overlay makes the build: it finds the packages, has them planned,
// writes what they become to its cache folder, and tells the go command by
// -overlay to read that instead; or, for rewrite and strip, says what becomes of
// the sources, and writes them. Every write to disk is here, and every run of
// the go command. It knows nothing of syntax.
package overlay

import (
	"context"
	"encoding/json"
	"fmt"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/integrations"
	"github.com/ddinstrument/ddinstrument/internal/load"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

// A Build is what the go command must be told to build with spans.
type Build struct {
	Flags       []string                // to give to the go command, before the user's
	Drop        []string                // names of the user's flags that they replace
	Extra       []string                // files to name beside those of the command line
	Needs       []string                // what the flags name beside the overlay: files and folders of the store
	GOROOT      string                  // where the go command is to have it, "" for where it is
	Overlay     string                  // the overlay's path, "" when there is nothing to trace
	Mains       []string                // import paths of the programs asked for
	Linked      bool                    // the runtime is linked into a program
	Incomplete  bool                    // something was not found, or could not be read
	Missing     []string                // what go list says of packages that were asked for and are not there
	Libs        []Library               // the libraries that are to be traced and that the build has, by import path
	Traced      []rewriter.Traced       // by position
	Read        []directives.Reading    // what each directive was read as
	Passed      []directives.Passed     // what is selected and can't be traced, likewise
	Diagnostics []directives.Diagnostic // sorted; with one that is no warning, nothing was written
}

// Wrong reports whether a diagnostic is more than a warning.
func (b *Build) Wrong() bool {
	return directives.Wrong(b.Diagnostics)
}

// A record is the outcome of a preparation, kept for the next one.
type record struct {
	Inputs  *inputs
	Graph   *load.Graph
	Exports map[string]string // import path to file
	Build   *Build
}

// Prepare plans the packages of a command and writes the overlay. What has not
// changed since the last time is not done again. env is the go command's
// environment.
func Prepare(ctx context.Context, cmd *Command, env []string) (*Build, error) {
	p, err := newPreparer(cmd, env)
	if err != nil {
		return nil, err
	}
	return p.prepare(ctx)
}

func newPreparer(cmd *Command, env []string) (*preparer, error) {
	dir, err := filepath.Abs(cmd.Dir)
	if err != nil {
		return nil, err
	}
	st, err := openStore(Getenv(env))
	if err != nil {
		return nil, err
	}
	return &preparer{cmd: cmd, env: env, dir: dir, store: st, fset: token.NewFileSet(), in: newInputs(), written: newWritten()}, nil
}

// Getenv looks variables up in an environment; the last setting counts.
func Getenv(env []string) func(string) string {
	return func(name string) string {
		value := ""
		for _, kv := range env {
			if v, ok := strings.CutPrefix(kv, name+"="); ok {
				value = v
			}
		}
		return value
	}
}

type preparer struct {
	cmd   *Command
	env   []string
	dir   string // absolute, where the go command runs
	store store
	fset  *token.FileSet // of all that is parsed
	place bool           // the spans are put into the sources, not into an overlay

	goenv goEnv
	in    *inputs
	user  map[string]string // the overlay that the user passes himself
	mods  moduleSetup
	graph *load.Graph
	rules []*rule
	libs  integrations.Set // the libraries to trace
	types types            // what type-checking needs, made when it is first needed
	written

	libsWanted directives.RuleSet // what a file of rules says of them

	files  map[string]string // the overlay
	marked []rewriter.Marked // what coverage must see instead
	build  Build
}

func (p *preparer) prepare(ctx context.Context) (*Build, error) {
	name := filepath.Join("builds", hash(fingerprint(p.env), []byte(p.dir), []byte(p.cmd.Verb),
		[]byte(strings.Join(p.cmd.flags(), "\n")), p.cmd.ruleFlags(), []byte(strings.Join(p.cmd.Patterns, "\n"))), "record.json")
	var old record
	if p.store.readJSON(name, &old) {
		switch old.Inputs.since() {
		case nothing:
			if old.Build.complete() {
				return old.Build, nil
			}
		case contents:
			p.graph, p.types.exports = old.Graph, old.Exports
		}
	}
	if err := p.make(ctx); err != nil || p.build.Wrong() {
		return &p.build, err
	}
	p.store.prune()
	if p.graph.Errors || len(p.graph.Roots) == 0 {
		return &p.build, nil // what is missing may come from places that nothing here watches
	}
	_, err := p.store.writeJSON(name, record{p.in, p.graph, p.types.exports, &p.build})
	return &p.build, err
}

// complete reports whether all files of the overlay are still there.
func (b *Build) complete() bool {
	if b.Overlay == "" {
		return true
	}
	var o overlayFile
	data, err := os.ReadFile(b.Overlay)
	if err != nil || json.Unmarshal(data, &o) != nil {
		return false
	}
	for _, path := range append(slices.Collect(maps.Values(o.Replace)), b.Needs...) {
		if _, err := os.Stat(path); path != "" && err != nil {
			return false
		}
	}
	return true
}

// overlayFile is the JSON that the go command's -overlay reads (go help build).
type overlayFile struct{ Replace map[string]string }

func (p *preparer) make(ctx context.Context) error {
	if err := p.setUp(ctx); err != nil {
		return err
	}
	list, err := p.gather(ctx, p.cmd.Patterns)
	if err != nil {
		return err
	}
	programs(list, p.cmd.tests())
	if err := p.plan(ctx, list); err != nil || p.build.Wrong() {
		return err
	}
	if err := p.libraries(list); err != nil {
		return err
	}
	return p.deliver()
}

// userOverlay reads the overlay that the user passes himself.
func (p *preparer) userOverlay() error {
	p.user = map[string]string{}
	path, ok := p.cmd.Flag("overlay")
	if !ok {
		if path, ok = lastFlag(p.goenv.flags(), "overlay"); !ok {
			return nil
		}
	}
	path = abs(p.dir, path)
	p.in.file(path)
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading the overlay: %w", err)
	}
	var o overlayFile
	if err := json.Unmarshal(data, &o); err != nil {
		return fmt.Errorf("reading the overlay %s: %w", path, err)
	}
	for from, to := range o.Replace {
		if to != "" {
			to = abs(p.dir, to)
			p.in.file(to)
		}
		p.user[abs(p.dir, from)] = to
	}
	return nil
}

// raw returns a file as the go command would see it.
func (p *preparer) raw(path string) ([]byte, error) {
	if to, ok := p.user[path]; ok {
		if to == "" {
			return nil, os.ErrNotExist
		}
		path = to
	}
	return os.ReadFile(path)
}

func (p *preparer) modules() error {
	p.mods = moduleSetup{env: p.goenv, cmd: p.cmd, read: p.read, unpack: p.unpack}
	if err := p.mods.run(); err != nil {
		return err
	}
	for _, path := range p.mods.input {
		p.in.file(path)
		p.in.file(strings.TrimSuffix(path, ".mod") + ".sum")
	}
	if p.goenv.GOMOD != "" && p.goenv.GOMOD != noModFile {
		p.in.dir(filepath.Dir(p.goenv.GOMOD), false)
	}
	return nil
}

// note takes down everything that decides which packages there are.
func (p *preparer) note() {
	var modules []string
	for _, path := range p.mods.input {
		modules = append(modules, filepath.Dir(path))
	}
	for _, root := range patternRoots(p.dir, p.cmd.Patterns, modules) {
		p.in.tree(root)
	}
	p.in.above(p.dir)
	for _, pkg := range p.graph.Packages {
		p.in.dir(pkg.Dir, false)
		for _, f := range pkg.Files {
			p.in.file(f)
		}
		if pkg.GoMod != "" {
			p.in.file(pkg.GoMod)
			p.in.between(filepath.Dir(pkg.GoMod), pkg.Dir)
		}
	}
	for dir := range p.in.Dirs {
		p.in.sources(dir, p.cmd.tests())
	}
}
