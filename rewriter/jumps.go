package rewriter

import (
	"go/ast"
	"go/token"
)

// jumpsOut lists the statements by which control may leave a statement other
// than at its end: returns, breaks, continues and gotos to what is outside. The
// statement's own labels count as inside. Function literals in it are not
// followed: they are left for themselves.
func jumpsOut(s ast.Stmt) []ast.Stmt {
	w := jumpWalker{labels: labelsIn(s), around: []reach{{}}}
	ast.Inspect(s, w.visit)
	return w.out
}

// labelsIn returns the labels that are declared in a statement.
func labelsIn(s ast.Stmt) map[string]bool {
	labels := map[string]bool{}
	ast.Inspect(s, func(n ast.Node) bool {
		if label, ok := n.(*ast.LabeledStmt); ok {
			labels[label.Label.Name] = true
		}
		_, lit := n.(*ast.FuncLit)
		return !lit
	})
	return labels
}

// reach is whether a break, and a continue, stays within the statement.
type reach struct{ breaks, continues bool }

type jumpWalker struct {
	labels map[string]bool
	around []reach // of each node on the way down
	out    []ast.Stmt
}

func (w *jumpWalker) visit(n ast.Node) bool {
	now := w.around[len(w.around)-1]
	switch n := n.(type) {
	case nil:
		w.around = w.around[:len(w.around)-1]
		return true
	case *ast.FuncLit:
		return false
	case *ast.ReturnStmt:
		w.out = append(w.out, n)
	case *ast.BranchStmt:
		if !w.stays(n, now) {
			w.out = append(w.out, n)
		}
	case *ast.ForStmt, *ast.RangeStmt:
		now = reach{true, true}
	case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		now.breaks = true
	}
	w.around = append(w.around, now)
	return true
}

func (w *jumpWalker) stays(s *ast.BranchStmt, now reach) bool {
	switch {
	case s.Label != nil:
		return w.labels[s.Label.Name]
	case s.Tok == token.BREAK:
		return now.breaks
	case s.Tok == token.CONTINUE:
		return now.continues
	}
	return s.Tok == token.FALLTHROUGH
}
