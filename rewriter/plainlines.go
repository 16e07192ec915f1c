package rewriter

import (
	"bytes"
	"go/ast"
	"go/format"
	"slices"
	"strings"
	"unicode/utf8"
)

// plainLines renders a plan by nothing but new lines and names, without a look
// at the rest of the file, where that is all it takes: statements at the
// beginning of bodies. That is nearly every function, and it costs next to
// nothing. Only declarations in which gofmt may align something with the new
// lines are formatted. What comes of it is what tree would make.
func (p *Plan) plainLines(fp FilePlan) ([]byte, bool) {
	l := liner{plan: p, src: fp.File.Src, list: fp.Insertions, decls: fp.File.Syntax.Decls, tidy: map[ast.Decl]bool{}}
	for i := 0; i < len(l.list); {
		n, ok := l.next(i)
		if !ok {
			return nil, false
		}
		i += n
	}
	return l.render()
}

// A liner makes the edits of plainLines.
type liner struct {
	plan  *Plan
	src   []byte
	list  []Insertion
	decls []ast.Decl
	edits edits
	named []int             // offsets of names given so far
	tidy  map[ast.Decl]bool // the declarations that are to be formatted
}

// next takes an insertion, or several at the same place, and returns how many.
func (l *liner) next(i int) (n int, ok bool) {
	ins := l.list[i]
	switch ins.Kind {
	case Name, Paren, Wrap:
		if ins.Kind == Wrap {
			l.tidyAt(ins.Offset)
		} else {
			l.named = append(l.named, ins.Offset)
		}
		l.edits = append(l.edits, edit{ins.Offset, ins.Offset + ins.Delete, ins.Text})
		return 1, true
	case First:
		text := ""
		for n = 0; i+n < len(l.list) && l.list[i+n].Kind == First && l.list[i+n].At == ins.At; n++ {
			text += l.list[i+n].Text
		}
		return n, l.body(ins.At, text)
	}
	return 0, false
}

// render makes the edits, and formats what is to be formatted: if it has been
// as gofmt has it, so that Strip can bring it back.
func (l *liner) render() ([]byte, bool) {
	if len(l.tidy) > 0 && !formatted(l.src) { // Strip formats files that are formatted
		return nil, false
	}
	var b bytes.Buffer
	at := 0
	for _, decl := range l.decls {
		if !l.tidy[decl] {
			continue
		}
		from, to := l.plan.offset(decl.Pos()), l.plan.offset(decl.End())
		before, rest := l.edits.inside(at, from)
		inner, rest := rest.inside(from, to)
		text, err := format.Source(inner.apply(l.src, from, to, false))
		if err != nil {
			return nil, false
		}
		b.Write(before.apply(l.src, at, from, false))
		b.Write(text)
		at, l.edits = to, rest
	}
	b.Write(l.edits.apply(l.src, at, len(l.src), false))
	return b.Bytes(), true
}

// body puts statements at the beginning of a body.
func (l *liner) body(fn ast.Node, text string) bool {
	typ, body := functionOf(fn)
	if typ == nil {
		return false
	}
	open, end, params := l.plan.offset(body.Lbrace), l.plan.offset(body.End()), l.plan.offset(typ.Params.Pos())
	statements := splitStatements(text)
	tidy := bytes.IndexByte(l.src[params:open], '\n') >= 0 || slices.ContainsFunc(statements, func(s string) bool { return strings.Contains(s, "func(") })
	inside := l.src[open+1 : end-1]
	if bytes.IndexByte(inside, '\n') >= 0 {
		if _, after := l.lineAround(open); len(after) > 0 && !bytes.HasPrefix(after, []byte(" //")) {
			return false
		}
		l.several(statements, open, end, l.plan.was(l.src, typ, body, l.named), tidy)
		return true
	}
	_, isDecl := fn.(*ast.FuncDecl)
	if besideFunc(l.src, open, end) || bytes.HasSuffix(l.src[:open], []byte("  ")) {
		return false
	}
	before, behind := l.lineAround(end - 1)
	indent := tabs(before)
	lines := l.lines(statements, indent, l.plan.was(l.src, typ, body, l.named))
	content := bytes.TrimSpace(inside)
	if len(content) > 0 {
		// What stands there may get edits of its own.
		start := open + 1 + bytes.Index(inside, content)
		l.insert(open+1, start, "\n"+lines+"\n"+indent+"\t")
		l.insert(start+len(content), end-1, "\n"+indent)
	} else {
		l.insert(open+1, end-1, "\n"+lines+"\n"+indent)
	}
	if tidy || !isDecl || bytes.ContainsAny(content, ";{/") || hasComment(behind) {
		l.tidyAt(open)
	}
	return true
}

