package rewriter

import (
	"go/ast"
	"go/types"
)

// passing says how a span gets its parent from a parameter, and whether it can
// be passed on the same way.
type passing int

const (
	byGoroutine passing = iota // no parameter carries a context
	byContext                  // a variable that can hold a context.Context: read, then assigned
	byReading                  // a value that implements context.Context: only read
	byRequest                  // an *http.Request: only read
)

// enter is the call that starts a span, of a site or of a block. By context it
// has one result more, the span's context.
func (how passing) enter(on, ctx string) string {
	switch how {
	case byContext:
		return on + ".Enter(" + ctx + ")"
	case byReading:
		return on + ".EnterFrom(" + ctx + ")"
	case byRequest:
		return on + ".EnterRequest(" + ctx + ")"
	}
	return on + ".EnterGoroutine()"
}

// A param is one parameter: the field that declares it and its place there.
type param struct {
	field *ast.Field
	name  *ast.Ident // nil when the field has no names
	typ   types.Type
}

func (p param) blank() bool { return p.name == nil || p.name.Name == "_" }

// params flattens a parameter list.
func params(list *ast.FieldList, tuple *types.Tuple) []param {
	var all []param
	if list == nil {
		return nil
	}
	for _, field := range list.List {
		if len(field.Names) == 0 {
			all = append(all, param{field: field})
		}
		for _, name := range field.Names {
			all = append(all, param{field: field, name: name})
		}
	}
	for i := range all {
		if i < tuple.Len() {
			all[i].typ = tuple.At(i).Type()
		}
	}
	return all
}

// contextOf chooses the parameter that carries the context: a context.Context
// before an *http.Request before a type that implements context.Context.
func contextOf(list []param) (int, passing) {
	order := []struct {
		how passing
		is  func(types.Type) bool
	}{
		{byContext, isContext},
		{byRequest, isRequest},
		{byContext, holdsContext},
		{byReading, implementsContext},
	}
	for _, o := range order {
		for i, p := range list {
			if p.typ != nil && o.is(p.typ) {
				return i, o.how
			}
		}
	}
	return -1, byGoroutine
}

// isNamed reports whether t is the type pkg.name, aliases seen through.
func isNamed(t types.Type, pkg, name string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	obj := named.Obj()
	return obj.Name() == name && obj.Pkg() != nil && obj.Pkg().Path() == pkg
}

func isContext(t types.Type) bool { return isNamed(t, "context", "Context") }

func isRequest(t types.Type) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	return ok && isNamed(p.Elem(), "net/http", "Request")
}

// holdsContext reports whether a variable of type t, not context.Context
// itself, can hold any context.Context: an interface with no method more.
func holdsContext(t types.Type) bool {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return false
	}
	iface, ok := t.Underlying().(*types.Interface)
	return ok && iface.NumMethods() == len(contextMethods) && implementsContext(t)
}

// contextMethods are the methods of context.Context by signature. They are
// compared as text, because a package may implement the interface without
// importing package context.
var contextMethods = map[string]string{
	"Deadline": "func() (time.Time, bool)",
	"Done":     "func() <-chan struct{}",
	"Err":      "func() error",
	"Value":    "func(any) any",
}

func implementsContext(t types.Type) bool {
	for name, want := range contextMethods {
		obj, _, indirect := types.LookupFieldOrMethod(t, false, nil, name)
		fn, ok := obj.(*types.Func)
		if !ok || indirect || signatureText(fn.Type().(*types.Signature)) != want {
			return false
		}
	}
	return true
}

// signatureText writes a signature without its parameters' names.
func signatureText(sig *types.Signature) string {
	unnamed := types.NewSignatureType(nil, nil, nil, unname(sig.Params()), unname(sig.Results()), sig.Variadic())
	return types.TypeString(unnamed, (*types.Package).Path)
}

func unname(t *types.Tuple) *types.Tuple {
	vars := make([]*types.Var, t.Len())
	for i := range vars {
		typ := t.At(i).Type()
		if iface, ok := typ.Underlying().(*types.Interface); ok && iface.Empty() {
			typ = types.Universe.Lookup("any").Type()
		}
		vars[i] = types.NewVar(0, nil, "", typ)
	}
	return types.NewTuple(vars...)
}

var errorType = types.Universe.Lookup("error").Type()

// errorOf returns the index of the last result that is an error, or -1, and
// whether its type is error itself.
func errorOf(results []param) (index int, exact bool) {
	for i := len(results) - 1; i >= 0; i-- {
		if t := results[i].typ; t != nil && types.Implements(t, errorType.Underlying().(*types.Interface)) {
			return i, types.Identical(t, errorType)
		}
	}
	return -1, false
}
