package overlay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
		if slices.Contains(cmd.Late, word) && len(without([]string{word}, b.Drop...)) == 0 {
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
	c := exec.Command(b.command(), b.GoArgs(cmd)...)
	c.Dir, c.Env = cmd.Dir, b.environ(env)
	c.Stdin, c.Stdout, c.Stderr = s.In, s.Out, s.Err
	if b.Overlay != "" {
		clean := b.cleaner(s.Err)
		defer clean.flush()
		c.Stderr = clean
	}
	return wait(c)
}

// command is the go command that builds.
func (b *Build) command() string {
	if b.GOROOT == "" {
		return "go"
	}
	return filepath.Join(b.GOROOT, "bin", "go")
}

// environ is the environment that it builds in: with a GOROOT of ours it is to
// be that toolchain, and no other.
func (b *Build) environ(env []string) []string {
	if b.GOROOT == "" {
		return env
	}
	return append(slices.Clone(env), "GOROOT="+b.GOROOT, "GOTOOLCHAIN=local")
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
