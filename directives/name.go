package directives

import (
	"go/ast"
	"strings"
)

// maxName is the length in bytes at which the agent cuts an operation name.
const maxName = 100

// FuncName is the operation name of a function that was given none: pkg.Func
// or pkg.Type.Method, without pointers and type parameters, in the form that
// the agent's own normalisation leaves unchanged.
func FuncName(pkg string, decl *ast.FuncDecl) string {
	name := decl.Name.Name
	if recv := ReceiverName(decl); recv != "" {
		name = recv + "." + name
	}
	return normalName(pkg + "." + name)
}

// ReceiverName is the name of the type a method belongs to, "" for a function.
func ReceiverName(decl *ast.FuncDecl) string {
	if decl.Recv == nil || len(decl.Recv.List) == 0 {
		return ""
	}
	expr := decl.Recv.List[0].Type
	for {
		switch e := expr.(type) {
		case *ast.Ident:
			return e.Name
		case *ast.StarExpr:
			expr = e.X
		case *ast.ParenExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.IndexListExpr:
			expr = e.X
		default:
			return ""
		}
	}
}

// normalName keeps ASCII letters, digits and periods, and puts one underscore
// for a run of anything else between two letters or digits. It begins with a
// letter. These are the agent's rules for names (pkg/trace, NormalizeName).
func normalName(name string) string {
	var b strings.Builder
	gap := false
	last := byte(0)
	for i := 0; i < len(name) && b.Len() < maxName; i++ {
		c := name[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		switch {
		case b.Len() == 0 && !letter:
			continue
		case letter || '0' <= c && c <= '9':
			if gap && last != '.' {
				b.WriteByte('_')
			}
			b.WriteByte(c)
			gap, last = false, c
		case c == '.':
			b.WriteByte(c)
			gap, last = false, c
		default:
			gap = true
		}
	}
	if b.Len() > maxName {
		return b.String()[:maxName]
	}
	return b.String()
}
