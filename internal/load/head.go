package load

import (
	"go/parser"
	"go/token"
)

// Head is the part of a Go file that decides where it belongs and what it
// imports: its build constraints, package clause and imports. While it stays
// the same, so does the graph. A file that can't be read is its own head.
func Head(src []byte) []byte {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", src, parser.ImportsOnly)
	if err != nil || f.Name == nil {
		return src
	}
	end := f.Name.End()
	for _, decl := range f.Decls {
		end = max(end, decl.End())
	}
	return src[:min(len(src), fset.PositionFor(end, false).Offset)]
}
