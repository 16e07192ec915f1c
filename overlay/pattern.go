package overlay

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/ddinstrument/ddinstrument/internal/load"
)

// A pattern is a package pattern, as the go command has them (go help packages).
type pattern struct {
	text   string // with slashes; one that names folders is absolute
	folder bool
	expr   *regexp.Regexp
}

// newPattern reads a pattern that is relative to a folder.
func newPattern(text, dir string) pattern {
	folder := isFolder(text)
	if folder {
		text = filepath.ToSlash(abs(dir, filepath.FromSlash(text)))
	}
	// "..." stands for anything, and a "/..." at the end for nothing too.
	expr := strings.ReplaceAll(regexp.QuoteMeta(text), `\.\.\.`, ".*")
	if before, ok := strings.CutSuffix(expr, "/.*"); ok {
		expr = before + "(/.*)?"
	}
	return pattern{text, folder, regexp.MustCompile("^" + expr + "$")}
}

// isFolder reports whether a pattern names folders, not import paths.
func isFolder(text string) bool {
	return text == "." || text == ".." || strings.HasPrefix(text, "./") || strings.HasPrefix(text, "../") || filepath.IsAbs(text)
}

func (p pattern) matches(pkg *load.Package, mains []mainModule) bool {
	switch {
	case pkg.Std:
		return p.matchesStd(strings.TrimSuffix(pkg.Path, "_test"))
	case p.folder:
		return p.expr.MatchString(filepath.ToSlash(pkg.Dir)) && p.reaches(pkg, mains)
	case p.text == "all":
		return true
	case p.text == "work":
		return slices.ContainsFunc(mains, func(m mainModule) bool { return m.dir == pkg.Root })
	}
	path := pkg.Path
	if pkg.ForTest+"_test" == path {
		path = pkg.ForTest // an external test is tested by its package's name
	}
	return p.expr.MatchString(path)
}

// reaches reports whether a folder's pattern goes as far as a package: one with
// "..." passes over the folders that the go command passes over and stops where
// another module begins, but above the modules of a workspace takes them all.
func (p pattern) reaches(pkg *load.Package, mains []mainModule) bool {
	before, _, wild := strings.Cut(p.text, "...")
	if !wild {
		return true
	}
	root := before[:strings.LastIndexByte(before, '/')]
	if rest, ok := strings.CutPrefix(filepath.ToSlash(pkg.Dir), root+"/"); ok {
		for element := range strings.SplitSeq(rest, "/") {
			if hidden(element) {
				return false
			}
		}
	}
	nested := pkg.Root != "" && below(filepath.ToSlash(pkg.Root), root)
	return !nested || !within(filepath.FromSlash(root), mains)
}

// within reports whether a folder is part of one of the modules.
func within(folder string, mains []mainModule) bool {
	for _, m := range mains {
		if folder == m.dir || below(filepath.ToSlash(folder), filepath.ToSlash(m.dir)) {
			return true
		}
	}
	return false
}

// below reports whether a folder lies below another.
func below(folder, top string) bool {
	return strings.HasPrefix(folder, strings.TrimSuffix(top, "/")+"/")
}
