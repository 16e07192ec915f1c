package rewriter

import "github.com/ddinstrument/ddinstrument/directives"

// block plans one traced block or statement.
func (p *Plan) block(fp *FilePlan, t directives.Target) []directives.Diagnostic {
	return []directives.Diagnostic{{Pos: directives.Position(p.pkg.Fset, t.Directive.Pos), Message: "a statement can't be traced yet; delete this directive"}}
}
