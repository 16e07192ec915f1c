package directives

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Results names what the words _0, _1, ... mean in a return.KEY expression of
// the function: its results, those that have a usable name of their own
// excepted.
func Results(decl *ast.FuncDecl) map[string]int {
	names := map[string]int{}
	for i, name := range resultNames(decl) {
		if name == "_" {
			names["_"+itoa(i)] = i
		}
	}
	return names
}

// resultNames lists the names of a function's results, "_" for those without.
func resultNames(decl *ast.FuncDecl) []string {
	var names []string
	if decl.Type.Results == nil {
		return nil
	}
	for _, field := range decl.Type.Results.List {
		if len(field.Names) == 0 {
			names = append(names, "_")
		}
		for _, name := range field.Names {
			names = append(names, name.Name)
		}
	}
	return names
}

// CheckTypes type-checks the expressions of a directive in the scope of the
// function it stands above, and says what the type checker says. The
// function's body must have been part of the checked package.
func CheckTypes(fset *token.FileSet, pkg *types.Package, t Target, sig *types.Signature) []Diagnostic {
	c := &checker{fset: fset, pkg: pkg, body: t.Decl.Body.Pos(), named: resultNames(t.Decl)}
	c.declareResults(t.Decl, sig)
	if t.Directive.Resource.Expr {
		c.check("resource", t.Directive.Resource)
	}
	for _, tag := range t.Directive.Tags {
		if tag.Value.Expr {
			c.check("tag."+tag.Key, tag.Value)
		}
	}
	for _, v := range t.Directive.Ignored {
		c.checkError(v)
	}
	c.inReturn = true
	for _, tag := range t.Directive.Returns {
		c.check("return."+tag.Key, tag.Value)
	}
	return c.diagnostics
}

type checker struct {
	fset        *token.FileSet
	pkg         *types.Package
	body        token.Pos // the opening brace: every parameter is in scope, no local is
	results     map[string]int
	named       []string // the results' names, "_" for none
	inReturn    bool
	diagnostics []Diagnostic
}

// declareResults makes _0, _1, ... known at the function's opening brace, in a
// scope of their own that no code of the user's can see.
func (c *checker) declareResults(decl *ast.FuncDecl, sig *types.Signature) {
	c.results = Results(decl)
	outer := c.pkg.Scope().Innermost(c.body)
	if outer == nil || len(c.results) == 0 {
		return
	}
	scope := types.NewScope(outer, c.body, c.body+1, "results")
	for name, i := range c.results {
		v := sig.Results().At(i)
		scope.Insert(types.NewVar(token.NoPos, c.pkg, name, v.Type()))
	}
}

func (c *checker) check(key string, v Value) (types.TypeAndValue, bool) {
	var none types.TypeAndValue
	e, err := parser.ParseExpr(v.Text)
	if err != nil {
		return none, false // said by Parse
	}
	if !c.inReturn {
		if name := c.usesResult(e); name != "" {
			c.report(v, key+": {"+v.Text+"}: "+name+" is a result, which is not known before the function ends; "+instead(key))
			return none, false
		}
	}
	tv, err := c.eval(v.Text)
	switch {
	case err != nil:
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
		if message == "undefined: _"+itoa(i) {
			return "; the result's name is " + name
		}
	}
	return ""
}

// eval type-checks an expression in the function's scope. An error is in the
// type checker's words.
func (c *checker) eval(expr string) (types.TypeAndValue, error) {
	e, err := parser.ParseExpr(expr)
	if err != nil {
		return types.TypeAndValue{}, err
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	err = types.CheckExpr(c.fset, c.pkg, c.body, e, info)
	if te, ok := err.(types.Error); ok {
		err = errors.New(te.Msg)
	}
	return info.Types[e], err
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
			_, unnamed := c.results[n.Name]
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

func (c *checker) report(v Value, message string) {
	c.diagnostics = append(c.diagnostics, Diagnostic{Pos: Position(c.fset, v.Pos), Message: message})
}
