package directives

import "go/ast"

// labelUse tells how the labels of a statement are used: by a goto from
// elsewhere, and by a break, continue or goto within.
func (f *finder) labelUse(s ast.Stmt) (jumped, inside bool) {
	f.labelled(s, func(branch *ast.BranchStmt) {
		within := s.Pos() <= branch.Pos() && branch.Pos() < s.End()
		inside = inside || within
		jumped = jumped || !within
	})
	return jumped, inside
}

// labelled calls visit for each jump that names a label of a statement.
func (f *finder) labelled(s ast.Stmt, visit func(*ast.BranchStmt)) {
	names := map[string]bool{}
	for label, ok := s.(*ast.LabeledStmt); ok; label, ok = label.Stmt.(*ast.LabeledStmt) {
		names[label.Label.Name] = true
	}
	if len(names) == 0 {
		return
	}
	around := f.function(s)
	ast.Inspect(around, func(n ast.Node) bool {
		if branch, ok := n.(*ast.BranchStmt); ok && branch.Label != nil && names[branch.Label.Name] {
			visit(branch)
		}
		_, lit := n.(*ast.FuncLit)
		return !lit || n == around // a literal has labels of its own
	})
}

// Unlabelled returns a statement without its labels.
func Unlabelled(s ast.Stmt) ast.Stmt {
	for label, ok := s.(*ast.LabeledStmt); ok; label, ok = s.(*ast.LabeledStmt) {
		s = label.Stmt
	}
	return s
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
