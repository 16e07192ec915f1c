package overlay

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
)

// put writes contents to the store and returns where they are.
func (p *preparer) put(contents map[string][]byte) (map[string]string, error) {
	files := map[string]string{}
	for path, data := range contents {
		stored, err := p.store.put(filepath.Base(path), data)
		if err != nil {
			return nil, err
		}
		files[path] = stored
	}
	return files, nil
}

// writeOverlay writes an overlay of the user's files and the given ones.
func (p *preparer) writeOverlay(files map[string]string) (string, error) {
	o := overlayFile{Replace: maps.Clone(p.user)}
	maps.Copy(o.Replace, files)
	data, err := json.MarshalIndent(o, "", "\t")
	if err != nil {
		return "", err
	}
	return p.store.put("overlay.json", data)
}

// deliver writes the overlay of everything planned, unless nothing is traced.
func (p *preparer) deliver() error {
	if !p.build.Linked {
		return nil
	}
	mods, err := p.put(p.mods.files)
	if err != nil {
		return err
	}
	if p.cmd.NamesFiles() {
		p.extra()
	}
	if err := p.besideCache(); err != nil {
		return err
	}
	maps.Copy(p.files, mods)
	p.build.Overlay, err = p.writeOverlay(p.files)
	p.build.Flags = append([]string{"-overlay=" + p.build.Overlay}, p.mods.flags...)
	p.build.Drop = append([]string{"overlay"}, p.mods.drop...)
	if _, users := p.cmd.Flag("vet"); p.cmd.Verb == "test" && !users && compareGo(strings.TrimPrefix(p.goenv.GOVERSION, "go"), vetsOverlay) < 0 {
		p.build.Flags = append(p.build.Flags, "-vet=off")
	}
	return errors.Join(err, p.cover())
}

// vetsOverlay is the first Go whose vet finds files that are in the overlay
// alone. Before it, go test would fail where it vets.
const vetsOverlay = "1.24"

// free returns the path for a generated file, another one when the user has a
// file there.
func (p *preparer) free(path string) string {
	dir, name := filepath.Split(path)
	for i := 2; ; i++ {
		if _, err := p.read(path); err != nil {
			return path
		}
		path = filepath.Join(dir, strings.Replace(name, "sites", fmt.Sprintf("sites%d", i), 1))
	}
}

// extra finds the files that were generated for a package of named files: they
// must be named too, in the same way.
func (p *preparer) extra() {
	dir := filepath.Dir(p.cmd.Patterns[0])
	for _, path := range sortedKeys(p.files) {
		if _, err := p.read(path); err != nil && filepath.Dir(path) == abs(p.dir, dir) {
			p.build.Extra = append(p.build.Extra, filepath.Join(dir, filepath.Base(path)))
		}
	}
}
