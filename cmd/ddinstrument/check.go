package main

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/overlay"
)

func (a *app) checkCommand() *cobra.Command {
	c := a.packagesCommand("check", "Check the directives of packages, and build nothing", `
Every mistake is printed as file:line:col: what is wrong; what to do. The exit
status is 1 when there is one. Build flags such as -tags have go's meaning.

With -v, what has been understood is printed too: each directive, other tools'
included, what it stands above and the name of its span; what types, packages
and rules select; and which of that is passed over, and why.

	ddinstrument check ./...`, ".", a.check)
	c.Use = "check [-v] [build flags] [packages]"
	return c
}

// A reading is a line of check -v.
type reading struct {
	pos            token.Position
	by, what, name string
}

func (a *app) check(cmd *overlay.Command, b *overlay.Build) error {
	if !isSet(cmd, "v") {
		return nil
	}
	short := func(path string) string { return a.short(cmd, path) }
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, r := range readings(b, short) {
		name := cmp.Or(r.name, "-")
		fmt.Fprintf(w, "%s:%d:%d\t%s\t%s\t%s\n", short(r.pos.Filename), r.pos.Line, r.pos.Column, r.by, r.what, name)
	}
	return w.Flush()
}

// readings are the directives of a build, and what else selects, by position.
func readings(b *overlay.Build, path func(string) string) []reading {
	var list []reading
	for _, r := range b.Read {
		list = append(list, reading{r.Pos, r.Form, r.On, r.Name})
	}
	for _, t := range b.Traced {
		if t.By != directives.ByDirective {
			list = append(list, reading{t.Pos, selectedBy(t.By, t.From, path), string(t.Target) + " " + t.Path, t.Name})
		}
	}
	for _, p := range b.Passed {
		list = append(list, reading{p.Pos, selectedBy(p.By, p.From, path), string(p.Kind) + " " + p.Path, "passed over: " + p.Reason})
	}
	slices.SortStableFunc(list, func(a, b reading) int { return directives.ComparePositions(a.pos, b.pos) })
	return list
}

// isSet reports whether a flag of the go command's without a value is given.
func isSet(cmd *overlay.Command, name string) bool {
	value, ok := cmd.Flag(name)
	return ok && value != "false"
}
