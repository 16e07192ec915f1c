package overlay

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/ddinstrument/ddinstrument/rewriter"
	runtimefs "github.com/ddinstrument/ddinstrument/runtime"
)

// unpack puts the runtime's sources, which this program carries, into the
// store, once, as a module with the given language version: a module that is
// required may not ask for a newer one than the module that requires it. The
// runtime's files themselves ask for the language they need.
func (p *preparer) unpack(goVersion string) (string, error) {
	files := map[string][]byte{"go.mod": fmt.Appendf(nil, "module %s\n\ngo %s\n", rewriter.Module, goVersion)}
	err := fs.WalkDir(runtimefs.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata/") {
			return err
		}
		files["runtime/"+path], err = runtimefs.FS.ReadFile(path)
		return err
	})
	if err != nil {
		return "", err
	}
	dir := filepath.Join(p.store.dir, "runtime", contentsHash(files))
	p.build.Needs = append(p.build.Needs, filepath.Join(dir, "go.mod"))
	if complete(dir, files) {
		return dir, nil
	}
	for name, data := range files {
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(name)), data, 0o444); err != nil {
			return "", fmt.Errorf("unpacking the runtime: %w", err)
		}
	}
	return dir, nil
}

func contentsHash(files map[string][]byte) string {
	var parts [][]byte
	for _, name := range sortedKeys(files) {
		parts = append(parts, []byte(name), files[name])
	}
	return hash(parts...)
}

// complete reports whether every file is there, as it should be.
func complete(dir string, files map[string][]byte) bool {
	for name, want := range files {
		have, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil || !bytes.Equal(have, want) {
			return false
		}
	}
	return true
}
