package rewriter

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// A Rewritten is a file that code may have been inserted into.
type Rewritten struct {
	Path string
	Src  []byte
	Ends []string // the names under which generated files declare what flushes at the program's end
	Stay bool     // what goes leaves its line breaks behind, so that each line of the user's keeps its number
}

// A Stripped is a file without what was inserted.
type Stripped struct {
	Src    []byte
	Found  bool             // something was inserted
	Edited []token.Position // what was inserted, and has been edited by a person since
}

// Strip takes out what was inserted: what the user had comes back to the byte,
// and what he has changed around it since stays. Only a file with something in
// it that does not parse gives an error, a scanner.ErrorList.
func Strip(f Rewritten) (Stripped, error) {
	if !f.mentions() {
		return Stripped{Src: f.Src}, nil
	}
	text, layout := Plain(f.Src)
	s := &stripper{file: f, text: text, fset: token.NewFileSet(), marks: map[int]*ast.Comment{}}
	if err := s.parse(); err != nil {
		return Stripped{}, err
	}
	s.find()
	if len(s.edits) == 0 {
		return Stripped{Src: f.Src}, nil
	}
	out := s.edits.apply(text, 0, len(text), f.Stay)
	if !f.Stay && (s.tidied || s.laidOut && formatted(text)) {
		if tidy, err := format.Source(out); err == nil {
			out = tidy
		}
	}
	return Stripped{Src: layout.Put(out), Found: true, Edited: s.edited}, nil
}

// mentions reports whether a file may hold something that was inserted. It is
// cheap and errs towards yes.
func (f Rewritten) mentions() bool {
	return bytes.Contains(f.Src, []byte("dd:gen ")) || bytes.Contains(f.Src, []byte(wrapLine)) ||
		slices.ContainsFunc(f.Ends, func(name string) bool { return bytes.Contains(f.Src, []byte(name+".")) })
}

// A stripper finds what was inserted into one file.
type stripper struct {
	file    Rewritten
	text    []byte
	fset    *token.FileSet
	syntax  *ast.File
	marks   map[int]*ast.Comment // by line
	edits   edits
	changed []changed
	edited  []token.Position
	tidied  bool // gofmt has been over what was inserted between comments
	laidOut bool // what is around what was inserted may be laid out in another way because of it
}

func (s *stripper) parse() (err error) {
	s.syntax, err = parser.ParseFile(s.fset, s.file.Path, s.text, parser.ParseComments|parser.SkipObjectResolution)
	return err
}

func (s *stripper) offset(pos token.Pos) int { return s.fset.PositionFor(pos, false).Offset }
func (s *stripper) lineOf(pos token.Pos) int { return s.fset.PositionFor(pos, false).Line }

func (s *stripper) edit(start, end token.Pos, text string) {
	s.edits = append(s.edits, edit{s.offset(start), s.offset(end), text})
}

// suspect notes that a person has edited what was inserted.
func (s *stripper) suspect(pos token.Pos) {
	s.edited = append(s.edited, s.fset.PositionFor(pos, false))
}

// find collects the edits that take out what was inserted.
func (s *stripper) find() {
	s.inline()
	for _, group := range s.syntax.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, genLine) || strings.HasPrefix(c.Text, wrapLine) {
				s.marks[s.lineOf(c.Pos())] = c
			}
		}
	}
	for _, decl := range s.syntax.Decls {
		ast.Walk(within{s: s}, decl)
	}
	for _, r := range slices.Backward(s.changed) { // inner functions first: one line of an outer one may hold them
		s.restore(r)
	}
	for _, c := range s.marks { // what is left belongs to nothing that could be ours
		s.suspect(c.Pos())
		s.edit(c.Pos(), c.End(), "")
	}
	slices.SortFunc(s.edited, func(a, b token.Position) int { return a.Offset - b.Offset })
}