// several puts statements at the beginning of a body of several lines.
func (l *liner) several(statements []string, open, end int, was string, tidy bool) {
	_, after := l.lineAround(open)
	last, _ := l.lineAround(end - 1)
	indent := tabs(last)
	first, _, _ := bytes.Cut(l.src[open+1+len(after)+1:], []byte("\n"))
	comment := hasComment(first) && !bytes.HasPrefix(bytes.TrimLeft(first, "\t"), []byte("//"))
	lines := "\n" + l.lines(statements, indent, was)
	if len(after) > 0 {
		l.insert(open+1+len(after), open+1+len(after), lines) // a comment stands behind the brace
	} else {
		l.insert(open+1, open+1, lines)
	}
	if tidy || comment || len(after) > 0 || len(bytes.Trim(last, "\t")) > 0 {
		l.tidyAt(open)
	}
}

func (l *liner) insert(start, end int, text string) {
	l.edits = append(l.edits, edit{start, end, text})
}

// tidyAt has the declaration around an offset formatted.
func (l *liner) tidyAt(offset int) {
	i, _ := slices.BinarySearchFunc(l.decls, offset, func(d ast.Decl, offset int) int { return l.plan.offset(d.End()) - offset })
	l.tidy[l.decls[i]] = true
}

// lineAround is what stands before and behind a byte on its line.
func (l *liner) lineAround(at int) (before, behind []byte) {
	before = l.src[bytes.LastIndexByte(l.src[:at], '\n')+1 : at]
	behind, _, _ = bytes.Cut(l.src[at+1:], []byte("\n"))
	return before, behind
}

// besideFunc reports whether there is a function right above or below the lines
// of a part of a text: gofmt aligns their bodies, where each is on one line.
func besideFunc(src []byte, from, to int) bool {
	_, rest, _ := bytes.Cut(src[to:], []byte("\n"))
	above, below := linesBeside(src, bytes.LastIndexByte(src[:from], '\n')+1, len(src)-len(rest))
	// Above it may end there, when it is on several lines now.
	return bytes.HasPrefix(above, []byte("func")) || bytes.HasPrefix(above, []byte("}")) || bytes.HasPrefix(below, []byte("func"))
}

// linesBeside are the lines above and below whole lines of a text.
func linesBeside(src []byte, start, end int) (above, below []byte) {
	above = src[bytes.LastIndexByte(src[:max(start-1, 0)], '\n')+1 : start]
	below, _, _ = bytes.Cut(src[end:], []byte("\n"))
	return above, below
}

// tabs is what a line is indented by.
func tabs(line []byte) string { return string(line[:len(line)-len(bytes.TrimLeft(line, "\t"))]) }

func hasComment(line []byte) bool {
	return bytes.Contains(line, []byte("//")) || bytes.Contains(line, []byte("/*"))
}

// lines are statements on lines of their own with their marks, which gofmt
// aligns.
func (l *liner) lines(statements []string, indent, was string) string {
	width := 0
	for _, s := range statements {
		width = max(width, utf8.RuneCountInString(s))
	}
	list := make([]string, len(statements))
	for i, s := range statements {
		list[i] = indent + "\t" + s + strings.Repeat(" ", width-utf8.RuneCountInString(s)+1) + markOf(s, was).line()
		was = ""
	}
	return strings.Join(list, "\n")
}
