package overlay

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

// A rule is a rule of the language and what it is about.
type rule struct {
	directives.Rule
	pattern pattern
	dir     string // what the pattern is relative to
	module  string // the folder of the module that the rule is for, "" for all

	packages, functions bool // whether it matches a package, and a function in one
}

// key is all of a rule that a plan depends on.
func (r *rule) key(fset *token.FileSet) []byte {
	return fmt.Appendf(nil, "%s\n%s\n%v %v", r.Func, r.Text, r.From, directives.Position(fset, r.Directive.Pos))
}

// readRules reads the rules of the command line, and then those of files. In a
// workspace a file beside a module's go.mod is for the packages of that module,
// and the one beside go.work for all.
func (p *preparer) readRules() error {
	for _, text := range p.cmd.Trace {
		r, wrong := directives.ParseRule(p.fset, "--trace", text)
		p.addRules([]directives.Rule{r}, wrong, p.dir, "")
	}
	if p.cmd.All {
		p.addRules([]directives.Rule{directives.All("--all")}, nil, p.dir, "")
	}
	if p.goenv.GOWORK == "" || p.goenv.GOWORK == "off" {
		return p.nearestRuleFile()
	}
	top := filepath.Dir(p.goenv.GOWORK)
	for _, m := range p.mods.mains {
		if m.dir == top {
			continue
		}
		if err := p.ruleFile(m.dir, m.dir); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := p.ruleFile(top, ""); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// nearestRuleFile reads the file of rules in the working directory, or the
// nearest one above it.
func (p *preparer) nearestRuleFile() error {
	for dir := p.dir; ; dir = filepath.Dir(dir) {
		err := p.ruleFile(dir, "")
		if !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// ruleFile reads the file of rules of a folder, for the packages of one module
// or of all.
func (p *preparer) ruleFile(dir, module string) error {
	path := filepath.Join(dir, directives.RuleFile)
	p.in.file(path)
	src, err := p.read(path)
	if err != nil {
		return err
	}
	set, wrong := directives.ParseRules(p.fset, path, src)
	p.addRules(set.Rules, wrong, dir, module)
	if p.libsWanted.Libs == "" { // the first one counts
		p.libsWanted = set
	}
	return nil
}

func (p *preparer) addRules(list []directives.Rule, wrong []directives.Diagnostic, dir, module string) {
	p.build.Diagnostics = append(p.build.Diagnostics, wrong...)
	if len(wrong) > 0 {
		return // what they would select says nothing
	}
	for _, r := range list {
		p.rules = append(p.rules, &rule{Rule: r, pattern: newPattern(r.Package, dir), dir: dir, module: module})
	}
}

// applyRules gives each unit the rules whose pattern matches its package.
func (p *preparer) applyRules(list []*unit) {
	for _, r := range p.rules {
		for _, u := range list {
			other := r.module != "" && r.module != u.pkg.Root
			if !other && !rewriter.OfRuntime(u.pkg.Path) && r.pattern.matches(u.pkg, p.mods.mains) {
				r.packages = true
				u.rules = append(u.rules, r)
			}
		}
	}
}

// fit notes which of the unit's rules there is a function for.
func (u *unit) fit(fits []bool) {
	for i, r := range u.rules {
		r.functions = r.functions || i < len(fits) && fits[i]
	}
}

// ineffective says of the rules that match nothing why they do not, if all
// packages are there that were asked for.
func (p *preparer) ineffective() {
	if len(p.graph.Missing) > 0 {
		return
	}
	for _, r := range p.rules {
		why := ""
		switch {
		case r.functions || !r.packages && p.elsewhere(r):
			continue
		case !r.packages:
			why = fmt.Sprintf("no package of this build matches %q", r.Package)
			if !r.pattern.folder {
				why += "; dependencies are not traced"
			}
		case r.Directive.Exported || r.Directive.Min > 0:
			why = fmt.Sprintf("only= and min= rule out every function that matches %q", r.Func)
		default:
			why = fmt.Sprintf("no function matches %q in the packages that match %q", r.Func, r.Package)
		}
		p.build.Diagnostics = append(p.build.Diagnostics, directives.Diagnostic{Pos: r.From, Warning: true, Message: "this rule selects nothing: " + why})
	}
}

// elsewhere reports whether a rule of a file is about packages that are there,
// but not part of this build: then nothing is wrong with it.
func (p *preparer) elsewhere(r *rule) bool {
	if r.From.Line == 0 {
		return false
	}
	before, _, _ := strings.Cut(r.Package, "...")
	before = cmp.Or(strings.TrimSuffix(before, "/"), ".")
	if isFolder(before) {
		return isDir(abs(r.dir, filepath.FromSlash(before)))
	}
	for _, m := range p.mods.mains {
		if rest, ok := strings.CutPrefix(before+"/", m.path+"/"); ok && isDir(filepath.Join(m.dir, filepath.FromSlash(rest))) {
			return true
		}
	}
	return false
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
