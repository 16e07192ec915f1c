package load

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A Source is a file of a package that is outlined.
type Source struct {
	Path  string
	Src   []byte
	Whole bool // functions' bodies are looked at, too
}

// An Outlined package is what can be known of a package by itself.
type Outlined struct {
	Files  []*ast.File // as the sources, nil for one that does not parse
	Types  *types.Package
	Info   *types.Info
	Errors []types.Error // what is wrong, as far as it has nothing to do with imports
}

// Outline parses and type-checks a package by itself: what it imports is not
// looked at, so that nothing has to be compiled for it. What depends on an
// import has an invalid type, but for context.Context.
func Outline(fset *token.FileSet, path string, sources []Source) Outlined {
	o := Outlined{Info: newInfo()}
	var bare []*ast.File
	imports := map[string][]*ast.ImportSpec{}
	for _, s := range sources {
		file, err := parser.ParseFile(fset, s.Path, s.Src, parser.ParseComments)
		if err != nil {
			o.Files = append(o.Files, nil)
			o.Errors = append(o.Errors, types.Error{Fset: fset, Msg: err.Error()})
			continue
		}
		o.Files = append(o.Files, file)
		imports[s.Path] = file.Imports
		bare = append(bare, withoutBodies(file, func(*ast.File, *ast.FuncDecl) bool { return s.Whole }))
	}
	conf := types.Config{
		FakeImportC: true,
		Importer:    known{},
		Error: func(err error) {
			if e, ok := err.(types.Error); ok && !ofImports(e, imports[fset.PositionFor(e.Pos, false).Filename]) {
				o.Errors = append(o.Errors, e)
			}
		},
	}
	o.Types, _ = conf.Check(path, fset, bare, o.Info)
	return o
}

// known is an importer that has package context, as far as types tell how a
// span gets its parent, and nothing else.
type known struct{}

func (known) Import(path string) (*types.Package, error) {
	switch path {
	case "unsafe":
		return types.Unsafe, nil
	case contextPackage:
		return contextOutline(), nil
	}
	return nil, fmt.Errorf("%s is not looked at", path)
}

const contextPackage = "context"

// contextOutline is package context with nothing in it but Context.
func contextOutline() *types.Package {
	pkg := types.NewPackage(contextPackage, contextPackage)
	tuple := func(list ...types.Type) *types.Tuple {
		var vars []*types.Var
		for _, t := range list {
			vars = append(vars, types.NewParam(token.NoPos, pkg, "", t))
		}
		return types.NewTuple(vars...)
	}
	method := func(name string, params, results *types.Tuple) *types.Func {
		return types.NewFunc(token.NoPos, pkg, name, types.NewSignatureType(nil, nil, nil, params, results, false))
	}
	anything, done := types.Universe.Lookup("any").Type(), types.NewChan(types.RecvOnly, types.NewStruct(nil, nil))
	iface := types.NewInterfaceType([]*types.Func{
		method("Deadline", nil, tuple(types.Typ[types.Invalid], types.Typ[types.Bool])), // time.Time is not looked at either
		method("Done", nil, tuple(done)),
		method("Err", nil, tuple(types.Universe.Lookup("error").Type())),
		method("Value", tuple(anything), tuple(anything)),
	}, nil).Complete()
	name := types.NewTypeName(token.NoPos, pkg, "Context", nil)
	types.NewNamed(name, iface, nil)
	pkg.Scope().Insert(name)
	pkg.MarkComplete()
	return pkg
}

// ofImports reports whether an error in a file with these imports is about what an import would have had. The name of a
// package that is not looked at may be another than its path's last element: that of gopkg.in/yaml.v3 is yaml.
func ofImports(e types.Error, imports []*ast.ImportSpec) bool {
	if strings.HasPrefix(e.Msg, "could not import ") || strings.HasPrefix(e.Msg, "undefined: "+contextPackage+".") {
		return true
	}
	name, ok := strings.CutPrefix(e.Msg, "undefined: ")
	return ok && slices.ContainsFunc(imports, func(spec *ast.ImportSpec) bool {
		return spec.Name == nil && strings.Contains(spec.Path.Value, name)
	})
}
