package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/ddinstrument/ddinstrument/overlay"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

// require has the go command add the runtime to go.mod files.
func (a *app) require(cmd *overlay.Command, mods []string) error {
	for _, path := range mods {
		status, err := (&overlay.Build{}).Go(getCommand(cmd, path), a.env, a.streams())
		if err != nil {
			return err
		}
		if !status.OK() {
			a.status = overlay.Status{Code: failed}
			return errGo
		}
	}
	return nil
}

// hint says which go.mod files do not require the runtime that the sources
// import, and what adds it.
func (a *app) hint(cmd *overlay.Command, mods []string) {
	if len(mods) == 0 {
		return
	}
	names := make([]string, len(mods))
	var commands strings.Builder
	for i, path := range mods {
		names[i] = a.short(cmd, path)
		get := getCommand(cmd, path)
		commands.WriteString("\n\t" + typed(get))
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), "vendor", "modules.txt")); err == nil {
			commands.WriteString("\n\t" + typed(&overlay.Command{Verb: "mod vendor", Dir: get.Dir}))
		}
	}
	verb := "does"
	if len(mods) > 1 {
		verb = "do"
	}
	fmt.Fprintf(a.err, "ddinstrument: %s %s not require the runtime yet; this adds it:%s\n", strings.Join(names, ", "), verb, commands.String())
}

// getCommand is the go command that adds the runtime to a go.mod file.
func getCommand(cmd *overlay.Command, path string) *overlay.Command {
	get := &overlay.Command{Verb: "get", Dir: fromHere(filepath.Dir(path)), Patterns: []string{rewriter.Runtime + "@" + release(debug.ReadBuildInfo())}}
	if filepath.Base(path) != "go.mod" { // -modfile: it stands anywhere
		get.Dir = cmd.Dir
	}
	if alt, ok := cmd.Flag("modfile"); ok {
		get.Flags = []string{"-modfile=" + alt}
	}
	return get
}

// fromHere is a folder as seen from the working directory, "" for that.
func fromHere(dir string) string {
	here, err := os.Getwd()
	if err != nil {
		return dir
	}
	rel, err := filepath.Rel(here, dir)
	switch {
	case err != nil || len(rel) > len(dir):
		return dir
	case rel == ".":
		return ""
	}
	return rel
}

// typed is a go command as one types it.
func typed(cmd *overlay.Command) string {
	words := []string{"go " + cmd.Verb}
	if cmd.Dir != "" {
		words = append(words, "-C", cmd.Dir)
	}
	words = append(append(words, cmd.Flags...), cmd.Patterns...)
	for i, w := range words[1:] {
		if strings.ContainsAny(w, " \t'\"\\$&;()") {
			words[i+1] = strconv.Quote(w)
		}
	}
	return strings.Join(words, " ")
}

// release is the version of the runtime that goes with this program: its own,
// if that is one that the go command can find.
func release(info *debug.BuildInfo, ok bool) string {
	if !ok || info.Main.Path != rewriter.Module || info.Main.Replace != nil {
		return "latest"
	}
	v := info.Main.Version
	if !semver.IsValid(v) || module.IsPseudoVersion(v) || semver.Build(v) != "" {
		return "latest"
	}
	return v
}
