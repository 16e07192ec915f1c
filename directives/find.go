package directives

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// Mentioned reports whether a file may hold a directive: whether it is worth
// parsing. It is cheap and errs towards yes.
func Mentioned(src []byte) bool {
	for _, sign := range []string{"dd:", "//otelc:", "//orchestrion:"} {
		if bytes.Contains(src, []byte(sign)) {
			return true
		}
	}
	return false
}

// InBody reports whether a directive may stand inside a function of a file.
// Like Mentioned it errs towards yes.
func InBody(file *ast.File, fn *ast.FuncDecl) bool {
	first, _ := slices.BinarySearchFunc(file.Comments, fn.Pos(), func(g *ast.CommentGroup, pos token.Pos) int { return cmp.Compare(g.End(), pos) })
	for _, group := range file.Comments[first:] {
		if group.Pos() >= fn.End() {
			return false
		}
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, prefix) || isForeign(c.Text) {
				return true
			}
		}
	}
	return false
}

// Find reads every directive of a file and attaches it to what it stands
// above. The file must have been parsed with comments.
func Find(fset *token.FileSet, file *ast.File) (Found, []Diagnostic) {
	f := &finder{fset: fset, file: file, targets: map[ast.Node]*ast.Comment{}}
	f.found.Types = map[string]Directive{}
	f.found.Ignored = map[*ast.FuncDecl]bool{}
	if !slices.ContainsFunc(file.Comments, func(g *ast.CommentGroup) bool {
		return slices.ContainsFunc(g.List, func(c *ast.Comment) bool { return Mentioned([]byte(c.Text)) })
	}) {
		return f.found, nil
	}
	f.index()
	for _, group := range file.Comments {
		for _, c := range group.List {
			f.comment(c)
		}
	}
	slices.SortStableFunc(f.found.Targets, func(a, b Target) int { return cmp.Compare(a.Node().Pos(), b.Node().Pos()) })
	f.name()
	f.settle()
	for _, t := range f.found.Targets {
		f.read(t.Directive, string(t.Kind)+" "+t.Path).Name = t.Name(file.Name.Name)
	}
	return f.found, f.diagnostics
}

type finder struct {
	fset        *token.FileSet
	file        *ast.File
	starts      map[int]ast.Node  // what begins first on a line
	ends        map[int]token.Pos // the first end, on a line, of what began on an earlier one
	comments    map[int]token.Pos // the first comment on a line
	parents     map[ast.Node]ast.Node
	targets     map[ast.Node]*ast.Comment // by what they stand above
	found       Found
	diagnostics []Diagnostic
}

func (f *finder) line(pos token.Pos) int { return f.fset.PositionFor(pos, false).Line }

// report says something about a place. The position is the one a compiler
// would give, line comments taken into account.
func (f *finder) report(pos token.Pos, message string) *Diagnostic {
	f.diagnostics = append(f.diagnostics, At(f.fset, pos, message))
	return &f.diagnostics[len(f.diagnostics)-1]
}

// closeUp is the fix that takes out the blank lines between a directive and
// what it traces: none where the lines from the given one on are others.
func (f *finder) closeUp(line int) Fix {
	file, next := f.fset.File(f.file.FileStart), line
	for next < file.LineCount() && f.starts[next] == nil && f.ends[next] == 0 && f.comments[next] == 0 {
		next++
	}
	n := f.starts[next]
	if n == nil || f.ends[next] != 0 || next == line {
		return Fix{}
	}
	if _, wrong := f.target(n, next); wrong != "" {
		return Fix{}
	}
	return Fix{"Delete what is blank between the directive and the code", file.LineStart(line), file.LineStart(next), ""}
}

