package overlay

import (
	"bytes"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/internal/load"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

// A unit is a package whose files are planned together: of a package and its
// variants for tests, the one with the most files.
type unit struct {
	pkg   *load.Package
	src   map[string][]byte // contents by file
	root  bool              // it was asked for, not only imported
	tests bool              // it has test files in it

	mentions bool    // a file may hold a directive
	rules    []*rule // those that may select functions of the package
	ends     bool    // the package is linked into a traced program
	main     bool    // it is such a program
	testMain bool    // a test binary is made from it that is such a program
	writeTM  bool    // and its TestMain is ours to write

	placed map[string][]byte // what its files become in place, and new ones

	sum string // what content returns, once it is known
}

// units groups the packages of a graph and reads their files.
func units(g *load.Graph, read func(string) ([]byte, error)) ([]*unit, error) {
	byKey := map[string]*unit{}
	for _, p := range g.Packages {
		key := p.Path + " " + p.Name
		if u, ok := byKey[key]; !ok || better(p, u.pkg) {
			byKey[key] = &unit{pkg: p}
		}
	}
	list := make([]*unit, 0, len(byKey))
	for _, u := range byKey {
		u.src = map[string][]byte{}
		for _, f := range u.pkg.Files {
			src, err := read(f)
			if err != nil {
				return nil, err
			}
			u.src[f] = src
			u.mentions = u.mentions || directives.Mentioned(src)
			u.tests = u.tests || rewriter.IsTest(f)
		}
		u.root = slices.ContainsFunc(g.Roots, func(id string) bool {
			p := g.Packages[id]
			return p.Path == u.pkg.Path && p.Name == u.pkg.Name
		})
		list = append(list, u)
	}
	slices.SortFunc(list, func(a, b *unit) int {
		return strings.Compare(a.pkg.Path+" "+a.pkg.Name, b.pkg.Path+" "+b.pkg.Name)
	})
	return list, nil
}

// better reports whether of two variants a package is planned from p rather
// than from q.
func better(p, q *load.Package) bool {
	if len(p.Files) != len(q.Files) {
		return len(p.Files) > len(q.Files)
	}
	return p.ID < q.ID
}

var (
	traceLine = regexp.MustCompile(`(?m)^[ \t]*//(dd:trace|dd:span|otelc:span)\b`)
	testMain  = regexp.MustCompile(`(?m)^func TestMain\(`)
)

// traced reports whether spans come from a package: by a directive, or by
// calls of the runtime's API.
func (u *unit) traced() bool {
	if _, ok := u.pkg.Imports[rewriter.Runtime]; ok || u.pkg.Lib {
		return true
	}
	for _, src := range u.src {
		if u.mentions && traceLine.Match(src) || slices.ContainsFunc(u.rules, func(r *rule) bool { return r.Mentioned(src) }) {
			return true
		}
	}
	return false
}

// external reports whether the unit is a package of external tests.
func (u *unit) external() bool { return strings.HasSuffix(u.pkg.Name, "_test") && u.tests }

// selects reports whether something may select code of the package.
func (u *unit) selects() bool { return u.mentions || len(u.rules) > 0 }

// ruleList are the rules as the language has them.
func (u *unit) ruleList() []directives.Rule {
	var list []directives.Rule
	for _, r := range u.rules {
		list = append(list, r.Rule)
	}
	return list
}

// matches reports whether a pattern matches in one of the unit's files.
func (u *unit) matches(re *regexp.Regexp) bool {
	for _, src := range u.src {
		if re.Match(src) {
			return true
		}
	}
	return false
}

// index finds units by import path: a package, and its external tests.
func index(list []*unit) map[string][]*unit {
	byPath := map[string][]*unit{}
	for _, u := range list {
		byPath[u.pkg.Path] = append(byPath[u.pkg.Path], u)
	}
	return byPath
}

// programs finds the traced programs among the roots, main packages and test
// binaries, and marks what must flush when they end.
func programs(list []*unit, tests bool) {
	byPath := index(list)
	var std []*unit // what programs reach by way of packages that are nobody's
	for _, u := range list {
		if u.pkg.Std {
			std = append(std, u)
		}
	}
	for _, u := range list {
		if !u.root {
			continue
		}
		reach := append(closure(u, byPath), std...)
		if !slices.ContainsFunc(reach, (*unit).traced) {
			continue
		}
		if u.pkg.Name == "main" || tests && u.tests {
			for _, r := range reach {
				r.ends = true
			}
		}
		u.main = u.pkg.Name == "main"
		if tests && u.tests {
			markTests(u, byPath)
		}
	}
}

// markTests marks a package and its external tests, which are one binary. Its
// TestMain is the user's, or written into one of the two.
func markTests(u *unit, byPath map[string][]*unit) {
	path := strings.TrimSuffix(u.pkg.Path, "_test")
	var both []*unit
	for _, v := range append(slices.Clone(byPath[path]), byPath[path+"_test"]...) {
		if v.tests {
			both = append(both, v)
		}
	}
	has := false
	for _, v := range both {
		v.testMain = true
		v.ends = true // the TestMain of one ends the tests of both
		has = has || v.matches(testMain)
	}
	i := slices.IndexFunc(both, func(v *unit) bool { return v.pkg.Imports["testing"] != "" })
	if !has && i >= 0 { // where testing is imported it can be: testing is made from some packages
		both[i].writeTM = true
	}
}

// closure returns a unit and all that it imports.
func closure(u *unit, byPath map[string][]*unit) []*unit {
	seen := map[*unit]bool{u: true}
	list := []*unit{u}
	for i := 0; i < len(list); i++ {
		for path := range list[i].pkg.Imports {
			for _, next := range byPath[path] {
				if !seen[next] {
					seen[next] = true
					list = append(list, next)
				}
			}
		}
	}
	return list
}

// touched reports whether the unit has anything to plan.
func (u *unit) touched() bool {
	if u.selects() || u.writeTM || (u.main || u.testMain) && u.pkg.TLS {
		return true
	}
	for _, src := range u.src {
		if u.mayEnd(src) {
			return true
		}
	}
	return false
}

func (u *unit) mayEnd(src []byte) bool {
	return (u.ends || u.main || u.testMain) && rewriter.MayEnd(src)
}

// key names everything that a unit's plan is made from. deps are the units
// whose types its own depend on.
func (u *unit) key(fset *token.FileSet, global []byte, deps []*unit) string {
	parts := [][]byte{global, []byte(u.pkg.ID), u.options()}
	for _, r := range u.rules {
		parts = append(parts, r.key(fset))
	}
	for _, d := range deps {
		parts = append(parts, d.content())
	}
	return hash(parts...)
}

// content names what the unit's files are.
func (u *unit) content() []byte {
	if u.sum == "" {
		parts := [][]byte{[]byte(u.pkg.ID)}
		for _, f := range u.pkg.Files {
			parts = append(parts, []byte(f), u.src[f])
		}
		u.sum = hash(parts...)
	}
	return []byte(u.sum)
}

func (u *unit) options() []byte {
	var b bytes.Buffer
	for _, o := range []bool{u.ends, u.main, u.testMain, u.writeTM, u.pkg.TLS} {
		if o {
			b.WriteByte('1')
		} else {
			b.WriteByte('0')
		}
	}
	return b.Bytes()
}
