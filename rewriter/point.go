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
func (p *Plan) point(fp *FilePlan, pt directives.Point) []directives.Diagnostic {
	switch {
	case p.pkg.Info == nil:
		return nil
	case OfRuntime(p.pkg.Path):
		return []directives.Diagnostic{directives.At(p.pkg.Fset, pt.Directive.Pos, "the runtime can't trace itself; delete this directive")}
	}
	if found := directives.CheckPoint(p.pkg.Fset, p.pkg.Types, p.pkg.Info, pt); len(found) > 0 {
		return found
	}
	var around ast.Node = pt.List
	if pt.Stmt != nil {
		around = pt.Stmt
	}
	fr := p.frame(fp, functionAround(fp.File.Syntax, around))
	if fr == nil {
		return nil // the compiler says why
	}
	p.use(fp.File, hereVar)
	p.insert(fp, Tags, pt.Pos(), 0, p.setTags(fr, pt))
	return nil
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
