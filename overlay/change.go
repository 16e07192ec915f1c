package overlay

import (
	"context"
	"errors"

	"github.com/ddinstrument/ddinstrument/directives"
)

// A Change is what becomes of a file of the user's, or of one that is
// generated beside those.
type Change struct {
	Path string // absolute
	Old  []byte // nil: there is no such file
	New  []byte // nil: there is to be none
}

// Changes are what rewrite or strip would do.
type Changes struct {
	Files       []Change                // by path
	Modules     []string                // the go.mod files of modules that would need to require the runtime, and do not
	Missing     []string                // what go list says of packages that were asked for and are not there
	Edited      []directives.Diagnostic // inserted code that a person has edited since
	Diagnostics []directives.Diagnostic // of the directives, sorted; with one that is no warning there are no Files
}

// Rewrite plans the packages of a command and returns what puts the spans into
// their sources. It writes nothing.
func Rewrite(ctx context.Context, cmd *Command, env []string) (*Changes, error) {
	return nil, errors.New("not written yet")
}

// Strip returns what takes the spans out of the sources of the packages of a
// command. It writes nothing.
func Strip(ctx context.Context, cmd *Command, env []string) (*Changes, error) {
	return nil, errors.New("not written yet")
}
