package load

import (
	"fmt"
	"go/ast"
	goimporter "go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"slices"
)

// A Checker type-checks packages of a graph from their sources, and what they
// import from elsewhere from export data. Function bodies are passed over, but
// for those that are asked for: what a declaration says is mostly enough.
type Checker struct {
	Fset   *token.FileSet
	Report func(error) // if not nil, is told what is wrong with the packages

	graph   *Graph
	exports map[string]string
	arch    string
	read    func(path string) ([]byte, error)
	parsed  map[string]parsed
	typed   map[string]*types.Package
	foreign types.Importer // of export data
}

// NewChecker returns a Checker that parses into a file set. arch is GOARCH, exports comes from Exports, and
// read returns the contents of a source file.
func NewChecker(fset *token.FileSet, g *Graph, exports map[string]string, arch string, read func(string) ([]byte, error)) *Checker {
	c := &Checker{
		Fset: fset, graph: g, exports: exports, arch: arch, read: read,
		parsed: map[string]parsed{}, typed: map[string]*types.Package{},
	}
	c.foreign = goimporter.ForCompiler(c.Fset, "gc", c.lookup)
	return c
}

// parsed is what came of parsing a file.
type parsed struct {
	file *ast.File
	err  error
}

// File parses a file, once. It returns nil for one that does not parse, and why.
func (c *Checker) File(path string) (*ast.File, error) {
	if p, ok := c.parsed[path]; ok {
		return p.file, p.err
	}
	p := c.parse(path)
	c.parsed[path] = p
	return p.file, p.err
}

func (c *Checker) parse(path string) parsed {
	src, err := c.read(path)
	if err != nil {
		return parsed{nil, err}
	}
	file, err := parser.ParseFile(c.Fset, path, src, parser.ParseComments)
	if err != nil {
		return parsed{nil, err}
	}
	return parsed{file, nil}
}

// Files parses files side by side; File has them then. The contents must have
// been read before: read is not called by several at a time otherwise.
func (c *Checker) Files(paths []string) {
	paths = slices.DeleteFunc(slices.Clone(paths), func(path string) bool { _, ok := c.parsed[path]; return ok })
	list := make([]parsed, len(paths))
	InParallel(len(paths), func(i int) { list[i] = c.parse(paths[i]) })
	for i, path := range paths {
		c.parsed[path] = list[i]
	}
}

// Package type-checks a package of the graph, with the bodies of the functions
// that whole reports. Errors in it are passed over: what could not be resolved
// has an invalid type.
func (c *Checker) Package(id string, whole func(*ast.File, *ast.FuncDecl) bool) (*types.Package, *types.Info) {
	info := newInfo()
	return c.check(c.graph.Packages[id], info, whole), info
}

func newInfo() *types.Info {
	return &types.Info{
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
		Types: map[ast.Expr]types.TypeAndValue{}, Scopes: map[ast.Node]*types.Scope{},
	}
}

func (c *Checker) check(p *Package, info *types.Info, whole func(*ast.File, *ast.FuncDecl) bool) *types.Package {
	var files []*ast.File
	for _, path := range p.Files {
		if f, _ := c.File(path); f != nil {
			files = append(files, withoutBodies(f, whole))
		}
	}
	report := c.Report
	if report == nil {
		report = func(error) {}
	}
	conf := types.Config{
		FakeImportC: true,
		Error:       report,
		Importer:    importer{c, p},
		Sizes:       types.SizesFor("gc", c.arch),
	}
	if p.GoVersion != "" {
		conf.GoVersion = "go" + p.GoVersion
	}
	pkg, _ := conf.Check(p.Path, c.Fset, files, info)
	return pkg
}

// withoutBodies returns a copy of a file whose functions' bodies are empty, but
// for those that whole, if not nil, reports. The bodies keep their positions,
// and with them the scopes that hold parameters.
func withoutBodies(f *ast.File, whole func(*ast.File, *ast.FuncDecl) bool) *ast.File {
	bare := *f
	bare.Decls = make([]ast.Decl, len(f.Decls))
	for i, decl := range f.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil && (whole == nil || !whole(f, fn)) {
			copied := *fn
			copied.Body = &ast.BlockStmt{Lbrace: fn.Body.Lbrace, Rbrace: fn.Body.Rbrace}
			decl = &copied
		}
		bare.Decls[i] = decl
	}
	return &bare
}

// An importer resolves the imports of one package.
type importer struct {
	c *Checker
	p *Package
}

func (im importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	id, ok := im.p.Imports[path]
	if !ok {
		id = path
	}
	p := im.c.graph.Source(id)
	if p == nil {
		return im.c.foreign.Import(ExportPath(id))
	}
	if pkg, ok := im.c.typed[id]; ok {
		if pkg == nil {
			return nil, fmt.Errorf("import cycle by way of %s", path)
		}
		return pkg, nil
	}
	im.c.typed[id] = nil
	pkg := im.c.check(p, nil, nil)
	im.c.typed[id] = pkg
	return pkg, nil
}

// lookup opens the export data of a package.
func (c *Checker) lookup(path string) (io.ReadCloser, error) {
	name, ok := c.exports[path]
	if !ok {
		return nil, fmt.Errorf("no export data for %s", path)
	}
	return os.Open(name)
}
