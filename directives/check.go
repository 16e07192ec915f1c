package directives

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// Results names what the words _0, _1, ... mean in a return.KEY expression of
// a function: its results, those that have a usable name of their own excepted.
func Results(fn *ast.FuncType) map[string]int {
	names := map[string]int{}
	for i, name := range resultNames(fn) {
		if name == "_" {
			names["_"+strconv.Itoa(i)] = i
		}
	}
	return names
}

// resultNames lists the names of a function's results, "_" for those without.
func resultNames(fn *ast.FuncType) []string {
	var names []string
	if fn.Results == nil {
		return nil
	}
	for _, field := range fn.Results.List {
		if len(field.Names) == 0 {
			names = append(names, "_")
		}
		for _, name := range field.Names {
			names = append(names, name.Name)
		}
	}
	return names
}

// checkTarget type-checks the expressions of a directive in the scope of the
// code that it traces, and says what the type checker says. The body of the
// function around a literal or a statement must have been part of the package.
func checkTarget(pkg *Package, t Target) []Diagnostic {
	if !t.Directive.evaluates() {
		return nil
	}
	c := &checker{fset: pkg.Fset, pkg: pkg.Types, at: t.Node().Pos(), unnamed: map[string]types.Type{}}
	if t.IsFunc() {
		sig := signature(pkg.Info, t)
		if sig == nil {
			return nil // the compiler says why
		}
		c.at = t.Body().Pos()
		c.named = resultNames(t.Type())
		for name, i := range Results(t.Type()) {
			c.unnamed[name] = sig.Results().At(i).Type()
		}
	}
	c.scope = pkg.Types.Scope().Innermost(c.at)
	if t.By != ByDirective {
		c.suffix = ", in " + t.Path
	}
	if t.Directive.Resource.Expr {
		c.check("resource", t.Directive.Resource)
	}
	c.tags("tag.", t.Directive.Tags)
	for _, v := range t.Directive.Ignored {
		c.checkError(v)
	}
	c.inReturn = true
	c.tags("return.", t.Directive.Returns)
	return c.diagnostics
}

// evaluates reports whether a directive holds an expression.
func (d Directive) evaluates() bool {
	return d.Resource.Expr || len(d.Tags)+len(d.Returns)+len(d.Ignored) > 0
}

// signature is the type of a function, nil where it is not known.
func signature(info *types.Info, t Target) *types.Signature {
	typ := types.Type(nil)
	if t.Lit != nil {
		typ = info.TypeOf(t.Lit)
	} else {
		typ = info.TypeOf(t.Decl.Name)
	}
	sig, _ := typ.(*types.Signature)
	return sig
}

// checkPoint does the same for the expressions of a //dd:tag.
func checkPoint(pkg *Package, p Point) []Diagnostic {
	c := &checker{fset: pkg.Fset, pkg: pkg.Types, at: p.Pos(), scope: p.Scope(pkg.Types, pkg.Info)}
	c.tags("", p.Directive.Tags)
	return c.diagnostics
}

// tags checks the values that are expressions.
func (c *checker) tags(prefix string, tags []Tag) {
	for _, tag := range tags {
		if tag.Value.Expr {
			c.check(prefix+tag.Key, tag.Value)
		}
	}
}

type checker struct {
	fset        *token.FileSet
	pkg         *types.Package
	at          token.Pos             // where expressions are evaluated: in a function the opening brace, where every parameter is known and no local
	scope       *types.Scope          // there; nil where the package could not be checked
	unnamed     map[string]types.Type // what _0, _1, ... are
	named       []string              // the results' names, "_" for none
	inReturn    bool
	suffix      string // says which function, of those that a directive selects
	diagnostics []Diagnostic
}

