package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/ddinstrument/ddinstrument/overlay"
)

// A listedLibrary is a package of a library, as list --libs --json prints it.
type listedLibrary struct {
	Library string   `json:"library"`           // what --libs=... calls it
	Package string   `json:"package"`           // the package that is changed
	Version string   `json:"version,omitempty"` // of the module, or of Go
	Traced  bool     `json:"traced"`
	What    string   `json:"what"`            // what is traced of it
	Spans   []string `json:"spans,omitempty"` // operation names, as far as rules name them
	Why     string   `json:"why,omitempty"`   // why it is not traced
}

// listLibs prints the libraries that a build has and what is done to them.
func (a *app) listLibs(cmd *overlay.Command, b *overlay.Build) error {
	if b.Incomplete {
		if status, ok := overlay.Complain(cmd, a.env, a.streams()); !ok {
			a.status = status
			return errGo
		}
	}
	if isSet(cmd, "json") {
		list := make([]listedLibrary, 0, len(b.Libs))
		for _, l := range b.Libs {
			list = append(list, listedLibrary{l.Name, l.Package, l.Version, l.Why == "", l.About, l.Spans, l.Why})
		}
		enc := json.NewEncoder(a.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "\t")
		return enc.Encode(list)
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, l := range b.Libs {
		what := "traced: " + l.About
		if l.Why != "" {
			what = "left alone: " + l.Why
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", l.Package, l.Version, what)
	}
	return w.Flush()
}

// unknownLibs says, once for each library, that its version is not known.
func (a *app) unknownLibs(b *overlay.Build) {
	var said []string
	for _, l := range b.Libs {
		if l.Unknown && !slices.Contains(said, l.Name) {
			said = append(said, l.Name)
			fmt.Fprintf(a.err, "ddinstrument: %s is not traced: %s\n", strings.TrimSpace(l.Name+" "+l.Version), l.Why)
		}
	}
}
