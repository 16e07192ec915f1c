package directives

import (
	"go/ast"
	"go/token"
)

// point keeps a //dd:tag: it stands above a statement, or as the last line of
// a block.
func (f *finder) point(d Directive, n ast.Node, line int, good bool) {
	p, wrong := f.standing(d, n, line)
	if wrong != "" {
		if good {
			f.report(d.Pos, "//dd:tag stands above "+wrong)
		}
		return
	}
	if p.Decl != nil {
		if reason := pragma(f.file, p.Decl); reason != "" {
			f.report(d.Pos, p.Decl.Name.Name+" can't be changed: "+reason)
			return
		}
	}
	f.found.Points = append(f.found.Points, p)
	if p.Stmt != nil {
		f.read(d, "statement")
	} else {
		f.read(d, "end of a block")
	}
}

// standing finds what a //dd:tag stands above, or says what keeps it from setting
// tags there.
func (f *finder) standing(d Directive, n ast.Node, line int) (p Point, wrong string) {
	p.Directive = d
	stmt, isStmt := n.(ast.Stmt)
	switch stmt.(type) {
	case *ast.CaseClause, *ast.CommClause:
		isStmt = false // the end of the clause before it
	}
	if isStmt {
		p.Decl = f.enclosing(stmt)
		if p.Stmt, wrong = f.listed(stmt); wrong == "" {
			p.Behind, wrong = f.behind(p.Stmt)
		}
		return p, wrong
	}
	switch p.List = f.endOf(d); {
	case p.List == nil || n == nil && f.ends[line] == 0:
		return p, f.describeForTag(n, line) + "; " + whereTagsStand
	case unreachable(p.List):
		return p, "the end of a block that is never reached; " + whereTagsStand
	}
	p.Decl = f.enclosing(p.List)
	return p, ""
}

const whereTagsStand = "put it on the line above a statement, or on the last line of a block"

// describeForTag is describe for a directive that traces nothing.
func (f *finder) describeForTag(n ast.Node, line int) string {
	switch n := n.(type) {
	case nil:
		if f.ends[line] != 0 {
			return "the end of what is no block"
		}
	case *ast.FuncDecl:
		return "a function"
	case *ast.TypeSpec:
		return "a type"
	case *ast.GenDecl:
		if n.Tok == token.TYPE {
			return "a type"
		}
	case *ast.File:
		return "the package clause"
	case *ast.CaseClause, *ast.CommClause:
		return "a case"
	}
	return f.describe(n, line)
}

// listed returns the statement, with its label, that stands in a list.
func (f *finder) listed(s ast.Stmt) (ast.Stmt, string) {
	for label, ok := f.parents[s].(*ast.LabeledStmt); ok; label, ok = f.parents[s].(*ast.LabeledStmt) {
		s = label
	}
	for _, other := range Statements(f.parents[s]) {
		if other == s {
			return s, ""
		}
	}
	return nil, "a part of a statement; " + whereTagsStand
}

// behind reports whether what stands above a labelled statement belongs behind
// the label: where a goto leads to it. A break or continue, though, must find
// the statement itself there.
func (f *finder) behind(s ast.Stmt) (yes bool, wrong string) {
	jumps, loops := false, false
	f.labelled(s, func(branch *ast.BranchStmt) {
		jumps = jumps || branch.Tok == token.GOTO
		loops = loops || branch.Tok != token.GOTO
	})
	if jumps && loops {
		return false, "a label that a goto and a break or continue name; put it on the first line of a block there"
	}
	return jumps, ""
}

// settle puts tags before the whole of a statement that is traced as a whole:
// they belong to the span around it.
func (f *finder) settle() {
	for i := range f.found.Points {
		p := &f.found.Points[i]
		for _, t := range f.found.Targets {
			p.Behind = p.Behind && (t.Stmt == nil || t.Stmt != p.Stmt || t.Jumped)
		}
	}
}

// endOf returns the block or clause that a comment is the last line of.
func (f *finder) endOf(d Directive) ast.Node {
	var block *ast.BlockStmt
	ast.Inspect(f.file, func(n ast.Node) bool {
		if b, ok := n.(*ast.BlockStmt); ok && b.Lbrace < d.Pos && d.Pos < b.Rbrace {
			block = b // the innermost comes last
		}
		return true
	})
	if block == nil {
		return nil
	}
	var end ast.Node = block
	if isClauses(f.parents[block]) {
		end = nil
		for _, clause := range block.List {
			if clause.Pos() < d.Pos {
				end = clause
			}
		}
	}
	if list := Statements(end); end == nil || len(list) > 0 && list[len(list)-1].End() > d.Pos {
		return nil
	}
	return end
}

// isClauses reports whether a statement's block holds clauses.
func isClauses(n ast.Node) bool {
	switch n.(type) {
	case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		return true
	}
	return false
}

// unreachable reports whether the end of a block can't be reached.
func unreachable(n ast.Node) bool {
	list := Statements(n)
	if len(list) == 0 {
		return false
	}
	return Terminating(list[len(list)-1], nil)
}
