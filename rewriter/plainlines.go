package rewriter

import (
	"bytes"
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"unicode/utf8"
)

// plainLines renders a plan by nothing but new lines and names, without a look
// at the rest of the file, where that is all it takes: statements at the
// beginning of bodies, where gofmt would not align what is around them with
// them. That is nearly every function, and it costs next to nothing. What comes
// of it is what tree would make.
func (p *Plan) plainLines(fp FilePlan) ([]byte, bool) {
	l := liner{plan: p, src: fp.File.Src, list: fp.Insertions}
	for i := 0; i < len(l.list); {
		n, ok := l.next(i)
		if !ok {
			return nil, false
		}
		i += n
	}
	return l.edits.apply(l.src, 0, len(l.src), false), true
}

// A liner makes the edits of plainLines.
type liner struct {
	plan  *Plan
	src   []byte
	list  []Insertion
	edits edits
	named []int // offsets of names given so far
}

// next takes an insertion, or several at the same place, and returns how many.
func (l *liner) next(i int) (n int, ok bool) {
	ins := l.list[i]
	switch ins.Kind {
	case Name, Paren:
		l.named = append(l.named, ins.Offset)
		fallthrough
	case Wrap:
		l.edits = append(l.edits, edit{ins.Offset, ins.Offset + ins.Delete, ins.Text})
		return 1, true
	case First:
		text := ""
		for n = 0; i+n < len(l.list) && l.list[i+n].Kind == First && l.list[i+n].At == ins.At; n++ {
			text += l.list[i+n].Text
		}
		return n, l.body(i+n, ins.At, text)
	}
	return 0, false
}

func (l *liner) offset(pos token.Pos) int { return l.plan.pkg.Fset.PositionFor(pos, false).Offset }

// body puts statements at the beginning of a body. next is the insertion that
// comes after them.
func (l *liner) body(next int, fn ast.Node, text string) bool {
	typ, body := functionOf(fn)
	if typ == nil || strings.ContainsAny(text, "\"`'{}") {
		return false
	}
	open, close, params := l.offset(body.Lbrace), l.offset(body.Rbrace), l.offset(typ.Params.Pos())
	inside := l.src[open+1 : close]
	line, after := l.lineAround(open)
	if bytes.IndexByte(l.src[params:open], '\n') >= 0 {
		return false
	}
	if bytes.IndexByte(inside, '\n') >= 0 {
		end, behind := l.lineAround(close)
		first, _, _ := bytes.Cut(l.src[open+1+len(after)+1:], []byte("\n"))
		if len(after) > 0 || hasComment(first) && !bytes.HasPrefix(bytes.TrimLeft(first, "\t"), []byte("//")) || len(bytes.Trim(end, "\t")) > 0 || len(behind) > 0 && behind[0] == ' ' {
			return false
		}
		l.insert(open+1, open+1, "\n"+l.statements(text, string(end), l.was(typ, params, open)))
		return true
	}
	end := close + 1
	_, isDecl := fn.(*ast.FuncDecl)
	_, behind := l.lineAround(close)
	if bytes.ContainsAny(inside, ";{/") || hasComment(behind) || next < len(l.list) && l.list[next].Offset < end ||
		!isDecl || besideFunc(l.src, open, close) || bytes.HasSuffix(l.src[:open], []byte("  ")) {
		return false
	}
	indent := line[:len(line)-len(bytes.TrimLeft(line, "\t"))]
	lines := l.statements(text, string(indent), string(l.src[params:end]))
	if content := bytes.TrimSpace(inside); len(content) > 0 {
		lines += "\n" + string(indent) + "\t" + string(content)
	}
	l.insert(open+1, close, "\n"+lines+"\n"+string(indent))
	return true
}

func (l *liner) insert(start, end int, text string) {
	l.edits = append(l.edits, edit{start, end, text})
}

// besideFunc reports whether there is a function right above or below the lines
// of a part of a text: gofmt aligns their bodies, where each is on one line.
func besideFunc(src []byte, from, to int) bool {
	start := bytes.LastIndexByte(src[:from], '\n') + 1
	above := src[bytes.LastIndexByte(src[:max(start-1, 0)], '\n')+1 : start]
	_, below, _ := bytes.Cut(src[to:], []byte("\n"))
	// Above it may end there, when it is on several lines now.
	return bytes.HasPrefix(above, []byte("func")) || bytes.HasPrefix(above, []byte("}")) || bytes.HasPrefix(below, []byte("func"))
}

// lineAround is what stands before and behind a byte on its line.
func (l *liner) lineAround(at int) (before, behind []byte) {
	before = l.src[bytes.LastIndexByte(l.src[:at], '\n')+1 : at]
	behind, _, _ = bytes.Cut(l.src[at+1:], []byte("\n"))
	return before, behind
}

func hasComment(line []byte) bool {
	return bytes.Contains(line, []byte("//")) || bytes.Contains(line, []byte("/*"))
}

// was is the signature as it was, if a name has been given in it.
func (l *liner) was(typ *ast.FuncType, params, open int) string {
	if !slices.ContainsFunc(l.named, func(offset int) bool { return params < offset && offset <= open }) {
		return ""
	}
	end := typ.Params.End()
	if typ.Results != nil {
		end = typ.Results.End()
	}
	return string(l.src[params:l.offset(end)])
}

// statements are lines with their marks, which gofmt aligns.
func (l *liner) statements(text, indent, was string) string {
	var list []string
	width := 0
	for s := range strings.SplitSeq(strings.Trim(text, "; "), ";") {
		list = append(list, strings.TrimSpace(s))
		width = max(width, utf8.RuneCountInString(list[len(list)-1]))
	}
	for i, s := range list {
		list[i] = indent + "\t" + s + strings.Repeat(" ", width-utf8.RuneCountInString(s)+1) + markOf(s, was).line()
		was = ""
	}
	return strings.Join(list, "\n")
}
