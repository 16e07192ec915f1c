package directives

import (
	"go/ast"
	"strconv"
	"strings"
)

// maxName is the length in bytes at which the agent cuts an operation name.
const maxName = 100

// FuncName is the operation name of a function that was given none: pkg.Func
// or pkg.Type.Method, without pointers and type parameters, in the form that
// the agent's own normalisation leaves unchanged.
func FuncName(pkg string, decl *ast.FuncDecl) string { return normalName(pkg + "." + FuncPath(decl)) }

// FuncPath names a function below its package: Func or Type.Method, without
// stars and type parameters.
func FuncPath(decl *ast.FuncDecl) string {
	if recv := ReceiverName(decl); recv != "" {
		return recv + "." + decl.Name.Name
	}
	return decl.Name.Name
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

// name gives the targets their paths. Traced statements are counted within
// their declaration, literals without a name as they stand in it, traced or not.
func (f *finder) name() {
	blocks := map[ast.Node]int{}
	for i := range f.found.Targets {
		t := &f.found.Targets[i]
		switch around, path := f.declaration(t.Node()); {
		case t.Stmt != nil:
			blocks[around]++
			t.Path = join(path, "block"+strconv.Itoa(blocks[around]))
		case t.Lit != nil:
			t.Path = f.literalPath(t.Lit, around, path)
		default:
			t.Path = path
		}
	}
}

// declaration returns the function or package variable that a node is, or is
// part of, and its path.
func (f *finder) declaration(n ast.Node) (ast.Node, string) {
	var around ast.Node
	path := ""
	for ; n != nil; n = f.parents[n] {
		switch n := n.(type) {
		case *ast.FuncDecl:
			return n, FuncPath(n)
		case *ast.ValueSpec: // the outermost counts
			around, path = n, n.Names[0].Name
		}
	}
	return around, path
}

// literalPath names a function literal: by the variable that it is assigned
// to, by the field within what is around it, or by its number there, as
// Go's own stacks do.
func (f *finder) literalPath(lit *ast.FuncLit, around ast.Node, path string) string {
	switch variable, field := f.assigned(lit); {
	case variable != "":
		return variable
	case field != "":
		return join(path, field)
	}
	number, count := 0, 0
	ast.Inspect(around, func(n ast.Node) bool {
		if l, ok := n.(*ast.FuncLit); ok {
			count++
			if l == lit {
				number = count
			}
		}
		return true
	})
	return join(path, "func"+strconv.Itoa(number))
}

// assigned returns the variable or the field that a literal becomes the value
// of, as far as the syntax shows it.
func (f *finder) assigned(lit *ast.FuncLit) (variable, field string) {
	n := f.parents[lit]
	for paren, ok := n.(*ast.ParenExpr); ok; paren, ok = n.(*ast.ParenExpr) {
		n = f.parents[paren]
	}
	var to ast.Expr
	switch n := n.(type) {
	case *ast.AssignStmt:
		if len(n.Lhs) == 1 && len(n.Rhs) == 1 {
			to = n.Lhs[0]
		}
	case *ast.ValueSpec:
		if len(n.Names) == 1 && len(n.Values) == 1 {
			to = n.Names[0]
		}
	case *ast.KeyValueExpr:
		if id, ok := n.Key.(*ast.Ident); ok {
			return "", id.Name
		}
	}
	switch to := to.(type) {
	case *ast.Ident:
		if to.Name != "_" {
			return to.Name, ""
		}
	case *ast.SelectorExpr:
		return "", to.Sel.Name
	}
	return "", ""
}

func join(path, name string) string {
	if path == "" || path == "_" {
		return name
	}
	return path + "." + name
}

// bareName is the last part of a path: what other tools call a function.
func bareName(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

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
