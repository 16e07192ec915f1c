package overlay

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/internal/load"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

// stdPattern is the go command's name for the whole standard library.
const stdPattern = "std"

// namesStd reports whether a pattern may name packages of the standard library.
// Those with "..." for a first element and the names of sets do not: what they
// are meant for is the user's own code.
func (p pattern) namesStd(goroot string) bool {
	first, _, _ := strings.Cut(p.text, "/")
	switch {
	case p.folder, strings.Contains(first, "."), p.text == "all", p.text == "work":
		return false
	}
	return p.text == stdPattern || isDir(filepath.Join(goroot, "src", first))
}

// matchesStd reports whether a pattern matches a package of the standard
// library.
func (p pattern) matchesStd(path string) bool {
	return p.text == stdPattern || p.expr.MatchString(path)
}

// std has packages of the standard library that rules name count as the user's.
// Without such a rule that costs nothing.
func (p *preparer) std(ctx context.Context, cfg *load.Config) error {
	var rules []*rule
	for _, r := range p.rules {
		if r.pattern.namesStd(p.goenv.GOROOT) {
			rules = append(rules, r)
		}
	}
	if len(rules) == 0 {
		return nil
	}
	below, err := load.Deps(ctx, *cfg, rewriter.Runtime)
	if err == nil {
		cfg.NoTLS, err = load.Deps(ctx, *cfg, rewriter.WithNet)
	}
	if err != nil {
		return err
	}
	for _, r := range rules {
		if below[r.pattern.text] {
			r.functions = true // nothing more is to be said of it
			p.build.Diagnostics = append(p.build.Diagnostics, directives.Diagnostic{Pos: r.From,
				Message: "package " + r.pattern.text + " can't be traced: the tracer is made from it; trace the functions that call it"})
		}
	}
	cfg.Std = func(path string) bool {
		if below[path] || BeneathGo(path) {
			return false
		}
		for _, r := range rules {
			if r.pattern.matchesStd(path) {
				return true
			}
		}
		return false
	}
	return nil
}

// BeneathGo reports whether a package is part of what every Go program, or one
// with cgo, a race detector or coverage, is built on: imports of it are not
// written down.
func BeneathGo(path string) bool {
	for _, top := range []string{"runtime", "internal/runtime", "internal/coverage", "testing/internal", "vendor", "cmd"} {
		if path == top || strings.HasPrefix(path, top+"/") {
			return true
		}
	}
	return false
}
