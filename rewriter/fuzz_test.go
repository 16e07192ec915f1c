package rewriter_test

import (
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/internal/progen"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

// FuzzPlan traces every function of a file, beside what its directives ask for:
// whatever it holds, there is something to say about it, or what it becomes
// parses; and type-checks, if the file did.
func FuzzPlan(f *testing.F) {
	for _, src := range seeds(f) {
		f.Add(src)
	}
	std := newStd()
	f.Fuzz(func(t *testing.T, src []byte) {
		before := newChecked(std)
		if !before.parse("a.go", src) {
			return
		}
		before.check()
		plan, found := rewriter.Make(before.pkg())
		if slices.ContainsFunc(found, func(d directives.Diagnostic) bool { return !d.Warning }) {
			return
		}
		after := newChecked(std)
		for _, fp := range plan.Files {
			if out := plan.Splice(fp); !after.parse(fp.File.Path, out) {
				t.Fatalf("what it becomes does not parse: %v\n%s", after.err, out)
			}
		}
		if len(plan.Files) == 0 {
			return
		}
		for name, out := range plan.SiteFiles() {
			if !after.parse(name, out) {
				t.Fatalf("what is declared does not parse: %v\n%s", after.err, out)
			}
		}
		if after.check(); before.err == nil && after.err != nil {
			t.Fatalf("what it becomes does not type-check: %v\n%s", after.err, plan.Splice(plan.Files[0]))
		}
	})
}

// seeds are the Go files of the scripts, and generated programs.
func seeds(f *testing.F) [][]byte {
	var list [][]byte
	scripts, err := filepath.Glob("../testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		f.Fatal("no scripts", err)
	}
	for _, path := range scripts {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, ".go") {
				list = append(list, file.Data)
			}
		}
	}
	for n := range uint64(20) {
		list = append(list, progen.Generate("p", progen.Options{Seed: n, Mode: progen.Mode(n % 2), Size: 10}).Src)
	}
	return list
}

// std imports the packages that files may use, and the runtime.
type std struct {
	from     types.Importer
	packages map[string]*types.Package
}

func newStd() *std {
	return &std{importer.ForCompiler(token.NewFileSet(), "source", nil), map[string]*types.Package{}}
}

var errElsewhere = errors.New("not imported here")

func (s *std) Import(path string) (*types.Package, error) {
	if pkg, ok := s.packages[path]; ok {
		return pkg, nil
	}
	switch path {
	case "unsafe":
		return types.Unsafe, nil
	case "context", "errors", "fmt", "iter", "log", "os", "testing", rewriter.Runtime:
		pkg, err := s.from.Import(path)
		if err == nil {
			s.packages[path] = pkg
		}
		return pkg, err
	case progen.ModulePath + "/lib":
		return s.library()
	}
	return nil, errElsewhere
}

// library is what generated programs are written with.
func (s *std) library() (*types.Package, error) {
	src, err := os.ReadFile("../internal/progen/lib/lib.go")
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "lib.go", src, 0)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: s, Error: func(error) {}} // bufio and others are not imported here
	pkg, _ := conf.Check(progen.ModulePath+"/lib", fset, []*ast.File{file}, nil)
	pkg.MarkComplete()
	s.packages[pkg.Path()] = pkg
	return pkg, nil
}

// A checked is a package that is type-checked as far as it goes.
type checked struct {
	std   *std
	fset  *token.FileSet
	files []rewriter.File
	types *types.Package
	info  *types.Info
	err   error // the first
}

func newChecked(std *std) *checked {
	return &checked{std: std, fset: token.NewFileSet(), info: &types.Info{
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
		Types: map[ast.Expr]types.TypeAndValue{}, Scopes: map[ast.Node]*types.Scope{},
	}}
}

func (c *checked) parse(path string, src []byte) bool {
	file, err := parser.ParseFile(c.fset, path, src, parser.ParseComments)
	if err != nil {
		c.err = err
		return false
	}
	c.files = append(c.files, rewriter.File{Path: path, Src: src, Syntax: file})
	return true
}

func (c *checked) check() {
	var syntax []*ast.File
	for _, f := range c.files {
		syntax = append(syntax, f.Syntax)
	}
	conf := types.Config{Importer: c.std, FakeImportC: true, Error: func(err error) {
		if c.err == nil {
			c.err = err
		}
	}}
	c.types, _ = conf.Check("p", c.fset, syntax, c.info)
}

func (c *checked) pkg() *rewriter.Package {
	return &rewriter.Package{
		Path: "example.com/p", Name: c.files[0].Syntax.Name.Name, Fset: c.fset, Files: c.files, Types: c.types, Info: c.info,
		Rules: []directives.Rule{directives.All("--all")}, Ends: true, Main: true,
	}
}
