package overlay

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ddinstrument/ddinstrument/internal/load"
)

// placeOf is the folder in which a package is changed: its own, unless that is
// in the module cache, which no overlay may touch.
func (p *preparer) placeOf(pkg *load.Package) (dir string, inCache bool) {
	if pkg.Std || !below(filepath.ToSlash(pkg.Dir), filepath.ToSlash(p.goenv.GOMODCACHE)) {
		return pkg.Dir, false
	}
	return p.inCache(pkg.Dir), true
}

// inCache is a folder of the module cache by another name: by way of a link in
// the store. For the go command what is there is no part of the cache.
func (p *preparer) inCache(dir string) string {
	rel, err := filepath.Rel(p.goenv.GOMODCACHE, dir)
	if err != nil {
		return dir
	}
	return filepath.Join(p.cacheLink(), rel)
}

func (p *preparer) cacheLink() string {
	return filepath.Join(p.store.dir, "modules", hash([]byte(p.goenv.GOMODCACHE))[:8])
}

// besideCache names what is changed in a standard library that lies in the
// module cache, as that of a toolchain does which the go command has downloaded,
// by way of the link, and has the build take that toolchain from there.
func (p *preparer) besideCache() error {
	root := filepath.ToSlash(p.goenv.GOROOT)
	if !below(root, filepath.ToSlash(p.goenv.GOMODCACHE)) {
		return nil
	}
	for _, path := range sortedKeys(p.files) {
		if below(filepath.ToSlash(path), root) {
			p.files[p.inCache(path)] = p.files[path]
			delete(p.files, path)
			p.build.GOROOT = p.inCache(p.goenv.GOROOT)
		}
	}
	for i, m := range p.marked {
		if below(filepath.ToSlash(m.Original), root) {
			p.marked[i].Original = p.inCache(m.Original)
		}
	}
	if p.build.GOROOT == "" {
		return nil
	}
	if p.cmd.Verb == "overlay" {
		return fmt.Errorf("the go command has downloaded this toolchain, and no overlay of an ordinary go command can change its standard library: install %s, or leave the standard library alone (--libs=off)", p.goenv.GOVERSION)
	}
	return p.link()
}

// link makes the link to the module cache.
func (p *preparer) link() error {
	link := p.cacheLink()
	p.build.Needs = append(p.build.Needs, link)
	if to, err := os.Readlink(link); err == nil && to == p.goenv.GOMODCACHE {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(link), 0o777); err != nil {
		return err
	}
	if err := os.Symlink(p.goenv.GOMODCACHE, link); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("linking to the module cache: %w", err)
	}
	return nil
}