// index notes what begins and ends on each line, which lines have comments,
// and what is part of what.
func (f *finder) index() {
	f.starts = map[int]ast.Node{}
	f.ends = map[int]token.Pos{}
	f.comments = map[int]token.Pos{}
	f.parents = map[ast.Node]ast.Node{}
	for _, group := range f.file.Comments {
		for _, c := range group.List {
			for l := f.line(c.Pos()); l <= f.line(c.End()-1); l++ {
				if f.comments[l] == 0 {
					f.comments[l] = c.Pos()
				}
			}
		}
	}
	var stack []ast.Node
	ast.Inspect(f.file, func(n ast.Node) bool {
		switch n.(type) {
		case nil:
			stack = stack[:len(stack)-1]
			return true
		case *ast.Comment, *ast.CommentGroup:
			return false
		}
		if len(stack) > 0 {
			f.parents[n] = stack[len(stack)-1]
		}
		stack = append(stack, n)
		f.place(n)
		return true
	})
}

// place notes the lines that a node begins and ends on.
func (f *finder) place(n ast.Node) {
	line := f.line(begin(n))
	if old, ok := f.starts[line]; !ok || begin(n) < begin(old) {
		f.starts[line] = n
	}
	if _, whole := n.(*ast.File); whole {
		return
	}
	end := f.line(n.End() - 1)
	if old, ok := f.ends[end]; end > line && (!ok || n.End() < old) {
		f.ends[end] = n.End()
	}
}

// begin is where a node's own first token stands. The syntax tree counts a
// file from its package clause, and a doc comment belongs to no node here.
func begin(n ast.Node) token.Pos {
	if file, ok := n.(*ast.File); ok {
		return file.Package
	}
	return n.Pos()
}

func (f *finder) comment(c *ast.Comment) {
	if !strings.HasPrefix(c.Text, prefix) && !isForeign(c.Text) {
		f.nearMiss(c)
		return
	}
	if !f.alone(c) {
		f.report(c.Pos(), "a directive must be alone on its line; put it on the line above what it traces")
		return
	}
	d, problems := Parse(strings.TrimRight(c.Text, " \t\r"), c.Pos())
	for _, p := range problems {
		said := f.report(c.Pos()+token.Pos(p.Offset), p.Message)
		said.Warning, said.Fix = p.Warning, p.Fix
	}
	f.attach(c, d, len(problems) == 0)
}

// alone reports whether nothing stands before a comment on its line.
func (f *finder) alone(c *ast.Comment) bool {
	line := f.line(c.Pos())
	n, starts := f.starts[line]
	end, ends := f.ends[line]
	return !(starts && begin(n) < c.Pos() || ends && end <= c.Pos() || f.comments[line] < c.Pos())
}

// nearMiss warns of a comment that was probably meant as a directive: gofmt
// puts a space into what is none.
func (f *finder) nearMiss(c *ast.Comment) {
	rest, ok := strings.CutPrefix(c.Text, "//")
	words, dd := strings.CutPrefix(strings.TrimLeft(rest, " \t"), "dd:")
	verb := firstWord(strings.TrimLeft(words, " \t"))
	if !ok || !dd || !slices.Contains(verbs, Verb(verb)) {
		return
	}
	said := f.report(c.Pos(), "this comment does nothing; a directive has no space after //: write "+prefix+verb)
	said.Warning = true
	if !f.alone(c) {
		return // as a directive it would be wrong
	}
	said.Fix = Fix{"Make it a directive", c.Pos(), c.Pos() + token.Pos(strings.Index(c.Text, verb)), prefix}
}

func firstWord(s string) string {
	if i := strings.IndexAny(s, " \t\r"); i >= 0 {
		return s[:i]
	}
	return s
}

// next finds the line on which the code that follows a line begins, and what
// begins it: nil when the line begins with the end of something, or is blank.
// Other comment lines may stand between, blank ones may not.
func (f *finder) next(pos token.Pos) (ast.Node, int) {
	line := f.line(pos) + 1
	for f.comments[line] != 0 && f.starts[line] == nil && f.ends[line] == 0 {
		line++
	}
	n := f.starts[line]
	if end := f.ends[line]; n != nil && end != 0 && end <= begin(n) {
		return nil, line
	}
	return n, line
}
