package overlay

import (
	"cmp"
	"fmt"
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

// A Library is a package of a library that is to be traced, as this build has it.
type Library struct {
	Name    string // the integration's
	About   string
	Package string   // import path
	Version string   // of the module, or of Go
	Spans   []string // the operation names that its rules name
	Why     string   // why it is left alone, "" when it is traced
	Unknown bool     // that is so because it can not be, in this version or this place
}

// chooseLibs decides which libraries are to be traced: what the command line
// says, else a file of rules, else all when a program is run.
func (p *preparer) chooseLibs() error {
	byDefault := "off"
	if p.cmd.Verb == "run" {
		byDefault = "all"
	}
	if p.place {
		return nil // what is written into the sources is about the sources
	}
	var err error
	p.libs, err = integrations.Choose(cmp.Or(p.cmd.Libs, p.libsWanted.Libs, byDefault))
	switch {
	case err == nil:
		return nil
	case p.cmd.Libs == "":
		p.build.Diagnostics = append(p.build.Diagnostics, directives.Diagnostic{Pos: p.libsWanted.From, Message: "libs: " + err.Error()})
		return nil
	}
	return fmt.Errorf("%w: --libs: %w", ErrUsage, err)
}

// isLib reports whether a package is of a library that is to be traced, and
// whether its version is known.
func (p *preparer) isLib(path, version string) (wanted, known bool) {
	if version == "std" {
		version = p.goenv.GOVERSION
	}
	return len(p.libs[path]) > 0, p.libs.Find(path, version) != nil
}

// libraries changes the packages of libraries that are to be traced, and has the
// build take the modules that they belong to from where they can be changed.
func (p *preparer) libraries(list []*unit) error {
	own := index(list)
	moved := map[string]string{} // where to a module's folder is moved
	for _, pkg := range p.graph.Libs {
		if !pkg.Lib {
			continue
		}
		lib, err := p.library(pkg, own[pkg.Path], moved)
		if err != nil {
			return err
		}
		p.build.Libs = append(p.build.Libs, lib)
		p.build.Linked = p.build.Linked || lib.Why == ""
	}
	if len(moved) == 0 {
		return nil
	}
	return p.move(moved)
}

// library changes one package.
func (p *preparer) library(pkg *load.Package, own []*unit, moved map[string]string) (Library, error) {
	lib := Library{Package: pkg.Path, Version: pkg.Version}
	if pkg.Std {
		lib.Version = p.goenv.GOVERSION
	}
	known := p.libs.Find(pkg.Path, lib.Version)
	first := p.libs[pkg.Path][0].Integration
	lib.Name, lib.About = first.Name, first.About
	dir, inCache := p.placeOf(pkg)
	switch {
	case slices.ContainsFunc(own, (*unit).selects):
		lib.Why, lib.Unknown = "it is yours, and directives or rules of yours are about it", true
	case known == nil:
		lib.Why, lib.Unknown = "known are "+p.libs.Known(pkg.Path), true
	case inCache && p.mods.hasRuntime():
		lib.Why = "it is a dependency of ddinstrument itself"
	}
	if lib.Why != "" {
		return lib, nil
	}
	if inCache {
		if err := p.link(); err != nil { // on Windows it takes a privilege
			lib.Why, lib.Unknown = "its module can't be built from another place: "+err.Error(), true
			return lib, nil
		}
	}
	done, err := p.planLibrary(pkg, known, dir, unitOf(pkg, own))
	if err != nil {
		return lib, err
	}
	if len(done.Lacks) > 0 {
		lib.Why, lib.Unknown = "it is not what is known as this version: "+strings.Join(done.Lacks, "; "), true
		return lib, nil
	}
	lib.Spans = done.Spans
	stored, err := p.put(done.Files)
	if err != nil {
		return lib, err
	}
	maps.Copy(p.files, stored)
	p.marked = append(p.marked, done.Marked...)
	if inCache {
		moved[pkg.Module] = p.inCache(pkg.Root)
	}
	return lib, nil
}

// move has the build take modules from other folders, by the overlay of go.mod.
// What is not changed in them is still to be seen by its own name in stacks and
// debuggers.
func (p *preparer) move(moved map[string]string) error {
	for _, pkg := range p.graph.Libs {
		if moved[pkg.Module] == "" || p.trims() {
			continue // with -trimpath its name is its module's, wherever it is
		}
		if err := p.named(pkg); err != nil {
			return err
		}
	}
	for module, dir := range moved {
		p.mods.libs = append(p.mods.libs, replacement{path: module, dir: dir})
	}
	return p.mods.run()
}

// trims reports whether the build takes folders out of the names of files.
func (p *preparer) trims() bool {
	v, _ := p.mods.flag("trimpath")
	return v == "true"
}

// named gives the files of a package that nothing is inserted into their own
// names, once for each package of a module.
func (p *preparer) named(pkg *load.Package) error {
	name := filepath.Join("plans", hash([]byte("named"), fingerprint(p.env), []byte(strings.Join(pkg.Files, "\n")))+".json")
	var stored map[string]string
	if !p.store.readJSON(name, &stored) || slices.ContainsFunc(sortedKeys(stored), func(k string) bool { return !isFile(stored[k]) }) {
		files := map[string][]byte{}
		for _, path := range pkg.Files {
			src, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files[p.inCache(path)] = rewriter.Untouched(path, src)
		}
		var err error
		if stored, err = p.put(files); err != nil {
			return err
		}
		if _, err := p.store.writeJSON(name, stored); err != nil {
			return err
		}
	}
	for path, to := range stored {
		if _, changed := p.files[path]; !changed {
			p.files[path] = to
		}
	}
	return nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
