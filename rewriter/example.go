package rewriter

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"

	"github.com/dave/dst"
)

// outputPrefix is how the comment begins that says what an example prints:
// see go/doc.
var outputPrefix = regexp.MustCompile(`(?i)^\s*(unordered )?output:`)

// keepOutput leaves what an example prints the last comment of its body, behind
// what has been inserted there: go test would not look for it elsewhere.
func keepOutput(file *dst.File) {
	for _, decl := range file.Decls {
		fn, ok := decl.(*dst.FuncDecl)
		if !ok || fn.Recv != nil || fn.Body == nil || len(fn.Body.List) == 0 || !strings.HasPrefix(fn.Name.Name, "Example") {
			continue
		}
		last := fn.Body.List[len(fn.Body.List)-1].Decorations()
		dst.Inspect(fn.Body, func(n dst.Node) bool {
			if n == nil || n == fn.Body {
				return true
			}
			if decs := n.Decorations(); decs != last {
				at := outputIn(decs.End)
				output := decs.End[at:]
				if at == 0 || !strings.HasPrefix(decs.End[at-1], "//") {
					output = trimBreak(output) // the mark ends its line itself
				}
				last.End.Append(output...)
				decs.End = slices.Clip(decs.End[:at])
			}
			return true
		})
	}
}

// outputIn is where the comment begins that says what is printed, with the line
// breaks in front of it; the end of the list if there is none.
func outputIn(list dst.Decorations) int {
	for i, text := range list {
		c := &ast.CommentGroup{List: []*ast.Comment{{Text: text}}}
		if !strings.HasPrefix(text, "/") || !outputPrefix.MatchString(c.Text()) {
			continue
		}
		for i > 0 && list[i-1] == "\n" {
			i--
		}
		return i
	}
	return len(list)
}

func trimBreak(list dst.Decorations) dst.Decorations {
	if len(list) > 0 && list[0] == "\n" {
		return list[1:]
	}
	return list
}
