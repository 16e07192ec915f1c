package rewriter

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// visibleContext returns the variable that carries the context at a place: of
// those that the function itself declares, parameters among them, in the order
// of contextOf, the nearest.
func (p *Plan) visibleContext(fr *frame, scope *types.Scope, pos token.Pos) (*types.Var, passing) {
	vars := p.visible(fr, scope, pos)
	list := make([]param, len(vars))
	for i, v := range vars {
		list[i].typ = v.Type()
	}
	i, how := contextOf(list)
	if i < 0 {
		return nil, how
	}
	return vars[i], how
}

// visible lists the variables of a function that can be named at a place in a
// scope, the nearest first.
func (p *Plan) visible(fr *frame, scope *types.Scope, pos token.Pos) []*types.Var {
	var vars []*types.Var
	seen := map[string]bool{"_": true}
	outermost := p.pkg.Info.Scopes[fr.fn]
	for ; scope != nil; scope = scope.Parent() {
		var own []*types.Var
		for _, name := range scope.Names() {
			obj := scope.Lookup(name)
			if v, ok := obj.(*types.Var); ok && !seen[name] && obj.Pos() < pos {
				own = append(own, v)
			}
			seen[name] = seen[name] || obj.Pos() < pos
		}
		vars = append(vars, latestFirst(own)...)
		if scope == outermost {
			break
		}
	}
	return vars
}

// latestFirst orders the variables of one scope: one that is called ctx before
// all others, then those declared later before those declared earlier.
func latestFirst(vars []*types.Var) []*types.Var {
	slices.SortFunc(vars, func(a, b *types.Var) int {
		if (a.Name() == "ctx") != (b.Name() == "ctx") {
			if a.Name() == "ctx" {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.Pos(), a.Pos())
	})
	return vars
}

// used reports whether a node names a variable.
func (p *Plan) used(v *types.Var, n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && p.pkg.Info.Uses[id] == v
		return !found
	})
	return found
}

// captured reports whether a function literal in a node names a variable.
func (p *Plan) captured(v *types.Var, n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		lit, ok := n.(*ast.FuncLit)
		found = found || ok && p.used(v, lit)
		return !found
	})
	return found
}

// assigned reports whether a node gives a variable another value, or takes its
// address, which may come to the same.
func (p *Plan) assigned(v *types.Var, n ast.Node) bool {
	is := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && p.pkg.Info.Uses[id] == v
	}
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			found = found || slices.ContainsFunc(n.Lhs, is)
		case *ast.RangeStmt:
			found = found || n.Key != nil && is(n.Key) || n.Value != nil && is(n.Value)
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && is(n.X)
		}
		return !found
	})
	return found
}
