package directives

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
)

// attach gives a directive to the code that starts on the next line.
func (f *finder) attach(c *ast.Comment, d Directive, good bool) {
	name := firstWord(c.Text)
	n, line := f.next(d.Pos)
	if d.Verb == SetTags {
		f.point(d, n, line, good)
		return
	}
	t, wrong := f.target(n, line)
	if wrong == "" {
		wrong = f.misplaced(name, d, t)
	}
	if wrong != "" && d.Verb == Ignore && isForeign(name) {
		f.read(d, "what nothing selects") // there it is no mistake
		return
	}
	if wrong != "" {
		if good {
			said := f.report(d.Pos, name+" stands above "+wrong)
			switch {
			case n == nil:
				said.Fix = f.closeUp(line)
			case d.Verb == Ignore && (t.Lit != nil || t.Stmt != nil):
				said.Fix = deleteLine(f.fset, c.Pos())
			}
		}
		return
	}
	if old, taken := f.targets[n]; taken {
		said := f.report(d.Pos, name+" is the second directive on "+f.called(n)+" (the first: line "+
			strconv.Itoa(Position(f.fset, old.Pos()).Line)+"); delete one")
		if old.Text == c.Text {
			said.Fix = deleteLine(f.fset, c.Pos())
		}
		return
	}
	f.targets[n] = c
	f.take(t, d, n)
}

// take keeps a directive where what it means is looked for.
func (f *finder) take(t Target, d Directive, n ast.Node) {
	switch n := n.(type) {
	case *ast.File:
		f.found.Package = &d
		f.read(d, "package "+n.Name.Name)
		return
	case *ast.TypeSpec:
		f.typed(n, d)
		return
	case *ast.GenDecl:
		if n.Tok == token.TYPE {
			for _, spec := range n.Specs {
				f.typed(spec.(*ast.TypeSpec), d)
			}
			return
		}
	case *ast.FuncDecl:
		if d.Verb == Ignore {
			f.found.Ignored[n] = true
			f.read(d, string(declared(n).Kind)+" "+FuncPath(n))
			return
		}
	}
	if d.narrows.IsValid() {
		f.report(d.narrows, "only= and min= narrow the choice of a type's, a package's or a rule's directive; delete them here")
	}
	if t.Stmt != nil {
		for _, tag := range d.Returns {
			f.report(tag.Value.Pos, "return."+tag.Key+" stands above a statement, which returns nothing; write tag."+tag.Key+", or put the directive above the function").
				Fix = tag.rename("return", "tag")
		}
	}
	if reason := f.untraceable(t); reason != "" {
		f.report(d.Pos, f.called(n)+" can't be traced: "+reason)
		return
	}
	t.Directive = d
	t.By = ByDirective
	f.found.Targets = append(f.found.Targets, t)
}

func (f *finder) typed(spec *ast.TypeSpec, d Directive) {
	f.found.Types[spec.Name.Name] = d
	f.read(d, "type "+spec.Name.Name)
}

func (f *finder) untraceable(t Target) string {
	switch {
	case t.Decl == nil:
		return ""
	case t.IsFunc() && t.Lit == nil:
		return Untraceable(f.file, t.Decl)
	}
	return pragma(f.file, t.Decl)
}

// called is how a message calls what a directive stands above.
func (f *finder) called(n ast.Node) string {
	switch n := n.(type) {
	case *ast.FuncDecl:
		return n.Name.Name
	case *ast.TypeSpec:
		return n.Name.Name
	case *ast.File:
		return "package " + n.Name.Name
	case ast.Stmt:
		return "this statement"
	case *ast.FuncLit, *ast.KeyValueExpr:
		return "this function literal"
	}
	return "this declaration"
}

// misplaced says what is wrong with a directive that can't mean what it stands
// above, though others can.
func (f *finder) misplaced(name string, d Directive, t Target) string {
	switch {
	case d.Verb == Ignore && (t.Lit != nil || t.Stmt != nil):
		return "what nothing selects; delete it"
	case d.Verb == Trace && isForeign(name) && t.Stmt != nil:
		return "a statement, which that tool does not trace; write //dd:trace"
	case d.Verb == Trace && isForeign(name) && t.Decl == nil && t.Lit == nil:
		return "what that tool does not trace; write //dd:trace"
	}
	return ""
}

// target says what a directive above n traces, or in wrong what n is that
// can't be traced, and what to do. For a type or a package it is empty.
func (f *finder) target(n ast.Node, line int) (t Target, wrong string) {
	switch n := n.(type) {
	case *ast.File:
		return t, ""
	case *ast.FuncDecl:
		return declared(n), ""
	case *ast.TypeSpec:
		return t, f.typeSpec(n)
	case *ast.GenDecl:
		return f.genDecl(n, line)
	case ast.Stmt:
		if lit := literalOf(n); lit != nil {
			return f.literal(lit), ""
		}
		return f.statement(n)
	}
	if lit := literalOf(n); lit != nil {
		return f.literal(lit), ""
	}
	return t, f.describe(n, line) + "; put it on the line above " + tracesWhat
}

