package overlay

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
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
	args := append([]string{cmd.Verb}, b.Flags...)
	args = append(args, without(cmd.Flags, b.Drop...)...)
	args = append(args, cmd.Patterns...)
	return append(args, cmd.Rest...)
}

// GOFLAGS is the value of the environment variable with which an ordinary go
// command builds what this build is: what it holds already, and ours.
func (b *Build) GOFLAGS(cmd *Command, env []string) (string, error) {
	e, err := readGoEnv(context.Background(), cmd.Dir, env)
	if err != nil {
		return "", err
	}
	return joinFlags(append(without(e.flags(), b.Drop...), b.Flags...)), nil
}

// Go runs the go command and returns its exit status.
func (b *Build) Go(cmd *Command, env []string, s Streams) (Status, error) {
	c := exec.Command("go", b.GoArgs(cmd)...)
	c.Dir, c.Env = cmd.Dir, env
	c.Stdin, c.Stdout, c.Stderr = s.In, s.Out, s.Err
	return wait(c)
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
	exe := filepath.Join(st.dir, "run", key, programName(cmd, b.Main))
	if err := os.MkdirAll(filepath.Dir(exe), 0o777); err != nil {
		return "", Status{}, err
	}
	build := *cmd
	build.Verb = "build"
	build.Flags = append(without(cmd.Flags, "exec", "o"), "-o="+exe)
	build.Rest = nil
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
	if len(cmd.Patterns) > 0 && strings.HasSuffix(cmd.Patterns[0], ".go") {
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
