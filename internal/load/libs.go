package load

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A library set is the packages of libraries that a build has.
type librarySet struct {
	list  []*Package
	reach map[string]bool // packages that are one that is known, or import one in whatever way, by ID
}

// libraries finds the packages that are wanted, and with one that is a module's
// all others of that module: it will be built from another place. Of a package
// and its variants for tests it takes the package.
func (cfg Config) libraries(roots []*packages.Package) librarySet {
	set := librarySet{reach: map[string]bool{}}
	if cfg.Lib == nil {
		return set
	}
	modules := map[string]bool{}
	packages.Visit(roots, nil, func(p *packages.Package) {
		wanted, known := cfg.lib(p)
		set.reach[p.ID] = known
		if wanted && p.Module != nil {
			modules[p.Module.Path] = true
		}
		for _, imported := range p.Imports {
			set.reach[p.ID] = set.reach[p.ID] || set.reach[imported.ID]
		}
	})
	byPath := map[string]*Package{}
	packages.Visit(roots, nil, func(p *packages.Package) {
		of := p.Module != nil && modules[p.Module.Path]
		wanted, _ := cfg.lib(p)
		if len(p.GoFiles) == 0 || isTestMain(p) || strings.HasSuffix(p.Name, "_test") || !of && !wanted {
			return
		}
		own := convert(p)
		own.Lib = wanted
		own.Files = slices.DeleteFunc(slices.Clone(own.Files), func(f string) bool { return strings.HasSuffix(f, "_test.go") })
		byPath[p.PkgPath] = own
	})
	for _, p := range byPath {
		set.list = append(set.list, p)
	}
	slices.SortFunc(set.list, func(a, b *Package) int { return cmp.Compare(a.Path, b.Path) })
	return set
}

func (cfg Config) lib(p *packages.Package) (wanted, known bool) {
	if p.Module == nil {
		return cfg.Lib(p.PkgPath, "std")
	}
	return cfg.Lib(p.PkgPath, version(p.Module))
}

// version is that of what a module is built from, "" when it has none.
func version(m *packages.Module) string {
	if m.Replace != nil && m.Replace.Version != "" {
		return m.Replace.Version
	}
	return m.Version
}
