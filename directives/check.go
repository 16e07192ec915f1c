package directives

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// Results names what the words _0, _1, ... mean in a return.KEY expression of
// the function: its results, those that have a usable name of their own
// excepted.
func Results(decl *ast.FuncDecl) map[string]int {
	names := map[string]int{}
	i := 0
	if decl.Type.Results == nil {
		return names
	}
	for _, field := range decl.Type.Results.List {
		for n := range max(1, len(field.Names)) {
			if len(field.Names) == 0 || field.Names[n].Name == "_" {
				names["_"+itoa(i)] = i
			}
			i++
		}
	}
	return names
}

// CheckTypes type-checks the expressions of a directive in the scope of the
// function it stands above, and says what the type checker says. The
// function's body must have been part of the checked package.
func CheckTypes(fset *token.FileSet, pkg *types.Package, t Target, sig *types.Signature) []Diagnostic {
	c := &checker{fset: fset, pkg: pkg, body: t.Decl.Body.Pos()}
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
			c.report(v, key+": {"+v.Text+"}: "+name+" is a result, which is not known before the function ends; use return."+
				strings.TrimPrefix(key, "tag."))
			return none, false
		}
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	if err := types.CheckExpr(c.fset, c.pkg, c.body, e, info); err != nil {
		message := err.Error()
		if te, ok := err.(types.Error); ok {
			message = te.Msg
		}
		c.report(v, key+": {"+v.Text+"}: "+message)
		return none, false
	}
	tv := info.Types[e]
	switch {
	case !tv.IsValue() && !tv.IsNil():
		c.report(v, key+": {"+v.Text+"} is not a value")
	case isTuple(tv.Type):
		c.report(v, key+": {"+v.Text+"} must be one value")
	default:
		return tv, true
	}
	return none, false
}

// checkError checks a value of ignore={...}: it must be an error.
func (c *checker) checkError(v Value) {
	tv, ok := c.check("ignore", v)
	errType := types.Universe.Lookup("error").Type()
	if ok && !types.AssignableTo(tv.Type, errType) {
		c.report(v, "ignore: {"+v.Text+"} is not an error but a "+types.TypeString(tv.Type, types.RelativeTo(c.pkg)))
	}
}

// usesResult returns the first of _0, _1, ... in an expression.
func (c *checker) usesResult(e ast.Expr) string {
	found := ""
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && found == "" {
			if _, ok := c.results[id.Name]; ok {
				found = id.Name
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
	c.diagnostics = append(c.diagnostics, Diagnostic{Pos: c.fset.Position(v.Pos), Message: message})
}