func (c *checker) check(key string, v Value) (types.TypeAndValue, bool) {
	var none types.TypeAndValue
	e, err := parser.ParseExpr(v.Text)
	if err != nil {
		return none, false // said by Parse
	}
	if !c.inReturn {
		if name := c.usesResult(e); name != "" {
			said := c.report(v, key+": {"+v.Text+"}: "+name+" is a result, which is not known before the function ends; "+instead(key))
			if tag, ok := strings.CutPrefix(key, "tag."); ok {
				said.Fix = Tag{tag, v}.rename("tag", "return")
			}
			return none, false
		}
	}
	tv, err := c.eval(v.Text)
	switch {
	case err != nil:
	case tv.IsBuiltin():
		c.report(v, key+": {"+v.Text+"} (built-in) must be called")
		return none, false
	case tv.Type == nil || tv.Type == types.Typ[types.Invalid]:
		return none, false // made of what only cgo knows, or what the compiler will complain of
	case !tv.IsValue() && !tv.IsNil():
		c.report(v, key+": {"+v.Text+"} is not a value")
		return none, false
	case isTuple(tv.Type):
		c.report(v, key+": {"+v.Text+"} must be one value")
		return none, false
	default:
		// Not every expression can be given away: a generic function can't,
		// nor a constant that no type holds.
		_, err = c.eval("interface{}(" + v.Text + ")")
	}
	if err != nil {
		c.report(v, key+": {"+v.Text+"}: "+err.Error()+c.hint(err.Error()))
		return none, false
	}
	return tv, true
}

// instead says where a result can be used.
func instead(key string) string {
	if tag, ok := strings.CutPrefix(key, "tag."); ok {
		return "write return." + tag + "={...}"
	}
	return "only return.KEY={...} can use it"
}

// hint helps someone who calls a named result _0.
func (c *checker) hint(message string) string {
	for i, name := range c.named {
		if message == "undefined: _"+strconv.Itoa(i) {
			return "; the result's name is " + name
		}
	}
	return ""
}

// eval type-checks an expression. An error is in the type checker's words.
func (c *checker) eval(expr string) (types.TypeAndValue, error) {
	e, err := parser.ParseExpr(expr)
	if err != nil {
		return types.TypeAndValue{}, err
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	err = types.CheckExpr(c.fset, c.view(e), c.at, e, info)
	if te, ok := err.(types.Error); ok {
		err = errors.New(te.Msg)
	}
	return info.Types[e], err
}

// view makes a package like the user's in which an expression means what it
// means at its place, _0, _1, ... included. The user's package is only read:
// other analyzers may read it at the same time.
func (c *checker) view(e ast.Expr) *types.Package {
	pkg := types.NewPackage(c.pkg.Path(), c.pkg.Name())
	scope := types.NewScope(pkg.Scope(), c.at, c.at+1, "")
	for name, t := range c.unnamed {
		scope.Insert(types.NewVar(token.NoPos, pkg, name, t))
	}
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || c.scope == nil {
			return true
		}
		switch _, obj := c.scope.LookupParent(id.Name, c.at); obj := obj.(type) {
		case nil:
		case *types.PkgName: // is its package's alone
			scope.Insert(types.NewPkgName(obj.Pos(), pkg, obj.Name(), obj.Imported()))
		default:
			scope.Insert(obj)
		}
		return true
	})
	return pkg
}

// checkError checks a value of ignore={...}: it must be an error.
func (c *checker) checkError(v Value) {
	tv, ok := c.check("ignore", v)
	errType := types.Universe.Lookup("error").Type()
	if ok && !types.AssignableTo(tv.Type, errType) {
		c.report(v, "ignore: {"+v.Text+"} is not an error but of type "+types.TypeString(types.Default(tv.Type), types.RelativeTo(c.pkg)))
	}
}

// usesResult returns the first result that an expression means, if any. What
// only bears the name of one, such as a field, is none.
func (c *checker) usesResult(e ast.Expr) string {
	found := ""
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if found == "" {
				found = c.usesResult(n.X)
			}
			return false
		case *ast.KeyValueExpr:
			if found == "" {
				found = c.usesResult(n.Value)
			}
			return false
		case *ast.FuncLit:
			return false // may declare anything
		case *ast.Ident:
			_, unnamed := c.unnamed[n.Name]
			if found == "" && (unnamed || n.Name != "_" && slices.Contains(c.named, n.Name)) {
				found = n.Name
			}
		}
		return found == ""
	})
	return found
}

func isTuple(t types.Type) bool {
	_, ok := t.(*types.Tuple)
	return ok
}

func (c *checker) report(v Value, message string) *Diagnostic {
	c.diagnostics = append(c.diagnostics, At(c.fset, v.Pos, message+c.suffix))
	return &c.diagnostics[len(c.diagnostics)-1]
}
