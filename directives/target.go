package directives

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Kind says what kind of code a target is.
type Kind string

// The kinds of targets.
const (
	Function  Kind = "function"
	Method    Kind = "method"
	Literal   Kind = "literal" // a function literal: each call of it
	Block     Kind = "block"   // a statement that is a block
	Statement Kind = "statement"
)

// A Target is code that becomes a span, and the directive that says so.
type Target struct {
	Directive Directive
	Kind      Kind
	Path      string         // what names it below the package: Func, Type.Method, Func.block1
	By        string         // what selected it: ByDirective, ...
	From      token.Position // where that stands, when not right above
	Decl      *ast.FuncDecl  // the function or method, or the one around a literal or statement; nil where there is none
	Lit       *ast.FuncLit   // the literal
	Stmt      ast.Stmt       // the block or statement, with its label if it has one
	Jumped    bool           // a goto from elsewhere leads to that label: the statement begins behind it
}

// IsFunc reports whether the target is something that is called.
func (t Target) IsFunc() bool { return t.Stmt == nil }

// Type is the syntax of a function's signature.
func (t Target) Type() *ast.FuncType {
	if t.Lit != nil {
		return t.Lit.Type
	}
	return t.Decl.Type
}

// Body is a function's body.
func (t Target) Body() *ast.BlockStmt {
	if t.Lit != nil {
		return t.Lit.Body
	}
	return t.Decl.Body
}

// Node is the target's syntax.
func (t Target) Node() ast.Node {
	switch {
	case t.Stmt != nil:
		return t.Stmt
	case t.Lit != nil:
		return t.Lit
	}
	return t.Decl
}

// Name is the operation name: the directive's, or one made of the package's
// name and the path, in the form that the agent's own normalisation leaves
// unchanged.
func (t Target) Name(pkg string) string {
	if t.Directive.Name != "" {
		return t.Directive.Name
	}
	if t.Directive.Bare {
		return bareName(t.Path)
	}
	return normalName(pkg + "." + t.Path)
}

// A Point is where //dd:tag sets tags on the active span.
type Point struct {
	Directive Directive
	Decl      *ast.FuncDecl // the function around it; nil where there is none
	Stmt      ast.Stmt      // the statement that it stands above, with its label if it has one; nil at the end of a block
	List      ast.Node      // at its end: the block or clause
	Behind    bool          // the tags are set behind the statement's label: a goto leads to them
}

// Pos is where the tags are set: in front of the statement, or on the
// directive's own line.
func (p Point) Pos() token.Pos {
	if p.Stmt == nil {
		return p.Directive.Pos
	}
	return p.At().Pos()
}

// At is what the tags are set in front of: the statement, with its label or
// behind it.
func (p Point) At() ast.Stmt {
	if p.Behind {
		return Unlabelled(p.Stmt)
	}
	return p.Stmt
}

// Scope is the scope that the tags are evaluated in.
func (p Point) Scope(pkg *types.Package, info *types.Info) *types.Scope {
	if scope := info.Scopes[p.List]; scope != nil {
		return scope // whose own end may come before: a clause's is that of its last statement
	}
	return pkg.Scope().Innermost(p.Pos())
}

// Found is what the directives of one file say.
type Found struct {
	Targets []Target               // what directives stand right above, in source order
	Points  []Point                // in source order
	Types   map[string]Directive   // by the type's name: for its methods, wherever they are declared
	Package *Directive             // on the package clause
	Ignored map[*ast.FuncDecl]bool // functions that nothing may select
	Read    []Reading              // all directives that nothing is wrong with, for people to look at
}
