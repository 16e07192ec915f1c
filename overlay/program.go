package overlay

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/lockedfile"
	"golang.org/x/mod/module"
)

// Runs reports whether a run command names one program; without, go run says
// what is wrong.
func (b *Build) Runs(cmd *Command) bool {
	return len(b.Mains) == 1 && len(cmd.Patterns) > 0 &&
		!slices.ContainsFunc(cmd.Patterns, func(p string) bool { return strings.HasSuffix(p, "_test.go") })
}

// Program builds the program of a run command and returns where it is, for Exec
// to run once. With a status other than 0 the build failed, and has said why.
func (b *Build) Program(cmd *Command, env []string, s Streams) (string, Status, error) {
	st, err := openStore(Getenv(env))
	if err != nil {
		return "", Status{}, err
	}
	dir, err := filepath.Abs(cmd.Dir)
	if err != nil {
		return "", Status{}, err
	}
	// The same command always builds to the same place: when nothing has
	// changed, the go command sees that and does not link again.
	key := hash([]byte(dir), []byte(strings.Join(cmd.Flags, "\n")), []byte(strings.Join(cmd.Patterns, "\n")))
	home := filepath.Join(st.dir, "run", key)
	built := filepath.Join(home, "built", programName(cmd, b.Mains[0]))
	if err := os.MkdirAll(filepath.Dir(built), 0o777); err != nil {
		return "", Status{}, err
	}
	unlock, err := lockedfile.MutexAt(filepath.Join(home, "lock")).Lock()
	if err != nil {
		return "", Status{}, err
	}
	defer unlock()
	build := *cmd
	build.Verb = "build"
	build.Flags = append(without(cmd.Flags, "exec", "o"), "-o="+built)
	build.Rest = nil
	if !cmd.NamesFiles() {
		build.Patterns = b.Mains // a pattern may match other packages too
	}
	s.In = nil
	status, err := b.Go(&build, env, s)
	if err != nil || !status.OK() {
		return "", status, err
	}
	exe, err := ownCopy(built)
	return exe, status, err
}

// ownCopy gives a run a file of its own, in a folder of its own: the next one
// may build another program in the same place.
func ownCopy(built string) (string, error) {
	dir, err := os.MkdirTemp(filepath.Dir(filepath.Dir(built)), "run-")
	if err != nil {
		return "", err
	}
	exe := filepath.Join(dir, filepath.Base(built))
	if os.Link(built, exe) == nil {
		return exe, nil
	}
	data, err := os.ReadFile(built)
	if err != nil {
		return "", err
	}
	return exe, os.WriteFile(exe, data, 0o777)
}

// programName is what go run would call the program of a package, or of files.
func programName(cmd *Command, importPath string) string {
	name := path.Base(importPath)
	if prefix, major, ok := module.SplitPathVersion(importPath); ok && major != "" && strings.HasPrefix(major, "/") {
		name = path.Base(prefix)
	}
	if cmd.NamesFiles() {
		name = strings.TrimSuffix(filepath.Base(cmd.Patterns[0]), ".go")
	}
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return name
}

// Exec runs what Program has built, by way of -exec if that was given, and
// removes it.
func Exec(cmd *Command, exe string, env []string, s Streams) (Status, error) {
	defer os.RemoveAll(filepath.Dir(exe))
	words := []string{exe}
	if by, ok := cmd.Flag("exec"); ok {
		words = append(splitFlags(by), words...)
	}
	words = append(words, cmd.Rest...)
	c := exec.Command(words[0], words[1:]...)
	c.Dir, c.Env = cmd.Dir, env
	c.Stdin, c.Stdout, c.Stderr = s.In, s.Out, s.Err
	return wait(c)
}