// tracesWhat ends a message about what can't be traced.
const tracesWhat = "a function, a statement, a type or the package clause"

func declared(fn *ast.FuncDecl) Target {
	t := Target{Kind: Function, Decl: fn}
	if fn.Recv != nil {
		t.Kind = Method
	}
	return t
}

func (f *finder) typeSpec(spec *ast.TypeSpec) string {
	switch {
	case f.enclosing(spec) != nil:
		return "a type inside a function, which has no methods; put it on the line above " + tracesWhat
	case spec.Assign.IsValid():
		return "an alias, which has no methods of its own; put it on the line above the type that it stands for"
	}
	if _, ok := spec.Type.(*ast.InterfaceType); ok {
		return "an interface, whose methods have no code of their own; put it on the line above a type that implements it"
	}
	return ""
}

func (f *finder) genDecl(decl *ast.GenDecl, line int) (t Target, wrong string) {
	if decl.Tok == token.TYPE && len(decl.Specs) > 0 {
		for _, spec := range decl.Specs {
			wrong = f.typeSpec(spec.(*ast.TypeSpec))
			if wrong == "" {
				return t, ""
			}
		}
		return t, wrong
	}
	if lit := literalOf(decl); lit != nil {
		return f.literal(lit), ""
	}
	return t, f.describe(decl, line) + "; put it on the line above " + tracesWhat
}

func (f *finder) literal(lit *ast.FuncLit) Target {
	return Target{Kind: Literal, Decl: f.enclosing(lit), Lit: lit}
}

// statement is a target that stands among the statements of a block.
func (f *finder) statement(s ast.Stmt) (t Target, wrong string) {
	inner := Unlabelled(s)
	for label, ok := f.parents[s].(*ast.LabeledStmt); ok; label, ok = f.parents[s].(*ast.LabeledStmt) {
		s = label // the label stays with the statement
	}
	if wrong := describeStatement(inner); wrong != "" {
		return t, wrong
	}
	if !slices.Contains(Statements(f.parents[s]), s) {
		return t, "a part of a statement; put it on the line above the whole"
	}
	jumped, inside := f.labelUse(s)
	if jumped && inside {
		return t, "a label that statements inside and outside of it name; put it on the line above a block around both"
	}
	t = Target{Kind: Statement, Decl: f.enclosing(s), Stmt: s, Jumped: jumped}
	if _, ok := inner.(*ast.BlockStmt); ok {
		t.Kind = Block
	}
	return t, ""
}

// Statements returns the list of statements that a block or clause holds.
func Statements(n ast.Node) []ast.Stmt {
	switch n := n.(type) {
	case *ast.BlockStmt:
		return n.List
	case *ast.CaseClause:
		return n.Body
	case *ast.CommClause:
		return n.Body
	}
	return nil
}

// enclosing returns the function declaration that a node is part of, or nil.
func (f *finder) enclosing(n ast.Node) *ast.FuncDecl {
	for n = f.parents[n]; n != nil; n = f.parents[n] {
		if fn, ok := n.(*ast.FuncDecl); ok {
			return fn
		}
	}
	return nil
}

// literalOf returns the function literal that a directive above n traces: n
// itself, an element of a composite literal, or the one right side of a
// definition, assignment, return, go or defer.
func literalOf(n ast.Node) *ast.FuncLit {
	switch n := n.(type) {
	case *ast.FuncLit:
		return n
	case *ast.ParenExpr:
		return literalOf(n.X)
	case *ast.KeyValueExpr:
		return literalOf(n.Value)
	case *ast.LabeledStmt:
		return literalOf(n.Stmt)
	case *ast.DeclStmt:
		return literalOf(n.Decl)
	case *ast.GenDecl:
		if n.Tok == token.VAR && len(n.Specs) == 1 {
			return literalOf(n.Specs[0])
		}
	case *ast.ValueSpec:
		return onlyLiteral(n.Values)
	case *ast.AssignStmt:
		return onlyLiteral(n.Rhs)
	case *ast.ReturnStmt:
		return onlyLiteral(n.Results)
	case *ast.GoStmt:
		return literalOf(n.Call.Fun)
	case *ast.DeferStmt:
		return literalOf(n.Call.Fun)
	}
	return nil
}

func onlyLiteral(list []ast.Expr) *ast.FuncLit {
	if len(list) != 1 {
		return nil
	}
	return literalOf(list[0])
}
