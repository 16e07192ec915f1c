package rewriter

import (
	"bytes"
	"cmp"
	"go/format"
	"slices"
	"strings"
)

// An edit replaces the bytes from start to end of a text.
type edit struct {
	start, end int
	text       string
}

// edits are changes of one text, in any order.
type edits []edit

// inside returns the edits within a part of the text, and the others.
func (list edits) inside(start, end int) (in, out edits) {
	for _, e := range list {
		if start <= e.start && e.end <= end {
			in = append(in, e)
		} else {
			out = append(out, e)
		}
	}
	return in, out
}

// apply returns the part of src from start to end, changed. With lines, what
// goes leaves its line breaks behind, so that what follows stays on its line.
func (list edits) apply(src []byte, start, end int, lines bool) []byte {
	slices.SortStableFunc(list, func(a, b edit) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
	var b bytes.Buffer
	at := start
	for _, e := range list {
		if e.start < at {
			continue // within one that has been made
		}
		b.Write(src[at:e.start])
		b.WriteString(e.text)
		if lines {
			gone := bytes.Count(src[e.start:e.end], []byte("\n")) - strings.Count(e.text, "\n")
			b.WriteString(strings.Repeat("\n", max(gone, 0)))
		}
		at = e.end
	}
	b.Write(src[at:end])
	return b.Bytes()
}

// A Layout is what of a file is no matter of syntax: a byte order mark, and how
// lines end.
type Layout struct{ mark, returns bool }

// Plain takes the layout off a text: it has no mark, and lines that end as gofmt
// has them. A text whose lines end in both ways keeps them.
func Plain(src []byte) ([]byte, Layout) {
	var l Layout
	if rest, ok := bytes.CutPrefix(src, bom); ok {
		src, l.mark = rest, true
	}
	if n := bytes.Count(src, []byte("\r\n")); n > 0 && n == bytes.Count(src, []byte("\n")) && n == bytes.Count(src, []byte("\r")) {
		src, l.returns = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n")), true
	}
	return src, l
}

// Put puts the layout back.
func (l Layout) Put(text []byte) []byte {
	if l.returns {
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	if l.mark {
		text = append(slices.Clone(bom), text...)
	}
	return text
}

// formatted reports whether gofmt has nothing to change in a text.
func formatted(text []byte) bool {
	out, err := format.Source(text)
	return err == nil && bytes.Equal(out, text)
}
