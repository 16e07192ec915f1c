package directives

import (
	"bytes"
	"go/ast"
	"go/token"
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

// A Target is a function that a directive stands above.
type Target struct {
	Directive Directive
	Decl      *ast.FuncDecl
}

// Find reads every directive of a file and attaches it to what it stands
// above. The file must have been parsed with comments. The targets of
// //dd:ignore are left out: nothing else selects them yet.
func Find(fset *token.FileSet, file *ast.File) ([]Target, []Diagnostic) {
	f := &finder{fset: fset, file: file, targets: map[*ast.FuncDecl]Directive{}}
	f.index()
	for _, group := range file.Comments {
		for _, c := range group.List {
			f.comment(c)
		}
	}
	var found []Target
	for _, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok {
			if d, ok := f.targets[fn]; ok && d.Verb == Trace && Untraceable(f.file, fn) == "" {
				found = append(found, Target{d, fn})
			}
		}
	}
	return found, f.diagnostics
}

type finder struct {
	fset        *token.FileSet
	file        *ast.File
	starts      map[int]ast.Node  // what begins first on a line
	ends        map[int]bool      // lines on which something ends
	comments    map[int]bool      // lines that hold a comment
	methods     map[ast.Node]bool // the fields that are interface methods
	targets     map[*ast.FuncDecl]Directive
	diagnostics []Diagnostic
}

func (f *finder) line(pos token.Pos) int { return f.fset.PositionFor(pos, false).Line }

// report says something about a place. The position is the one a compiler
// would give, line comments taken into account.
func (f *finder) report(pos token.Pos, message string, warning bool) {
	f.diagnostics = append(f.diagnostics, Diagnostic{Position(f.fset, pos), message, warning})
}

// index notes what begins and ends on each line, and which lines have comments.
func (f *finder) index() {
	f.starts = map[int]ast.Node{}
	f.ends = map[int]bool{}
	f.comments = map[int]bool{}
	f.methods = map[ast.Node]bool{}
	for _, group := range f.file.Comments {
		for _, c := range group.List {
			for l := f.line(c.Pos()); l <= f.line(c.End()-1); l++ {
				f.comments[l] = true
			}
		}
	}
	ast.Inspect(f.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil, *ast.Comment, *ast.CommentGroup:
			return false
		case *ast.InterfaceType:
			for _, field := range n.Methods.List {
				f.methods[field] = len(field.Names) > 0
			}
		}
		line := f.line(begin(n))
		if old, ok := f.starts[line]; !ok || begin(n) < begin(old) {
			f.starts[line] = n
		}
		if _, whole := n.(*ast.File); !whole {
			f.ends[f.line(n.End()-1)] = true
		}
		return true
	})
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
	if n, ok := f.starts[f.line(c.Pos())]; ok && begin(n) < c.Pos() || f.endsLine(c) {
		f.report(c.Pos(), "a directive must be alone on its line; put it on the line above what it traces", false)
		return
	}
	d, problems := Parse(strings.TrimRight(c.Text, " \t\r"), c.Pos())
	for _, p := range problems {
		f.report(c.Pos()+token.Pos(p.Offset), p.Message, p.Warning)
	}
	f.attach(firstWord(c.Text), d, len(problems) == 0)
}

// endsLine reports whether code that began on an earlier line ends on the
// comment's, as in "} //dd:trace".
func (f *finder) endsLine(c *ast.Comment) bool {
	line := f.line(c.Pos())
	ends := false
	ast.Inspect(f.file, func(n ast.Node) bool {
		if n == nil || ends {
			return false
		}
		if _, ok := n.(*ast.File); !ok && n.End() <= c.Pos() && n.End().IsValid() && f.line(n.End()-1) == line {
			ends = true
		}
		return !ends
	})
	return ends
}

// nearMiss warns of a comment that was probably meant as a directive.
func (f *finder) nearMiss(c *ast.Comment) {
	rest, ok := strings.CutPrefix(c.Text, "//")
	word := firstWord(strings.TrimLeft(rest, " \t"))
	if !ok || word != "dd:trace" && word != "dd:ignore" {
		return
	}
	f.report(c.Pos(), "this comment does nothing; a directive has no space after //: write //"+word, true)
}

func firstWord(s string) string {
	if i := strings.IndexAny(s, " \t\r"); i >= 0 {
		return s[:i]
	}
	return s
}

// attach finds the code that starts on the next line. Other comment lines may
// stand between, blank ones may not.
func (f *finder) attach(name string, d Directive, good bool) {
	line := f.line(d.Pos) + 1
	for f.comments[line] && f.starts[line] == nil && !f.ends[line] {
		line++
	}
	node := f.starts[line]
	fn, ok := node.(*ast.FuncDecl)
	if !ok {
		if good {
			f.report(d.Pos, name+" stands above "+f.describe(node, line)+"; put it on the line above a function or method", false)
		}
		return
	}
	if old, taken := f.targets[fn]; taken {
		f.report(d.Pos, name+" is the second directive on "+fn.Name.Name+" (the first: line "+
			itoa(Position(f.fset, old.Pos).Line)+"); delete one", false)
		return
	}
	if d.Bare && d.Name == "" {
		d.Name = fn.Name.Name
	}
	f.targets[fn] = d
	if d.Verb != Trace {
		return
	}
	if reason := Untraceable(f.file, fn); reason != "" {
		f.report(d.Pos, fn.Name.Name+" can't be traced: "+reason, false)
	}
}
