package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/term"

	"github.com/ddinstrument/ddinstrument/overlay"
)

// nowhere is what a diff calls a file that is not there, for patch and git
// apply to know it by.
const nowhere = "/dev/null"

// diffOf is a change as gofmt -d would print it.
func diffOf(path string, c overlay.Change, color bool) []byte {
	name := strings.TrimPrefix(filepath.ToSlash(path), "./")
	before, after := name+".orig", name
	switch {
	case c.Old == nil:
		before = nowhere
	case c.New == nil:
		before, after = name, nowhere
	}
	d := diff.Diff(before, c.Old, after, c.New)
	if !color {
		return d
	}
	return colorDiff(d)
}

// colorDiff gives the lines of a diff the colours that git gives them.
func colorDiff(d []byte) []byte {
	var b bytes.Buffer
	header := true
	for line := range bytes.Lines(d) {
		style := ""
		switch text := bytes.TrimSuffix(line, []byte("\n")); {
		case bytes.HasPrefix(text, []byte("@@")):
			style, header = "36", false
		case header:
			style = "1"
		case bytes.HasPrefix(text, []byte("-")):
			style = "31"
		case bytes.HasPrefix(text, []byte("+")):
			style = "32"
		}
		if style == "" {
			b.Write(line)
			continue
		}
		b.WriteString("\x1b[" + style + "m" + strings.TrimSuffix(string(line), "\n") + "\x1b[0m\n")
	}
	return b.Bytes()
}

// colored reports whether what is printed should have colours: a terminal
// shows it, and the user has not said that he wants none.
func (a *app) colored(w io.Writer) bool {
	f, ok := w.(*os.File)
	getenv := overlay.Getenv(a.env)
	return ok && term.IsTerminal(int(f.Fd())) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}
