package rewriter

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/astutil"

	"github.com/ddinstrument/ddinstrument/directives"
)

// A block is one traced block or statement while it is being planned. Before
// it stands
//
//	if ddblock1.First() { ddblock1 = ddFuncBlock1.NewBlock(); defer ddblock1.Unwind() }; ddblock1.EnterFrom(ctx);
//
// and ddblock1.Exit() wherever control leaves it. What a panic leaves, Unwind
// ends. It is deferred where control reaches the block first, so that it runs
// before the deferred functions that the user has registered until then, as
// what recovers may be among them; and once, whatever number of times it does.
type block struct {
	plan   *Plan
	frame  *frame
	target directives.Target
	site   string // the variable that holds its site
	name   string // the variable that holds the block
	ctx    string // the variable that carries the context
	how    passing
	err    int        // the index of the result that is the returned error, -1 for none
	exact  bool       // it is of type error
	end    Insertion  // what ends the span where control falls out
	jumps  []ast.Stmt // by which control leaves it otherwise
}

// block plans one traced block or statement.
func (p *Plan) block(fp *FilePlan, t directives.Target) {
	fr := p.frame(fp, functionAround(fp.File.Syntax, t.Stmt))
	if fr == nil || fr.returnsNothing() {
		return // the compiler says why
	}
	b := &block{plan: p, frame: fr, target: t, site: p.names.siteVar(t.Path), name: p.names.numbered(p.vars.block), err: -1, jumps: jumpsOut(t.Stmt)}
	if !t.Directive.ErrorOff {
		b.err, b.exact = errorOf(fr.results)
	}
	b.context()
	b.write()
	p.use(fp.File, blockType)
	p.site(fp, Site{Var: b.site, Name: t.Name(p.pkg.Name), Directive: t.Directive})
	p.Traced = append(p.Traced, p.describe(t, b.how, b.ctx, b.returnsError()))
}

// functionAround returns the function declaration or literal that a node is
// part of.
func functionAround(file *ast.File, n ast.Node) ast.Node {
	path, _ := astutil.PathEnclosingInterval(file, n.Pos(), n.End())
	for _, n := range path {
		switch n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return n
		}
	}
	return nil
}

// write inserts what begins and ends the span.
func (b *block) write() {
	fp, s := b.frame.file, b.target.Stmt
	from := s
	if b.target.Jumped {
		from = directives.Unlabelled(s)
	}
	end := "; " + b.exit()
	if directives.Terminating(s, b.plan.isPanic) {
		end = "" // never reached, and the compiler looks at what comes last
	}
	switch within := b.within(); {
	case within != nil:
		b.plan.insert(fp, First, within, within.Lbrace+1, 0, b.entry())
		b.end = Insertion{Kind: Last, At: within, Text: end}
	case b.how == byContext:
		b.plan.insert(fp, Open, from, from.Pos(), 0, "{"+b.entry()+" ")
		b.end = Insertion{Kind: Close, At: s, Text: end + " }"}
	default:
		b.plan.insert(fp, Before, from, from.Pos(), 0, strings.TrimSpace(b.entry())+" ")
		b.end = Insertion{Kind: After, At: s, Text: end}
	}
	b.frame.blocks = append(b.frame.blocks, b)
	for _, jump := range b.jumps {
		if b.frame.leaving[jump] == nil {
			b.frame.jumps = append(b.frame.jumps, jump)
		}
		b.frame.leaving[jump] = append(b.frame.leaving[jump], b)
	}
}

// within is the block that is traced, if the span's context can be a variable of
// that block itself; nil where it needs one around it, or none.
func (b *block) within() *ast.BlockStmt {
	s, ok := b.target.Stmt.(*ast.BlockStmt)
	if !ok || b.how != byContext {
		return nil
	}
	if scope := b.plan.pkg.Info.Scopes[s]; scope == nil || scope.Lookup(b.ctx) != nil {
		return nil
	}
	return s
}

// isPanic reports whether an identifier is the predeclared panic.
func (p *Plan) isPanic(id *ast.Ident) bool {
	builtin, ok := p.pkg.Info.Uses[id].(*types.Builtin)
	return ok && builtin.Name() == "panic"
}

// entry is the code before the statement.
func (b *block) entry() string {
	d := b.target.Directive
	var w strings.Builder
	fmt.Fprintf(&w, " if %s.First() { %s = %s.NewBlock(); defer %s.Unwind() };", b.name, b.name, b.site, b.name)
	if b.how == byContext {
		fmt.Fprintf(&w, " %s :=", b.ctx)
	}
	fmt.Fprintf(&w, " %s;", b.how.enter(b.name, b.ctx))
	w.WriteString(expressions(b.name, d))
	if len(d.Ignored) > 0 && b.returnsError() {
		fmt.Fprintf(&w, " %s.Ignore(func() []interface{} { return []interface{}{%s} });", b.name, join(d.Ignored))
	}
	return w.String()
}

func (b *block) exit() string { return b.name + ".Exit()" }

// returnsError reports whether the function's error marks the span.
func (b *block) returnsError() bool {
	if b.err < 0 {
		return false
	}
	return slices.ContainsFunc(b.jumps, func(jump ast.Stmt) bool {
		_, ok := jump.(*ast.ReturnStmt)
		return ok
	})
}

// returnedError is the variable that holds the error about to be returned, ""
// for none.
func (b *block) returnedError() string {
	if b.err < 0 {
		return ""
	}
	return b.plan.returned(b.frame, b.err)
}

// namedError is the same where a return names no values.
func (b *block) namedError() string {
	if b.err < 0 || b.frame.results[b.err].blank() {
		return ""
	}
	return b.frame.results[b.err].name.Name
}

// returns is the exit by a return, with the error in a variable.
func (b *block) returns(err string) string {
	switch {
	case err == "":
		return b.exit()
	case b.exact && len(b.target.Directive.Ignored) == 0:
		return fmt.Sprintf("%s.Return(&%s)", b.name, err)
	}
	return fmt.Sprintf("%s.ReturnOf(&%s)", b.name, err)
}

// context finds the variable that carries the context: of those that the
// function around the statement declares, in the order of contextOf, the
// nearest. Where the statement uses a context.Context, it gets the span's
// instead, unless that could be noticed.
func (b *block) context() {
	v, how := b.plan.visibleContext(b.frame, b.plan.pkg.Types.Scope().Innermost(b.target.Stmt.Pos()), b.target.Stmt.Pos())
	b.how = how
	if v == nil {
		return
	}
	b.ctx = v.Name()
	if how == byContext && (!isContext(v.Type()) || !b.replaces(v)) {
		b.how = byReading
	}
}

// replaces reports whether a variable of the context's name, for the statement
// alone, changes nothing but the context.
func (b *block) replaces(v *types.Var) bool {
	s := b.target.Stmt
	return !b.target.Jumped && !declares(directives.Unlabelled(s)) && b.plan.used(v, s) && !b.plan.assigned(v, s) &&
		!(b.plan.captured(v, s) && b.plan.assigned(v, b.frame.body)) && !keepsContext(s, b.frame.fn, b.frame.sig, v.Name())
}

// declares reports whether a statement declares what the ones after it use.
func declares(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.DeclStmt:
		return true
	case *ast.AssignStmt:
		return s.Tok == token.DEFINE
	}
	return false
}
