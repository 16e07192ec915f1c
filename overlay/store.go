package overlay

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// A store is ddinstrument's cache folder. Everything in it can be deleted at
// any time while nothing is being built.
type store struct{ dir string }

// unused is for how long a file that no build has used stays in the store.
const unused = 10 * 24 * time.Hour

// openStore returns the user's store: $DDINSTRUMENT_CACHE, or ddinstrument in
// the user's cache folder.
func openStore(getenv func(string) string) (store, error) {
	dir := getenv("DDINSTRUMENT_CACHE")
	if dir == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return store{}, fmt.Errorf("finding the cache folder (set DDINSTRUMENT_CACHE to name one): %w", err)
		}
		dir = filepath.Join(base, "ddinstrument")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return store{}, err
	}
	return store{dir}, nil
}

// hash is the name of a content.
func hash(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d\n", len(p))
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// put writes a content under a name made from it, and returns the path. The
// base of the path is the given one: what a tool prints of it looks familiar.
func (s store) put(base string, content []byte) (string, error) {
	h := hash(content)
	path := filepath.Join(s.dir, "files", h[:2], h, base)
	if info, err := os.Stat(path); err == nil && info.Size() == int64(len(content)) {
		now := time.Now()
		if now.Sub(info.ModTime()) > time.Hour {
			os.Chtimes(path, now, now) // it is in use; if this fails it is only pruned early
		}
		return path, nil
	}
	return path, writeFile(path, content, 0o444)
}

// writeFile writes a file so that nobody ever reads half of it.
func writeFile(path string, content []byte, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // gone already when all went well
	_, err = tmp.Write(content)
	if err := errors.Join(err, tmp.Chmod(mode), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// readJSON fills v from a file of the store, and reports whether it could.
func (s store) readJSON(name string, v any) bool {
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	return err == nil && json.Unmarshal(data, v) == nil
}

func (s store) writeJSON(name string, v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	path := filepath.Join(s.dir, name)
	return path, writeFile(path, data, 0o666)
}

// prune deletes what has not been used for long. It does so at most once a day
// and never fails a build.
func (s store) prune() {
	mark := filepath.Join(s.dir, "pruned")
	if info, err := os.Stat(mark); err == nil && time.Since(info.ModTime()) < 24*time.Hour {
		return
	}
	if writeFile(mark, nil, 0o666) != nil {
		return
	}
	for _, sub := range []string{"files", "plans", "builds", "run"} {
		filepath.WalkDir(filepath.Join(s.dir, sub), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil
			}
			if info, err := d.Info(); err == nil && time.Since(info.ModTime()) > unused {
				os.Remove(path)
				os.Remove(filepath.Dir(path)) // succeeds when it was the last
			}
			return nil
		})
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
