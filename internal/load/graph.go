// Package load finds the packages of a build and their types, by go/packages
// and no more of it than needed. It knows nothing of the directive language
// and of rewriting.
package load

import (
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A Config says what to load, as the go command would be told.
type Config struct {
	Dir   string   // where the go command runs
	Env   []string // its environment
	Flags []string // build flags
	Tests bool     // test files and test variants too

	// Std reports whether a package of the standard library is one that the
	// user works on, too. nil: none is.
	Std func(path string) bool

	// Lib reports whether a package, by import path and its module's version, "std"
	// for the standard library, is a library's that is wanted whoever works on it,
	// and whether there is anything to be done to it. nil: none is.
	Lib func(path, version string) (wanted, known bool)

	// Inserted reports whether an import may have been inserted into the
	// sources: what it links does not count. nil: none is.
	Inserted func(path string) bool

	// NoTLS are packages of the standard library that what makes use of
	// crypto/tls is itself made from.
	NoTLS map[string]bool
}

// A Package is a package that is compiled from files that the user works on:
// those of the main module, of a workspace's modules, of modules replaced by a
// folder. IDs tell a package from its variants for tests, as in go list.
type Package struct {
	ID        string
	Path      string // import path
	Name      string // of the package clause
	Dir       string
	Files     []string          // the Go files that are compiled, cgo's included, absolute
	Ignored   []string          // the Go files that build constraints leave out
	Imports   map[string]string // import path to ID
	Module    string            // the module's path, "" for files named on the command line
	Version   string            // the module's version, "" when it has none
	GoMod     string            // the module's go.mod, "" likewise
	Root      string            // the module's folder, "" likewise
	GoVersion string            // the module's go line, as "1.24"; "" when it has none
	ForTest   string            // the import path of the package under test, for variants
	TLS       bool              // it links crypto/tls, and so package net, by what it imports, and may import what makes use of that
	Std       bool              // it belongs to the standard library
	Lib       bool              // it is one of the libraries that are wanted; of the user's, it links one to which something is to be done
}

// A Graph is the user's packages of a build, by ID, and which of them were
// asked for.
type Graph struct {
	Packages map[string]*Package
	Roots    []string
	Libs     []*Package // the packages of libraries that are wanted, and of their modules what is in the build; without their tests
	Mains    []string   // import paths of the programs that were asked for, the user's or not
	Errors   bool       // something was not found, or could not be read: there may be more
	Missing  []string   // what the go command says of packages that were asked for and are not there
}

// tlsPackage is what tells a program that uses the network in full.
const tlsPackage = "crypto/tls"

const graphMode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps |
	packages.NeedModule | packages.NeedForTest

// Load asks the go command for the packages that match the patterns and all
// that they import. A package with an error in it is part of the graph as far
// as it is known: the build will say what is wrong.
func Load(ctx context.Context, cfg Config, patterns []string) (*Graph, error) {
	roots, err := packages.Load(&packages.Config{
		Context: ctx, Mode: graphMode, Dir: cfg.Dir, Env: cfg.Env, BuildFlags: cfg.Flags, Tests: cfg.Tests,
	}, patterns...)
	if err != nil {
		return nil, fmt.Errorf("listing packages: %w", err)
	}
	g := &Graph{Packages: map[string]*Package{}}
	links := map[string]bool{} // packages whose programs link crypto/tls, by ID
	libs := cfg.libraries(roots)
	packages.Visit(roots, nil, func(p *packages.Package) {
		g.Errors = g.Errors || len(p.Errors) > 0
		links[p.ID] = p.PkgPath == tlsPackage
		for _, imported := range p.Imports { // all visited before; what rewrite has put there does not count
			links[p.ID] = links[p.ID] || links[imported.ID] && !(cfg.Inserted != nil && cfg.Inserted(imported.PkgPath))
		}
		if isUsers(p, cfg.Std) {
			own := convert(p)
			own.TLS = links[p.ID] && !cfg.NoTLS[p.PkgPath]
			own.Lib = libs.reach[p.ID]
			g.Packages[p.ID] = own
		}
	})
	g.Libs = libs.list
	for _, p := range roots {
		if p.Name == "main" && !isTestMain(p) {
			g.Mains = append(g.Mains, p.PkgPath)
		}
		if g.Packages[p.ID] != nil {
			g.Roots = append(g.Roots, p.ID)
			continue
		}
		for _, e := range p.Errors {
			g.Missing = append(g.Missing, strings.TrimPrefix(e.Error(), "-: "))
		}
	}
	return g, nil
}

// isUsers reports whether a package is compiled from files that the user works
// on, rather than from the module cache, a vendor folder or the standard
// library, unless std says otherwise. A test's generated main package is
// nobody's.
func isUsers(p *packages.Package, std func(path string) bool) bool {
	if len(p.GoFiles) == 0 || isTestMain(p) {
		return false
	}
	m := p.Module
	if m == nil {
		path := strings.TrimSuffix(p.PkgPath, "_test")
		return path == commandLine || std != nil && std(path)
	}
	if m.Main {
		return true
	}
	return m.Replace != nil && m.Replace.Version == "" && m.Dir != "" && !strings.Contains(p.Dir, string(os.PathSeparator)+"vendor"+string(os.PathSeparator))
}

// commandLine is the import path of files that were named.
const commandLine = "command-line-arguments"

func isTestMain(p *packages.Package) bool {
	_, testing := p.Imports["testing/internal/testdeps"]
	return testing && strings.HasSuffix(p.PkgPath, ".test")
}

func convert(p *packages.Package) *Package {
	own := &Package{
		ID: p.ID, Path: p.PkgPath, Name: p.Name, Dir: p.Dir, Files: p.GoFiles, Ignored: p.IgnoredFiles,
		Imports: map[string]string{}, ForTest: p.ForTest,
		Std: p.Module == nil && strings.TrimSuffix(p.PkgPath, "_test") != commandLine,
	}
	if p.Module != nil {
		own.Module, own.GoMod, own.Root, own.GoVersion = p.Module.Path, p.Module.GoMod, p.Module.Dir, p.Module.GoVersion
		own.Version = version(p.Module)
	}
	for path, imported := range p.Imports {
		own.Imports[path] = imported.ID
	}
	return own
}

// Source returns the package that an import of the ID is type-checked from, nil
// if export data serves. That it does for the standard library, whose types are
// in the export data of others too, but for variants for tests: only the
// sources have what test files add to those.
func (g *Graph) Source(id string) *Package {
	if p := g.Packages[id]; p != nil && (!p.Std || strings.Contains(id, " [")) {
		return p
	}
	return nil
}

// ExportPath is the import path under which the export data of an ID is found.
func ExportPath(id string) string {
	path, _, _ := strings.Cut(id, " [")
	return path
}

// Deps returns the import paths of a package and of all that it imports.
func Deps(ctx context.Context, cfg Config, path string) (map[string]bool, error) {
	roots, err := packages.Load(&packages.Config{
		Context: ctx, Mode: packages.NeedName | packages.NeedImports | packages.NeedDeps,
		Dir: cfg.Dir, Env: cfg.Env, BuildFlags: cfg.Flags,
	}, path)
	if err != nil {
		return nil, fmt.Errorf("listing what %s imports: %w", path, err)
	}
	deps := map[string]bool{}
	packages.Visit(roots, nil, func(p *packages.Package) { deps[p.PkgPath] = true })
	return deps, nil
}

// Exports asks the go command for the export data of packages, which it
// compiles for that when its cache does not hold it. The build that follows
// uses what was compiled. The result maps import paths to files.
func Exports(ctx context.Context, cfg Config, paths []string) (map[string]string, error) {
	files := map[string]string{}
	if len(paths) == 0 {
		return files, nil
	}
	list, err := packages.Load(&packages.Config{
		Context: ctx, Mode: packages.NeedName | packages.NeedExportFile, Dir: cfg.Dir, Env: cfg.Env, BuildFlags: cfg.Flags,
	}, paths...)
	if err != nil {
		return nil, fmt.Errorf("compiling the packages that are imported: %w", err)
	}
	for _, p := range list {
		if p.ExportFile != "" {
			files[p.PkgPath] = p.ExportFile
		}
	}
	return files, nil
}
