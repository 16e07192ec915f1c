package overlay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// Streams are the standard streams of what is run.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// GoArgs are the arguments of the go command that does what the user's command
// says, with spans.
func (b *Build) GoArgs(cmd *Command) []string {
	flags := append(slices.Clone(b.Flags), without(cmd.Flags, b.Drop...)...)
	patterns := append(slices.Clone(cmd.Patterns), b.Extra...)
	args := []string{cmd.Verb}
	if cmd.Verb == "test" { // a flag ends its list of packages
		args = append(append(args, patterns...), flags...)
	} else {
		args = append(append(args, flags...), patterns...)
	}
	for _, word := range cmd.Rest {
		if contains(cmd.Late, word) && len(without([]string{word}, b.Drop...)) == 0 {
			continue
		}
		args = append(args, word)
	}
	return args
}

// GOFLAGS is the value of the environment variable with which an ordinary go
// command builds what this build is: what it holds already, the build flags of
// the command, and ours.
func (b *Build) GOFLAGS(cmd *Command, env []string) (string, error) {
	e, err := readGoEnv(context.Background(), cmd.Dir, env)
	if err != nil {
		return "", err
	}
	flags := append(e.flags(), cmd.listFlags()...)
	return joinFlags(append(without(flags, b.Drop...), b.Flags...)), nil
}

// Go runs the go command and returns its exit status.
func (b *Build) Go(cmd *Command, env []string, s Streams) (Status, error) {
	c := exec.Command("go", b.GoArgs(cmd)...)
	c.Dir, c.Env = cmd.Dir, env
	c.Stdin, c.Stdout, c.Stderr = s.In, s.Out, s.Err
	if b.Overlay != "" {
		clean := b.cleaner(s.Err)
		defer clean.flush()
		c.Stderr = clean
	}
	return wait(c)
}

// Complain has the go command list what a command is about, without spans. When
// that fails it has said what is wrong, in its own words, and ok is false.
func Complain(cmd *Command, env []string, s Streams) (status Status, ok bool) {
	args := append([]string{"list"}, cmd.listFlags()...)
	if cmd.tests() {
		args = append(args, "-test")
	}
	if users, given := cmd.Flag("overlay"); given {
		args = append(args, "-overlay="+users)
	}
	c := exec.Command("go", append(args, cmd.Patterns...)...)
	c.Dir, c.Env = cmd.Dir, env
	var stderr bytes.Buffer
	c.Stderr = &stderr
	status, err := wait(c)
	if err != nil || status.OK() {
		return Status{}, true
	}
	s.Err.Write(stderr.Bytes())
	return status, false
}

// Runs reports whether a run command names one program; without, go run says
// what is wrong.
func (b *Build) Runs(cmd *Command) bool {
	return len(b.Mains) == 1 && len(cmd.Patterns) > 0 &&
		!slices.ContainsFunc(cmd.Patterns, func(p string) bool { return strings.HasSuffix(p, "_test.go") })
}

// Program builds the program of a run command and returns where it is. With a
// status other than 0 the build failed, and has said why.
func (b *Build) Program(cmd *Command, env []string, s Streams) (string, Status, error) {
	st, err := openStore(getenv(env))
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
	exe := filepath.Join(st.dir, "run", key, programName(cmd, b.Mains[0]))
	if err := os.MkdirAll(filepath.Dir(exe), 0o777); err != nil {
		return "", Status{}, err
	}
	build := *cmd
	build.Verb = "build"
	build.Flags = append(without(cmd.Flags, "exec", "o"), "-o="+exe)
	build.Rest = nil
	if !cmd.NamesFiles() {
		build.Patterns = b.Mains // a pattern may match other packages too
	}
	s.In = nil
	status, err := b.Go(&build, env, s)
	return exe, status, err
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

// Exec runs the program of a run command, by way of -exec if that was given.
func Exec(cmd *Command, exe string, env []string, s Streams) (Status, error) {
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

// A Status is how a process ended: by itself with an exit code, or by a signal.
type Status struct {
	Code   int
	Signal os.Signal // nil unless the process was ended by one
}

// OK reports whether all went well.
func (s Status) OK() bool { return s == Status{} }

// wait runs a process to its end and hands on what signals arrive meanwhile.
func wait(c *exec.Cmd) (Status, error) {
	stop := handOn(c)
	err := c.Start()
	if err != nil {
		stop(nil)
		return Status{Code: 1}, err
	}
	err = stop(c.Process)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return statusOf(exit), nil
	}
	return Status{}, err
}
