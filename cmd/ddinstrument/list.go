package main

import (
	"encoding/json"
	"fmt"
	"go/token"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/overlay"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

func (a *app) listCommand() *cobra.Command {
	c := a.packagesCommand("list", "List what would be traced, and under which names", `
With --json, it is printed as JSON, with all that is known of each target. With
--libs, the libraries are listed that the packages use and ddinstrument knows.
Build flags such as -tags have go's meaning.

	ddinstrument list ./...
	ddinstrument list --libs ./...`, ".", a.list)
	c.Use = "list [--json] [--libs] [build flags] [packages]"
	return c
}

// packagesCommand makes a command about packages that builds nothing.
func (a *app) packagesCommand(verb, short, long, packages string, do func(*overlay.Command, *overlay.Build) error) *cobra.Command {
	c := a.command(verb, short, long, nil, func(c *cobra.Command, cmd *overlay.Command) error {
		if len(cmd.Patterns) == 0 {
			cmd.Patterns = []string{packages}
		}
		b, err := a.prepare(c, cmd)
		if err != nil {
			return err
		}
		if len(b.Missing) > 0 {
			fmt.Fprintln(a.err, strings.Join(b.Missing, "\n"))
			return errSaid
		}
		return do(cmd, b)
	})
	c.Use = verb + " [build flags] [packages]"
	return c
}

// A listed target, as list --json prints it.
type listed struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Name     string `json:"name"`
	Resource string `json:"resource"`          // as written, an expression in braces
	Service  string `json:"service,omitempty"` // without it: the parent's
	Kind     string `json:"kind"`              // function, method, literal, block or statement
	Selected string `json:"selected"`          // what selected it
	Context  string `json:"context"`           // where the parent comes from
	Errors   bool   `json:"errors"`            // whether a returned error marks the span
}

func (a *app) list(cmd *overlay.Command, b *overlay.Build) error {
	if cmd.Libs != "" {
		return a.listLibs(cmd, b)
	}
	if isSet(cmd, "json") {
		targets := make([]listed, 0, len(b.Traced))
		for _, t := range b.Traced {
			targets = append(targets, listedOf(t))
		}
		enc := json.NewEncoder(a.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "\t")
		return enc.Encode(targets)
	}
	short := func(path string) string { return a.short(cmd, path) }
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, t := range b.Traced {
		details := ""
		if t.Resource != t.Name {
			details += " resource=" + t.Resource
		}
		if t.Service != "" {
			details += " service=" + t.Service
		}
		if t.By != directives.ByDirective {
			details += ", by " + selectedBy(t.By, t.From, short)
		}
		fmt.Fprintf(w, "%s:%d:%d\t%s\t%s%s\n", short(t.Pos.Filename), t.Pos.Line, t.Pos.Column, t.Name, t.Context, details)
	}
	return w.Flush()
}

// selectedBy says what selected a target and, when that does not stand right
// above it, where it stands: a flag on no line.
func selectedBy(by string, from token.Position, path func(string) string) string {
	switch {
	case from.Filename == "":
		return by
	case from.Line == 0:
		return by + " " + from.Filename
	}
	return by + " " + path(from.Filename) + ":" + strconv.Itoa(from.Line)
}

func listedOf(t rewriter.Traced) listed {
	absolute := func(path string) string { return path }
	return listed{
		File: t.Pos.Filename, Line: t.Pos.Line, Column: t.Pos.Column, Name: t.Name, Resource: t.Resource,
		Service: t.Service, Kind: string(t.Target), Selected: selectedBy(t.By, t.From, absolute), Context: t.Context, Errors: t.Errors,
	}
}
