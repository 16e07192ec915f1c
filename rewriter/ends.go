package rewriter

import (
	"bytes"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
)

// MayEnd reports whether a file may hold something that ends the program: a
// call of os.Exit or log.Fatal, func main or TestMain. Like
// directives.Mentioned it is cheap and errs towards yes.
func MayEnd(src []byte) bool {
	has := func(s string) bool { return bytes.Contains(src, []byte(s)) }
	return has(`"os"`) && has("Exit") || has(`"log"`) && has("Fatal") || has("func main") || has("TestMain")
}

// ends makes the program's ends flush: what is in the tracer when the program
// calls os.Exit or log.Fatal, or returns from main, is sent first.
func (p *Plan) ends(fp *FilePlan) {
	file := fp.File.Syntax
	before := len(fp.Insertions)
	if p.pkg.Ends {
		e := &ender{plan: p, file: fp, unresolved: map[*ast.Ident]bool{}}
		for _, id := range file.Unresolved {
			e.unresolved[id] = true
		}
		e.os, e.log = importNames(file, "os"), importNames(file, "log")
		if len(e.os)+len(e.log) > 0 {
			ast.Inspect(file, e.visit)
		}
	}
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || fn.Body == nil {
			continue
		}
		testMain := fn.Name.Name == "TestMain" && IsTest(fp.File.Path)
		if p.pkg.Main && fn.Name.Name == "main" && p.pkg.Name == "main" || p.pkg.Tests && testMain {
			p.insert(fp, First, fn, fn.Body.Lbrace+1, 0, " defer "+p.vars.end+".Main();")
		}
	}
	if len(fp.Insertions) > before {
		p.use(fp.File, programEnd)
	}
}

// importNames are the names a file imports a package under, "." among them.
func importNames(file *ast.File, pkg string) []string {
	var names []string
	for _, spec := range file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err != nil || p != pkg {
			continue
		}
		if spec.Name == nil {
			names = append(names, path.Base(pkg))
		} else {
			names = append(names, spec.Name.Name)
		}
	}
	return names
}

// An ender walks a file for what ends the program.
type ender struct {
	plan       *Plan
	file       *FilePlan
	os, log    []string            // import names
	unresolved map[*ast.Ident]bool // identifiers that the file does not declare: its imports are among them
}

func (e *ender) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		switch pkg, name := e.qualified(n.Fun); {
		case pkg == "os" && name == "Exit" && len(n.Args) == 1:
			e.wrap(n, n.Args, ".Code(", ")")
			return false
		case pkg == "log" && (name == "Fatal" || name == "Fatalln"):
			e.arguments(n, n.Args)
			return false
		case pkg == "log" && name == "Fatalf" && len(n.Args) > 0:
			e.fatalf(n)
			return false
		}
	case *ast.DeferStmt:
		if e.isFatal(n.Call) {
			// Not now, but when the function ends, just before Fatal is called.
			e.inspect(n.Call.Args)
			e.plan.insert(e.file, After, n, n.End(), 0, "; defer "+e.plan.vars.end+".Here()")
			return false
		}
		return !e.later(n.Call)
	case *ast.GoStmt:
		return !e.later(n.Call)
	case ast.Expr:
		return !e.value(n)
	}
	return true
}

// value takes an os.Exit that is not called here.
func (e *ender) value(expr ast.Expr) bool {
	pkg, name := e.qualified(expr)
	if pkg != "os" || name != "Exit" {
		return false
	}
	e.insert(expr, expr.Pos(), ".Func(")
	e.plan.insert(e.file, Wrap, nil, expr.End(), 0, ")")
	return true
}

// later takes an os.Exit that is called later than its argument is evaluated.
func (e *ender) later(call *ast.CallExpr) bool {
	if !e.value(call.Fun) {
		return false
	}
	e.inspect(call.Args)
	return true
}

func (e *ender) inspect(list []ast.Expr) {
	for _, expr := range list {
		ast.Inspect(expr, e.visit)
	}
}

func (e *ender) isFatal(call *ast.CallExpr) bool {
	pkg, name := e.qualified(call.Fun)
	return pkg == "log" && (name == "Fatal" || name == "Fatalln" || name == "Fatalf")
}

// qualified returns package and name of os.X and log.X, under whatever name
// they are imported.
func (e *ender) qualified(expr ast.Expr) (pkg, name string) {
	from, id := ".", (*ast.Ident)(nil)
	switch expr := expr.(type) {
	case *ast.Ident:
		id, name = expr, expr.Name
	case *ast.SelectorExpr:
		x, ok := expr.X.(*ast.Ident)
		if !ok {
			return "", ""
		}
		from, id, name = x.Name, x, expr.Sel.Name
	}
	switch {
	case id == nil || !e.unresolved[id]:
		return "", ""
	case slices.Contains(e.os, from) && name == "Exit":
		return "os", name
	case slices.Contains(e.log, from):
		return "log", name
	}
	return "", ""
}

// arguments makes log.Fatal(a, b) log.Fatal(ddexit.Values(a, b)...): the
// arguments are evaluated, then the tracer flushes, then Fatal is called from
// where it was called, so that log's file and line stay right. It serves calls
// with a spread slice, or one call of several results, in the same way.
func (e *ender) arguments(call *ast.CallExpr, args []ast.Expr) {
	if len(args) == 0 {
		e.insert(call, call.Rparen, ".Values()...")
		return
	}
	closing := ")..."
	if call.Ellipsis.IsValid() {
		closing = "...)"
	}
	e.wrap(call, args, ".Values(", closing)
}

// fatalf does the same. Where there is but one argument it may be the format,
// or one call of several results: format and arguments.
func (e *ender) fatalf(call *ast.CallExpr) {
	if len(call.Args) > 1 {
		e.inspect(call.Args[:1])
		e.arguments(call, call.Args[1:])
		return
	}
	e.wrap(call, call.Args, ".Format(", "), "+e.plan.vars.end+".Values()...")
}

// wrap puts a call around arguments of a call, and looks for more in them.
func (e *ender) wrap(call *ast.CallExpr, args []ast.Expr, open, close string) {
	e.insert(call, args[0].Pos(), open)
	e.inspect(args)
	e.plan.insert(e.file, Wrap, nil, args[len(args)-1].End(), 0, close)
}

// insert inserts the beginning of a call of a method.
func (e *ender) insert(at ast.Node, pos token.Pos, call string) {
	e.plan.insert(e.file, Wrap, at, pos, 0, e.plan.vars.end+call)
}
