package overlay

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/internal/load"
)

// inputs is what the outcome of a preparation depends on, beside the command
// line and the environment: it tells whether anything has changed since.
type inputs struct {
	Time  time.Time            // when it was made
	Files map[string]fileState // a file that is missing has the zero state
	Dirs  map[string]string    // the names that matter in a folder
}

// A fileState tells one content of a file from another.
type fileState struct {
	Size  int64
	MTime int64 // nanoseconds since 1970
	CTime int64 // of the inode: it moves with a rename, and when the MTime is set back
	Hash  string
	Head  string // of a Go file: the hash of all up to the end of its imports
}

// racy is how close to the making of the inputs a file's time may be before
// its content is compared: a file can change twice within the resolution of
// its file system's clock.
const racy = 2 * time.Second

// A change is how much has changed.
type change int

const (
	nothing  change = iota
	contents        // of Go files, below their imports
	graph           // which packages there are, or how they are built
)

func newInputs() *inputs {
	return &inputs{Time: time.Now(), Files: map[string]fileState{}, Dirs: map[string]string{}}
}

// file notes a file. Go files are compared in two steps, head and rest.
func (in *inputs) file(path string) {
	if _, ok := in.Files[path]; ok {
		return
	}
	in.Files[path] = readState(path)
}

func readState(path string) fileState {
	info, err := os.Stat(path)
	if err != nil {
		return fileState{}
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return fileState{}
	}
	s := fileState{Size: info.Size(), MTime: info.ModTime().UnixNano(), CTime: changeTime(info), Hash: hash(src)}
	if strings.HasSuffix(path, ".go") {
		s.Head = hash(load.Head(src))
	}
	return s
}

// dir notes a folder: which Go files and, for patterns with "...", which
// folders are in it.
func (in *inputs) dir(path string, folders bool) {
	if folders || in.Dirs[path] == "" {
		in.Dirs[path] = listing(path, folders)
	}
}

func listing(path string, folders bool) string {
	entries, err := os.ReadDir(path)
	if err != nil {
		return "none"
	}
	var b strings.Builder
	if folders {
		b.WriteString("+")
	}
	for _, e := range entries {
		switch {
		case strings.HasSuffix(e.Name(), ".go"), e.Name() == "go.mod", e.Name() == "vendor":
		case folders && e.IsDir() && !hidden(e.Name()):
		default:
			continue
		}
		b.WriteString("/" + e.Name())
	}
	return b.String() + "."
}

// hidden reports whether patterns with "..." pass a folder over.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "vendor"
}

// sources notes the Go files of a folder: those too that a build constraint
// keeps out of the build, for an edit can take the constraint away.
func (in *inputs) sources(path string, tests bool) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return
	}
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".go") && (tests || !strings.HasSuffix(name, "_test.go")) {
			in.file(filepath.Join(path, name))
		}
	}
}

// above notes the files that decide which module and which workspace a folder
// belongs to and which rules there are, whether they are there or not.
func (in *inputs) above(path string) {
	for {
		for _, name := range []string{"go.mod", "go.work", directives.RuleFile} {
			in.file(filepath.Join(path, name))
		}
		parent := filepath.Dir(path)
		if parent == path {
			return
		}
		path = parent
	}
}

// between notes the files that would take a folder out of the module it is in.
func (in *inputs) between(module, path string) {
	for len(path) > len(module) && strings.HasPrefix(path, module) {
		in.file(filepath.Join(path, "go.mod"))
		path = filepath.Dir(path)
	}
}

// tree notes all folders that a pattern with "..." looks into.
func (in *inputs) tree(root string) {
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil
		}
		if path != root && hidden(d.Name()) {
			return fs.SkipDir
		}
		in.dir(path, true)
		return nil
	})
}

// since compares with what is there now.
func (in *inputs) since() change {
	for path, old := range in.Dirs {
		if listing(path, strings.HasPrefix(old, "+")) != old {
			return graph
		}
	}
	most := nothing
	for path, old := range in.Files {
		most = max(most, in.fileSince(path, old))
		if most == graph {
			break
		}
	}
	return most
}

func (in *inputs) fileSince(path string, old fileState) change {
	info, err := os.Stat(path)
	if err != nil {
		if old == (fileState{}) {
			return nothing
		}
		return graph
	}
	same := old.Size == info.Size() && old.MTime == info.ModTime().UnixNano() && old.CTime == changeTime(info)
	if recent := in.Time.Add(-racy); same && info.ModTime().Before(recent) && old.CTime < recent.UnixNano() {
		return nothing
	}
	now := readState(path)
	switch {
	case now.Hash == old.Hash:
		return nothing
	case now.Head != "" && now.Head == old.Head:
		return contents
	}
	return graph
}

// roots returns the folders that patterns with "..." look into: those below
// dir for relative ones, whole modules for others.
func patternRoots(dir string, patterns, modules []string) []string {
	var roots []string
	for _, p := range patterns {
		before, _, wild := strings.Cut(p, "...")
		switch {
		case p == "all" || p == "work" || wild && !strings.HasPrefix(p, ".") && !filepath.IsAbs(p):
			roots = append(roots, modules...)
		case wild:
			roots = append(roots, filepath.Dir(abs(dir, before)+"x"))
		}
	}
	slices.Sort(roots)
	return slices.Compact(roots)
}
