package rewriter

import (
	"bytes"
	"fmt"
	"go/ast"
	"strings"

	"github.com/dave/dst"
	"github.com/dave/dst/decorator"
	"github.com/dave/dst/dstutil"
)

// tree renders a plan on the syntax tree of a file, to which the comments
// belong.
func (p *Plan) tree(fp FilePlan) (out []byte, err error) {
	defer func() { // dst has no errors for what it can't carry
		if r := recover(); r != nil {
			err = fmt.Errorf("rendering %s: %v", fp.File.Path, r)
		}
	}()
	dec := decorator.NewDecorator(p.pkg.Fset)
	file, err := dec.DecorateFile(fp.File.Syntax)
	if err != nil {
		return nil, err
	}
	g := &grafter{plan: p, file: fp, node: dec.Dst.Nodes, first: map[ast.Node]string{}, around: map[dst.Node][]Insertion{}, rest: map[dst.Node][]dst.Stmt{}}
	dst.Inspect(file, ownComments)
	g.sort()
	dstutil.Apply(file, nil, g.visit)
	dst.Inspect(file, closeUp)
	keepOutput(file)
	var b bytes.Buffer
	err = decorator.Fprint(&b, file)
	return b.Bytes(), err
}

// ownComments gives the last statement of a clause the comment behind it, which
// dst takes for the clause's own.
func ownComments(n dst.Node) bool {
	if end, last := endOfClause(n); last != nil && (*end)[0] != "\n" {
		last.End.Append((*end)[0])
		*end = (*end)[1:]
	}
	return true
}

// closeUp takes away the empty line between a mark and the comment at the end
// of a clause.
func closeUp(n dst.Node) bool {
	if end, last := endOfClause(n); last != nil && (*end)[0] == "\n" && len(last.End) > 0 && strings.HasPrefix(last.End[0], genLine) {
		*end = (*end)[1:]
	}
	return true
}

// endOfClause returns what dst has at the end of a clause, and of the last
// statement in it: nil where one of them is missing.
func endOfClause(n dst.Node) (end *dst.Decorations, last *dst.NodeDecs) {
	var body []dst.Stmt
	switch n := n.(type) {
	case *dst.CaseClause:
		body = n.Body
	case *dst.CommClause:
		body = n.Body
	}
	if len(body) == 0 || len(n.Decorations().End) == 0 {
		return nil, nil
	}
	return &n.Decorations().End, body[len(body)-1].Decorations()
}

// A grafter puts a plan onto a tree.
type grafter struct {
	plan   *Plan
	file   FilePlan
	node   map[ast.Node]dst.Node
	first  map[ast.Node]string      // by function: what its body begins with
	named  []int                    // offsets of what signatures get
	around map[dst.Node][]Insertion // by statement, or by expression that is replaced
	rest   map[dst.Node][]dst.Stmt  // by label: what follows what it stands on
}

// sort puts on what changes no list of statements that is walked later, and
// keeps the rest by node.
func (g *grafter) sort() {
	var functions []ast.Node
	for _, ins := range g.file.Insertions {
		switch ins.Kind {
		case First:
			if _, ok := g.first[ins.At]; !ok {
				functions = append(functions, ins.At)
			}
			g.first[ins.At] += ins.Text
		case Name:
			g.named = append(g.named, ins.Offset)
			g.name(ins)
		case Paren:
			g.node[ins.At].(*dst.FuncType).Results.Opening = true
			g.node[ins.At].(*dst.FuncType).Results.Closing = true
		case Last:
			g.last(ins)
		case Wrap:
			g.wrap(ins)
		default:
			at := g.node[ins.At]
			g.around[at] = append(g.around[at], ins)
		}
	}
	for _, fn := range functions {
		g.begin(fn, g.first[fn])
	}
}

// begin puts statements at the beginning of a function's body, or of a block. A body on one
// line is spread over several.
func (g *grafter) begin(fn ast.Node, text string) {
	typ, body := functionOf(fn)
	was := ""
	if typ != nil {
		was = g.plan.was(g.file.File.Src, typ, body, g.named)
	}
	list := g.statements(text, was)
	b := g.node[body].(*dst.BlockStmt)
	if g.plan.onOneLine(body) {
		for _, s := range b.List {
			s.Decorations().Before, s.Decorations().After = dst.NewLine, dst.NewLine
		}
	}
	b.List = append(list, b.List...)
}

// last puts statements at the end of a block or clause.
func (g *grafter) last(ins Insertion) {
	list := g.statements(ins.Text, "")
	switch n := g.node[ins.At].(type) {
	case *dst.BlockStmt:
		n.List = append(n.List, list...)
	case *dst.CaseClause:
		n.Body = append(n.Body, list...)
	case *dst.CommClause:
		n.Body = append(n.Body, list...)
	}
}
