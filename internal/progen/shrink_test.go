package progen

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// shrinkTime is how long a failing program is made smaller.
const shrinkTime = 4 * time.Minute

// shrink makes failing programs of a batch smaller, as many as are wanted, and
// leaves what remains in a folder.
func (l *lab) shrink(t *testing.T, b *batch) {
	t.Helper()
	for _, p := range b.programs {
		if len(b.problems[p.Name]) == 0 || l.left == 0 {
			continue
		}
		l.left--
		s := &shrinker{lab: l, t: t, program: p, until: time.Now().Add(shrinkTime), check: newTypeCheck()}
		s.program = Generate(packageOf(0), p.Options)
		if s.kind = s.fails(s.program.Src); s.kind == "" {
			t.Logf("%s does not fail on its own", p.Name)
			continue
		}
		s.run()
		dir, err := os.MkdirTemp("", p.Name+"-")
		if err != nil {
			t.Fatal(err)
		}
		write(t, dir, Module([]Program{s.program}))
		t.Logf("%s, made smaller (%s), is in %s:\n%s", p.Name, s.kind, filepath.Join(dir, "p0"), s.program.Src)
	}
}

type shrinker struct {
	lab     *lab
	t       *testing.T
	program Program
	kind    string // how it fails
	until   time.Time
	check   *typeCheck
}

// fails says how a program fails, in the first words of what there is to say,
// or "".
func (s *shrinker) fails(src []byte) string {
	p := s.program
	p.Src = src
	b := s.lab.batch(s.t, []Program{p})
	b.compare(s.t)
	b.compareAlone(s.t, p.Name)
	for _, list := range b.problems {
		return strings.Join(strings.Fields(regexp.MustCompile(`[\d"]+|v\d+|P\d\S*`).ReplaceAllString(list[0], ""))[:3], " ")
	}
	return ""
}

// run takes out parts, big ones first, for as long as the program fails in the
// same way. What could not be taken out is tried again only when all else has
// been.
func (s *shrinker) run() {
	for shorter := true; shorter; {
		shorter = false
		tried := map[string]bool{}
		for p, ok := s.next(tried); ok && time.Now().Before(s.until); p, ok = s.next(tried) {
			if src := without(s.program.Src, p); s.check.ok(src) && s.fails(src) == s.kind {
				s.program.Src, shorter = src, true
			}
		}
	}
}

// next returns the biggest part that has not been tried, and notes it.
func (s *shrinker) next(tried map[string]bool) (part, bool) {
	lines := strings.Split(string(s.program.Src), "\n")
	for _, p := range s.parts() {
		if text := strings.Join(lines[p.from-1:p.to], "\n"); !tried[text] {
			tried[text] = true
			return p, true
		}
	}
	return part{}, false
}

// A part is a range of lines, from 1, the last one included.
type part struct{ from, to int }

// parts lists what may be taken out: functions, statements with what stands
// above them, directives.
func (s *shrinker) parts() []part {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", s.program.Src, parser.ParseComments)
	if err != nil {
		s.t.Fatal(err)
	}
	lines := strings.Split(string(s.program.Src), "\n")
	var list []part
	add := func(n ast.Node) {
		from, to := fset.Position(n.Pos()).Line, fset.Position(n.End()).Line
		for from > 1 && above.MatchString(lines[from-2]) {
			from--
		}
		list = append(list, part{from, to})
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Name.Name != s.program.Name {
				add(n)
			}
		case *ast.BlockStmt:
			for _, stmt := range n.List {
				add(stmt)
			}
		case *ast.CaseClause:
			for _, stmt := range n.Body {
				add(stmt)
			}
		case *ast.CommClause:
			for _, stmt := range n.Body {
				add(stmt)
			}
		}
		return true
	})
	slices.SortStableFunc(list, func(a, b part) int { return (b.to - b.from) - (a.to - a.from) })
	for i, line := range lines {
		if strings.Contains(line, "//dd:") {
			list = append(list, part{i + 1, i + 1})
		}
	}
	return list
}

var (
	above     = regexp.MustCompile(`^\s*(//|lib\.N\()`)
	directive = regexp.MustCompile(`//dd:trace (\S+)`)
	counted   = regexp.MustCompile(`^\s*lib\.N\("(P[^"]+)"\)$`)
)

// without takes lines out, and the counts of places that are no longer traced.
func without(src []byte, p part) []byte {
	lines := strings.Split(string(src), "\n")
	lines = append(slices.Clone(lines[:p.from-1]), lines[p.to:]...)
	traced := map[string]bool{}
	for _, line := range lines {
		if m := directive.FindStringSubmatch(line); m != nil {
			traced[m[1]] = true
		}
	}
	lines = slices.DeleteFunc(lines, func(line string) bool {
		m := counted.FindStringSubmatch(line)
		return m != nil && !traced[m[1]]
	})
	return []byte(strings.Join(lines, "\n"))
}

// A typeCheck tells quickly whether a program compiles.
type typeCheck struct {
	fset     *token.FileSet
	packages map[string]*types.Package
	std      types.Importer
}

func newTypeCheck() *typeCheck {
	fset := token.NewFileSet()
	return &typeCheck{fset, map[string]*types.Package{}, importer.ForCompiler(fset, "source", nil)}
}

func (c *typeCheck) Import(path string) (*types.Package, error) {
	if pkg, ok := c.packages[path]; ok {
		return pkg, nil
	}
	pkg, err := c.std.Import(path)
	if path == ModulePath+"/lib" {
		pkg, err = c.parse([]byte(library))
	}
	if err == nil {
		c.packages[path] = pkg
	}
	return pkg, err
}

func (c *typeCheck) parse(src []byte) (*types.Package, error) {
	file, err := parser.ParseFile(c.fset, "", src, 0)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: c}
	return conf.Check("p", c.fset, []*ast.File{file}, nil)
}

func (c *typeCheck) ok(src []byte) bool {
	_, err := c.parse(src)
	return err == nil
}
