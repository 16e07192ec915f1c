package rewriter

import (
	"bytes"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/ddinstrument/ddinstrument/directives"
)

// within walks the syntax and knows which function it is in.
type within struct {
	s    *stripper
	typ  *ast.FuncType
	body *ast.BlockStmt
	decl bool // it is a declaration
}

// changed is a function whose signature, or layout, had to change.
type changed struct {
	typ  *ast.FuncType
	body *ast.BlockStmt
	decl bool
	was  string
	pos  token.Pos // of the statement that says so
}

func (w within) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.FuncDecl:
		w.typ, w.body, w.decl = n.Type, n.Body, true
	case *ast.FuncLit:
		w.typ, w.body, w.decl = n.Type, n.Body, false
	case *ast.CallExpr:
		w.s.call(n)
	}
	w.list(directives.Statements(n))
	return w
}

// list finds the statements of a list that were inserted.
func (w within) list(list []ast.Stmt) {
	for i, stmt := range list {
		switch stmt.(type) {
		case *ast.CaseClause, *ast.CommClause:
			continue // it ends where its last statement does
		}
		stmt = directives.Unlabelled(stmt)
		c := w.s.markBehind(stmt)
		switch {
		case c == nil:
		case strings.HasPrefix(c.Text, wrapLine):
			w.s.unwrap(stmt, c)
		default:
			w.statement(stmt, list[:i], parseMark(c.Text[len(genLine):]))
			w.s.remove(stmt.Pos(), c.End())
		}
	}
}

// markBehind returns the comment behind a statement that says it was inserted.
// It is taken: a line has one.
func (s *stripper) markBehind(stmt ast.Stmt) *ast.Comment {
	line := s.lineOf(stmt.End())
	c := s.marks[line]
	if c == nil || c.Pos() < stmt.End() || len(bytes.Trim(s.text[s.offset(stmt.End()):s.offset(c.Pos())], " \t;")) > 0 {
		return nil
	}
	delete(s.marks, line)
	return c
}

// statement looks at a statement that was inserted: whether it is still what
// it was, and what else has changed with it.
func (w within) statement(stmt ast.Stmt, before []ast.Stmt, m mark) {
	s := w.s
	if sumOf(string(s.text[s.offset(stmt.Pos()):s.offset(stmt.End())]), m.was) != m.sum {
		s.suspect(stmt.Pos())
	}
	switch {
	case m.was == token.RETURN.String():
		s.unassign(stmt, before)
	case strings.HasPrefix(m.was, "(") && w.body != nil:
		s.changed = append(s.changed, changed{w.typ, w.body, w.decl, m.was, stmt.Pos()})
	case m.was != "":
		s.suspect(stmt.Pos())
	}
}

// unassign makes an assignment to what is returned the return that it was.
func (s *stripper) unassign(stmt ast.Stmt, before []ast.Stmt) {
	for i, prev := range slices.Backward(before) {
		assign, ok := directives.Unlabelled(prev).(*ast.AssignStmt)
		if !ok || assign.Tok != token.ASSIGN {
			continue
		}
		if i < len(before)-1 { // something has come between
			s.suspect(stmt.Pos())
		}
		s.laidOut = true
		s.edit(assign.Pos(), assign.TokPos+1, token.RETURN.String())
		return
	}
	s.suspect(stmt.Pos())
}

// unwrap takes the braces around a statement away.
func (s *stripper) unwrap(stmt ast.Stmt, c *ast.Comment) {
	block, ok := stmt.(*ast.BlockStmt)
	if !ok {
		s.suspect(stmt.Pos())
		s.edit(c.Pos(), c.End(), "")
		return
	}
	end := block.Lbrace + 1
	if open := s.marks[s.lineOf(block.Lbrace)]; open != nil && strings.HasPrefix(open.Text, wrapLine) && open.Pos() > block.Lbrace {
		end = open.End()
		delete(s.marks, s.lineOf(block.Lbrace))
	}
	s.remove(block.Lbrace, end)
	s.remove(block.Rbrace, c.End())
	s.laidOut = true
}

// aligned reports whether gofmt may have aligned the comment of a line of the
// user's above or below with those on lines that go.
func (s *stripper) aligned(start, end int) bool {
	above, below := linesBeside(s.text, start, end)
	for _, line := range [][]byte{above, below} {
		if hasComment(line) && !bytes.HasPrefix(bytes.TrimLeft(line, "\t"), []byte("//")) &&
			!bytes.Contains(line, []byte(genLine)) && !bytes.Contains(line, []byte(wrapLine)) {
			return true
		}
	}
	return false
}

// remove takes text out and, where nothing else stands on its lines, those: or
// makes them comments, where lines stay.
func (s *stripper) remove(from, to token.Pos) {
	start, end, stay := s.offset(from), s.offset(to), ""
	lineStart := bytes.LastIndexByte(s.text[:start], '\n') + 1
	rest, _, _ := bytes.Cut(s.text[end:], []byte("\n"))
	if len(bytes.TrimSpace(s.text[lineStart:start])) == 0 && len(bytes.TrimSpace(rest)) == 0 {
		start, end = lineStart, min(end+len(rest)+1, len(s.text))
		s.laidOut = s.laidOut || s.aligned(start, end)
		if s.file.Stay { // a blank line would come between a directive and what it stands above
			stay = strings.Repeat("//\n", bytes.Count(s.text[start:end], []byte("\n")))
		}
	}
	s.edits = append(s.edits, edit{start, end, stay})
}
