package rewriter

import (
	"fmt"
	"go/ast"
	"strings"

	"github.com/ddinstrument/ddinstrument/directives"
)

// point plans one //dd:tag. The active span is asked for where it stands: it
// may be that of a caller, which nothing here knows of.
//
//	ddhere.TagFrom(ctx, "key", func() interface{} { return n });
func (p *Plan) point(fp *FilePlan, pt directives.Point) {
	if p.pkg.Info == nil {
		return
	}
	var around ast.Node = pt.List
	if pt.Stmt != nil {
		around = pt.Stmt
	}
	fr := p.frame(fp, functionAround(fp.File.Syntax, around))
	if fr == nil {
		return // the compiler says why
	}
	p.use(fp.File, hereVar)
	kind, at := Last, pt.List
	if pt.Stmt != nil {
		kind, at = Before, pt.At()
	}
	p.insert(fp, kind, at, pt.Pos(), 0, p.setTags(fr, pt))
}

// setTags is the code at a point.
func (p *Plan) setTags(fr *frame, pt directives.Point) string {
	from, ctx := "", ""
	if v, how := p.visibleContext(fr, pt.Scope(p.pkg.Types, p.pkg.Info), pt.Pos()); how == byContext || how == byReading {
		from, ctx = "From", v.Name()+", "
	}
	var b strings.Builder
	for _, tag := range pt.Directive.Tags {
		if tag.Value.Expr {
			fmt.Fprintf(&b, "%s.Tag%s(%s%q, %s); ", p.vars.here, from, ctx, tag.Key, lazy(tag.Value.Text))
		} else {
			fmt.Fprintf(&b, "%s.Set%s(%s%q, %q); ", p.vars.here, from, ctx, tag.Key, tag.Value.Text)
		}
	}
	return b.String()
}
