package rewriter

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"

	"github.com/dave/dst"
	"github.com/dave/dst/decorator"
	"github.com/dave/dst/dstutil"
)

// around puts statements that are inserted into a file of their own.
func around(statements string) string {
	return "package p\nfunc _() {\n" + strings.Trim(statements, " ;") + "\n}"
}

// splitStatements takes the statements of an insertion apart.
func splitStatements(text string) []string {
	src := around(text)
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err != nil {
		panic(err)
	}
	var list []string
	for _, s := range file.Decls[0].(*ast.FuncDecl).Body.List {
		list = append(list, src[s.Pos()-1:s.End()-1])
	}
	return list
}

// statements parses statements that are inserted and marks them. was is what
// the mark of the first one says.
func (g *grafter) statements(text, was string) []dst.Stmt {
	src := around(text)
	dec := decorator.NewDecorator(token.NewFileSet())
	file, err := dec.ParseFile("", src, parser.SkipObjectResolution)
	if err != nil {
		panic(err)
	}
	list := file.Decls[0].(*dst.FuncDecl).Body.List
	for _, s := range list {
		n := dec.Ast.Nodes[s]
		code := src[dec.Fset.Position(n.Pos()).Offset:dec.Fset.Position(n.End()).Offset]
		decs := s.Decorations()
		decs.Before, decs.After = dst.NewLine, dst.NewLine
		decs.End.Append(markOf(code, was).line())
		was = ""
	}
	return list
}

// visit puts on what goes around a node. It sees a node after what is in it.
func (g *grafter) visit(c *dstutil.Cursor) bool {
	n := c.Node()
	list, rest := g.around[n], g.rest[n]
	if len(list)+len(rest) == 0 {
		return true
	}
	if expr, ok := n.(dst.Expr); ok {
		c.Replace(g.call("Func", expr))
		return true
	}
	s := sequence{g: g, self: n.(dst.Stmt), rest: rest, open: [][]dst.Stmt{nil}}
	all := s.build(list)
	s.space(n.Decorations(), all)
	c.Replace(all[0])
	if label, ok := c.Parent().(*dst.LabeledStmt); ok {
		g.rest[label] = all[1:]
		return true
	}
	for i := len(all) - 1; i > 0; i-- {
		c.InsertAfter(all[i])
	}
	return true
}

// A sequence is what comes into the place of one statement.
type sequence struct {
	g    *grafter
	self dst.Stmt     // the statement, or what it becomes
	rest []dst.Stmt   // what follows at once
	done bool         // it is in place
	open [][]dst.Stmt // lists of statements: of each brace that is open, the outermost first
	was  string       // what the next mark says
}

func (s *sequence) build(list []Insertion) []dst.Stmt {
	for _, ins := range list {
		switch ins.Kind {
		case Open:
			s.open = append(s.open, nil)
		case Return:
			s.self = assignment(s.self.(*dst.ReturnStmt), ins.Text)
			s.was = token.RETURN.String()
			continue
		case After, Close:
			s.place()
		}
		text := ins.Text
		switch ins.Kind {
		case Open:
			text = strings.TrimPrefix(text, "{")
		case Close:
			text = strings.TrimSuffix(text, "}")
		}
		if strings.Trim(text, " ;") != "" {
			s.add(s.g.statements(text, s.was)...)
			s.was = ""
		}
		if ins.Kind == Close {
			s.close()
		}
	}
	s.place()
	return s.open[0]
}

func (s *sequence) add(list ...dst.Stmt) {
	top := len(s.open) - 1
	s.open[top] = append(s.open[top], list...)
}

// place puts the statement itself behind what there is.
func (s *sequence) place() {
	if !s.done {
		s.add(s.self)
		s.add(s.rest...)
		s.done = true
	}
}

// close puts braces around the innermost list.
func (s *sequence) close() {
	top := len(s.open) - 1
	block := &dst.BlockStmt{List: s.open[top]}
	block.Decs.Lbrace.Append(wrapLine)
	block.Decs.End.Append(wrapLine)
	block.Decs.Before, block.Decs.After = dst.NewLine, dst.NewLine
	s.open = s.open[:top]
	s.add(block)
}

// space gives the first of the statements what stood above the one, and the
// last what stood below.
func (s *sequence) space(was *dst.NodeDecs, all []dst.Stmt) {
	self, first, last := s.self.Decorations(), all[0].Decorations(), all[len(all)-1].Decorations()
	before, start, after := was.Before, was.Start, was.After
	if first != self {
		self.Before, self.Start = dst.NewLine, nil
		first.Before, first.Start = before, start
	}
	if last != self {
		self.After = dst.NewLine
		last.After = after
	}
}

// assignment is a return statement that has become an assignment to variables.
func assignment(ret *dst.ReturnStmt, text string) dst.Stmt {
	s := &dst.AssignStmt{Tok: token.ASSIGN, Rhs: ret.Results}
	for name := range strings.SplitSeq(strings.Trim(text, " ="), ", ") {
		s.Lhs = append(s.Lhs, dst.NewIdent(name))
	}
	s.Decs.NodeDecs, s.Decs.Tok = ret.Decs.NodeDecs, ret.Decs.Return
	return s
}

// name gives a field a name, or a parameter that has none another.
func (g *grafter) name(ins Insertion) {
	name := strings.Trim(ins.Text, "( ")
	switch n := g.node[ins.At].(type) {
	case *dst.Field:
		n.Names = []*dst.Ident{dst.NewIdent(name)}
	case *dst.Ident:
		n.Name = name
	}
}

// wrap puts a call around arguments.
func (g *grafter) wrap(ins Insertion) {
	if ins.At == nil {
		return // the end of one
	}
	_, method, _ := strings.Cut(ins.Text, ".")
	method, _, _ = strings.Cut(method, "(")
	call, ok := ins.At.(*ast.CallExpr)
	if method == "Func" || !ok {
		g.around[g.node[ins.At]] = []Insertion{ins}
		return
	}
	n := g.node[call].(*dst.CallExpr)
	from := 0 // of the arguments, the first in it
	for from < len(call.Args) && g.plan.offset(call.Args[from].Pos()) < ins.Offset {
		from++
	}
	wrapped := g.call(method, n.Args[from:]...)
	n.Args = append(n.Args[:from:from], wrapped)
	switch method {
	case "Format":
		n.Args = append(n.Args, g.call("Values"))
		n.Ellipsis = true
	case "Values":
		wrapped.Ellipsis, n.Ellipsis = n.Ellipsis, true
	}
}

// call is a call of a method of what flushes when the program ends.
func (g *grafter) call(method string, args ...dst.Expr) *dst.CallExpr {
	fun := &dst.SelectorExpr{X: dst.NewIdent(g.plan.vars.end), Sel: dst.NewIdent(method)}
	return &dst.CallExpr{Fun: fun, Args: append([]dst.Expr(nil), args...)}
}
