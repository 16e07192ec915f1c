package rewriter

import (
	"bytes"
	"fmt"
	"go/ast"
	"slices"
)

// InPlace renders a file's plan into the source, as a person would have written
// it. Strip gives the file back to the byte: a file for which that can't be
// had, one that is not as gofmt would have it, or that names the lines of
// another file, gets it all on the user's own lines, between comments. The file
// should have been planned without its layout, as Plain gives it.
func (p *Plan) InPlace(fp FilePlan) []byte {
	if len(p.positions(fp.File).lines) == 0 {
		if out, ok := p.plainLines(fp); ok {
			return out
		}
	}
	if len(p.positions(fp.File).lines) == 0 && formatted(fp.File.Src) {
		if out, err := p.tree(fp); err == nil && formatted(out) && p.undone(fp, out) {
			return out
		}
	}
	return p.inline(fp)
}

// undone reports whether Strip gives a file back.
func (p *Plan) undone(fp FilePlan, out []byte) bool {
	back, err := Strip(Rewritten{Path: fp.File.Path, Src: out, Ends: []string{p.vars.end}})
	return err == nil && len(back.Edited) == 0 && bytes.Equal(back.Src, fp.File.Src)
}

// inline renders a plan on the user's own lines.
func (p *Plan) inline(fp FilePlan) []byte {
	var b bytes.Buffer
	src := fp.File.Src
	at := 0
	for _, ins := range fp.Insertions {
		b.Write(src[at:ins.Offset])
		at = ins.Offset + ins.Delete
		if ins.Kind == Wrap { // it is known by its name
			b.WriteString(ins.Text)
			continue
		}
		b.WriteString(markOf(ins.Text, string(src[ins.Offset:at])).inline(ins.Text))
	}
	b.Write(src[at:])
	return b.Bytes()
}

// functionOf takes a function apart; a block is the body of none.
func functionOf(n ast.Node) (*ast.FuncType, *ast.BlockStmt) {
	switch n := n.(type) {
	case *ast.BlockStmt:
		return nil, n
	case *ast.FuncDecl:
		return n.Type, n.Body
	case *ast.FuncLit:
		return n.Type, n.Body
	}
	panic(fmt.Sprintf("rewriter: %T is no function", n))
}

// was is what a function was in the source, as far as that changes: its
// signature, and its body when that stands on one line. named are the offsets
// at which signatures get names.
func (p *Plan) was(src []byte, typ *ast.FuncType, body *ast.BlockStmt, named []int) string {
	from, to := p.offset(typ.Params.Pos()), p.offset(endOf(typ.Params, typ.Results))
	switch {
	case p.onOneLine(body):
		to = p.offset(body.End())
	case !slices.ContainsFunc(named, func(offset int) bool { return from <= offset && offset <= to }):
		return ""
	}
	return string(src[from:to])
}

func (p *Plan) onOneLine(body *ast.BlockStmt) bool {
	file := p.pkg.Fset.File(body.Pos())
	return file.PositionFor(body.Lbrace, false).Line == file.PositionFor(body.Rbrace, false).Line
}
