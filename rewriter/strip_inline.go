package rewriter

import (
	"bytes"
	"go/ast"
	"strings"
)

// inline finds what stands between two comments on a line of the user's.
func (s *stripper) inline() {
	var open *ast.Comment
	var last region
	for _, group := range s.syntax.Comments {
		for _, c := range group.List {
			switch {
			case strings.HasPrefix(c.Text, genInline):
				open = c
			case c.Text == endInline && open != nil:
				last = s.between(open, c, last)
				open = nil
			}
		}
	}
}

// A region is a part of the text that goes, between two comments.
type region struct {
	start, end int
	first      bool // it begins its line
}

// between takes out what stands between two comments. gofmt may have spread it
// over several lines since, and moved a comma in front of it into it. last is
// what went before it.
func (s *stripper) between(open, end *ast.Comment, last region) region {
	m := parseMark(strings.TrimSuffix(open.Text[len(genInline):], "*/"))
	code := string(s.text[s.offset(open.End()):s.offset(end.Pos())])
	was := m.was
	if rest, ok := strings.CutPrefix(strings.TrimSpace(code), ","); ok && sumOf(rest, m.was) == m.sum {
		code, was = rest, ", "+was
	}
	if sumOf(code, m.was) != m.sum {
		s.suspect(open.Pos())
	}
	from, to := s.offset(open.Pos()), s.offset(end.End())
	r := s.region(from, to, last)
	s.laidOut = true
	breaks := bytes.Count(s.text[from:to], []byte("\n"))
	alone := r.first && was == "" && restOfLineBlank(s.text[to:])
	s.tidied = s.tidied || breaks > 0
	switch {
	case breaks > 0 && s.file.Stay && r.first: // a blank line would come between a directive and what it stands above
		was = strings.Repeat("//\n", breaks) + was
		if alone {
			was += "//"
		}
	case breaks > 0 && s.file.Stay: // in front: behind a return, a line break would end the statement
		was = strings.Repeat("\n", breaks) + was
	case breaks > 0 && alone:
		from, to = r.start, to+bytes.IndexByte(s.text[to:], '\n')+1
	}
	s.edits = append(s.edits, edit{from, to, was})
	return r
}

// region is the text from one comment to another; with what goes before it, if
// nothing that stays is between them.
func (s *stripper) region(from, to int, last region) region {
	line := bytes.LastIndexByte(s.text[:from], '\n') + 1
	switch {
	case last.end > line && len(bytes.TrimSpace(s.text[last.end:from])) == 0:
		return region{last.start, to, last.first}
	case last.end <= line && len(bytes.TrimSpace(s.text[line:from])) == 0:
		return region{line, to, true}
	}
	return region{from, to, false}
}
