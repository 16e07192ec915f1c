package rewriter

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// keepsContext reports whether a function, or a statement n of it, keeps its
// context beyond the call, or looks at which one it is: it returns it, a context made from it or a request,
// puts it into what it makes and returns, assigns it to something that is not its own,
// or compares it. What is kept must stay the context that was given: the span
// ends with the call, so it has no business in what is left behind, and a
// caller may look for the very same context there.
//
// It goes by the syntax and the parameter's name. A mistake costs little: the
// span is then carried by the goroutine alone.
func keepsContext(n ast.Node, fn *ast.FuncType, sig *types.Signature, ctx string) bool {
	k := keeper{node: n, ctx: ctx, makes: map[string]bool{}}
	for i := range sig.Results().Len() {
		if t := sig.Results().At(i).Type(); implementsContext(t) || isRequest(t) { // a request has its context in it
			return true
		}
	}
	if fn.Results != nil {
		for _, field := range fn.Results.List {
			k.makes[typeText(field.Type)] = true
		}
	}
	ast.Inspect(n, k.visit)
	return k.keeps
}

// A keeper looks through a function's body.
type keeper struct {
	node  ast.Node
	ctx   string          // the parameter's name
	makes map[string]bool // the types of the results, without a pointer's star
	keeps bool
}

func typeText(e ast.Expr) string {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	return types.ExprString(e)
}

func (k *keeper) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ReturnStmt:
		for _, result := range n.Results {
			k.keeps = k.keeps || k.is(result) || k.inLiteral(result)
		}
	case *ast.CompositeLit:
		k.keeps = k.keeps || n.Type != nil && k.makes[typeText(n.Type)] && k.inLiteral(n)
	case *ast.AssignStmt:
		for i, value := range n.Rhs {
			if i < len(n.Lhs) && !k.own(n.Lhs[i]) && (k.is(value) || k.inLiteral(value) || k.appended(value)) {
				k.keeps = true
			}
		}
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			k.keeps = k.keeps || k.is(n.X) && !isNil(n.Y) || k.is(n.Y) && !isNil(n.X)
		}
	}
	return !k.keeps
}

func (k *keeper) is(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && id.Name == k.ctx
}

// inLiteral reports whether a value is made with the context in it.
func (k *keeper) inLiteral(e ast.Expr) bool {
	if addr, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && addr.Op == token.AND {
		e = addr.X
	}
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		return false
	}
	for _, element := range lit.Elts {
		if kv, ok := element.(*ast.KeyValueExpr); ok {
			element = kv.Value
		}
		if k.is(element) || k.inLiteral(element) {
			return true
		}
	}
	return false
}

// appended reports whether a value is a list with the context added to it.
func (k *keeper) appended(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) < 2 {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	return ok && id.Name == "append" && slices.ContainsFunc(call.Args[1:], func(e ast.Expr) bool { return k.is(e) || k.inLiteral(e) })
}

// own reports whether a variable is gone when the function or statement is
// left: it is declared there.
func (k *keeper) own(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return false
	}
	return id.Name == "_" || id.Obj != nil && k.node.Pos() <= id.Obj.Pos() && id.Obj.Pos() < k.node.End()
}

func isNil(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && id.Name == "nil"
}
