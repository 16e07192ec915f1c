package rewriter

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Marked is a file prepared for a tool that inserts code of its own, as go
// tool cover does: the user's text with a comment at each place of the plan.
// The tool sees, counts and positions the user's code alone; afterwards Unmark
// puts the plan's text where the comments are.
type Marked struct {
	Original string   `json:"original"` // the user's file, absolute
	Source   []byte   `json:"source"`   // what the tool gets to read
	Mark     string   `json:"mark"`     // what each comment begins with
	Texts    []string `json:"texts"`    // by number
	Deletes  []int    `json:"deletes"`  // bytes before the comment that go
}

// Mark renders a file's plan as comments.
func (p *Plan) Mark(fp FilePlan) Marked {
	m := Marked{Original: fp.File.Path, Mark: "/*dd:"}
	for i := 0; bytes.Contains(fp.File.Src, []byte(m.Mark)); i++ {
		m.Mark = "/*dd" + strconv.Itoa(i) + ":"
	}
	src := fp.File.Src
	positions := p.positions(fp.File)
	var b bytes.Buffer
	at := 0
	for i, ins := range fp.Insertions {
		b.Write(src[at : ins.Offset+ins.Delete])
		at = ins.Offset + ins.Delete
		fmt.Fprintf(&b, "%s%d*/", m.Mark, i)
		b.WriteString(positions.comment(at))
		m.Texts = append(m.Texts, ins.Text)
		m.Deletes = append(m.Deletes, ins.Delete)
	}
	b.Write(src[at:])
	m.Source = b.Bytes()
	return m
}

// Unmark puts the plan's text in place of the comments in what the tool made.
func (m Marked) Unmark(out []byte) ([]byte, error) {
	var b bytes.Buffer
	rest := string(out)
	for i, text := range m.Texts {
		mark := m.Mark + strconv.Itoa(i) + "*/"
		before, after, ok := strings.Cut(rest, mark)
		if !ok || len(before) < m.Deletes[i] {
			return nil, fmt.Errorf("%s: the place of insertion %d is gone", m.Original, i)
		}
		b.WriteString(before[:len(before)-m.Deletes[i]])
		b.WriteString(text)
		rest = after
	}
	b.WriteString(rest)
	return b.Bytes(), nil
}
