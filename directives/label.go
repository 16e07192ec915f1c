package directives

import "go/ast"

// labelUse tells how the labels of a statement are used: by a goto from
// elsewhere, and by a break, continue or goto within.
func (f *finder) labelUse(s ast.Stmt) (jumped, inside bool) {
	names := map[string]bool{}
	for label, ok := s.(*ast.LabeledStmt); ok; label, ok = label.Stmt.(*ast.LabeledStmt) {
		names[label.Label.Name] = true
	}
	if len(names) == 0 {
		return false, false
	}
	ast.Inspect(f.function(s), func(n ast.Node) bool {
		if branch, ok := n.(*ast.BranchStmt); ok && branch.Label != nil && names[branch.Label.Name] {
			within := s.Pos() <= branch.Pos() && branch.Pos() < s.End()
			inside = inside || within
			jumped = jumped || !within
		}
		return true
	})
	return jumped, inside
}

// function returns the function or literal that a node is part of.
func (f *finder) function(n ast.Node) ast.Node {
	for n = f.parents[n]; n != nil; n = f.parents[n] {
		switch n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return n
		}
	}
	return nil
}
