package rewriter

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

var bom = []byte("\xef\xbb\xbf")

// Splice renders a file's plan for the build: each insertion on the line where
// it belongs, so that no line of the user's moves, and behind it, where more
// of the user's text follows on the line, a comment that gives the compiler
// the column again. The file begins with a line that names the original.
func (p *Plan) Splice(fp FilePlan) []byte {
	var b bytes.Buffer
	src := fp.File.Src
	positions := p.positions(fp.File)
	at := 0
	if bytes.HasPrefix(src, bom) {
		at = len(bom) // it may only stand at the very beginning, and counts as columns
	}
	fmt.Fprintf(&b, "//line %s:1:%d\n", fp.File.Path, at+1)
	for i, ins := range fp.Insertions {
		b.Write(src[at:ins.Offset])
		b.WriteString(ins.Text)
		at = ins.Offset + ins.Delete
		again := i+1 < len(fp.Insertions) && fp.Insertions[i+1].Offset == at
		if !again && !restOfLineBlank(src[at:]) {
			b.WriteString(positions.comment(at))
		}
	}
	b.Write(src[at:])
	return b.Bytes()
}

// Untouched is a file for the build that nothing is inserted into, but that is
// not read from where the compiler should say it is.
func Untouched(path string, src []byte) []byte {
	at := 0
	if bytes.HasPrefix(src, bom) {
		at = len(bom)
	}
	return append(fmt.Appendf(nil, "//line %s:1:%d\n", path, at+1), src[at:]...)
}

func restOfLineBlank(s []byte) bool {
	line, _, _ := bytes.Cut(s, []byte("\n"))
	return len(bytes.TrimSpace(line)) == 0
}

// positions writes line comments for a file.
type positions struct {
	file  *token.File
	lines []lineComment // the user's own
}

// A lineComment is a //line or /*line*/ comment of the user's.
type lineComment struct {
	end  int    // the offset behind it
	name string // the file it names, as written
}

func (p *Plan) positions(f *File) positions {
	ps := positions{file: p.pkg.Fset.File(f.Syntax.FileStart)}
	for _, group := range f.Syntax.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "//") && ps.file.PositionFor(c.Pos(), false).Column != 1 {
				continue // only at the beginning of a line does it mean something
			}
			if name, ok := lineName(c); ok {
				ps.lines = append(ps.lines, lineComment{ps.file.Offset(c.End()), name})
			}
		}
	}
	return ps
}

// lineName returns the file that a line comment names, and whether it names
// one: a comment with a line but no file names the file "", one with a column
// too leaves it as it was.
func lineName(c *ast.Comment) (string, bool) {
	text, ok := strings.CutPrefix(c.Text, "//line ")
	if !ok {
		if text, ok = strings.CutPrefix(c.Text, "/*line "); !ok {
			return "", false
		}
		text = strings.TrimSuffix(text, "*/")
	}
	text = strings.TrimRight(text, "\r")
	numbers := 0
	for ; numbers < 2; numbers++ { // name:line:col or name:line
		i := strings.LastIndexByte(text, ':')
		if i < 0 || i+1 == len(text) || strings.Trim(text[i+1:], "0123456789") != "" {
			break
		}
		text = text[:i]
	}
	return text, numbers == 1 || numbers == 2 && text != ""
}

// comment tells the compiler where the next byte of the user's text stands. A
// position without a column, as line comments may set it, stays one.
func (ps positions) comment(offset int) string {
	pos := ps.file.PositionFor(ps.file.Pos(offset), true)
	if pos.Column > 0 {
		return fmt.Sprintf("/*line :%d:%d*/", pos.Line, pos.Column)
	}
	name := ""
	for _, l := range ps.lines {
		if l.end <= offset {
			name = l.name
		}
	}
	return fmt.Sprintf("/*line %s:%d*/", name, pos.Line)
}
