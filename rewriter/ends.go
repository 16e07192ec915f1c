package rewriter

import (
	"bytes"
	"go/ast"
	"go/token"
	"path"
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
		e.os, e.log = importName(file, "os"), importName(file, "log")
		if e.os != "" || e.log != "" {
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
			p.insert(fp, Entry, fn.Body.Lbrace+1, 0, " defer "+p.vars.end+".Main();")
		}
	}
	if len(fp.Insertions) > before {
		p.end[kindOf(fp.File)] = true
	}
}

// importName is the name a file imports a package under, "" if it does not.
func importName(file *ast.File, pkg string) string {
	for _, spec := range file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err != nil || p != pkg {
			continue
		}
		if spec.Name == nil {
			return path.Base(pkg)
		}
		if spec.Name.Name != "_" && spec.Name.Name != "." {
			return spec.Name.Name
		}
	}
	return ""
}

// An ender walks a file for what ends the program.
type ender struct {
	plan       *Plan
	file       *FilePlan
	os, log    string              // import names
	unresolved map[*ast.Ident]bool // identifiers that the file does not declare: its imports are among them
}

func (e *ender) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		switch pkg, name := e.qualified(n.Fun); {
		case pkg == "os" && name == "Exit" && len(n.Args) == 1:
			e.wrap(n.Args[0].Pos(), n.Args[0].End(), ".Code(", ")")
			ast.Inspect(n.Args[0], e.visit)
			return false
		case pkg == "log" && (name == "Fatal" || name == "Fatalln"):
			e.arguments(n, n.Args)
		case pkg == "log" && name == "Fatalf" && len(n.Args) > 0:
			e.fatalf(n)
		}
	case *ast.DeferStmt:
		return !e.later(n.Call)
	case *ast.GoStmt:
		return !e.later(n.Call)
	case *ast.SelectorExpr:
		if pkg, name := e.qualified(n); pkg == "os" && name == "Exit" {
			e.wrap(n.Pos(), n.End(), ".Func(", ")")
		}
	}
	return true
}

// later takes an os.Exit that is called later than its argument is evaluated.
func (e *ender) later(call *ast.CallExpr) bool {
	if pkg, name := e.qualified(call.Fun); pkg != "os" || name != "Exit" {
		return false
	}
	e.wrap(call.Fun.Pos(), call.Fun.End(), ".Func(", ")")
	for _, arg := range call.Args {
		ast.Inspect(arg, e.visit)
	}
	return true
}

// qualified returns package and name of os.X and log.X.
func (e *ender) qualified(expr ast.Expr) (pkg, name string) {
	sel, ok := expr.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	id, ok := sel.X.(*ast.Ident)
	switch {
	case !ok || !e.unresolved[id]:
		return "", ""
	case id.Name == e.os:
		return "os", sel.Sel.Name
	case id.Name == e.log:
		return "log", sel.Sel.Name
	}
	return "", ""
}

// arguments makes log.Fatal(a, b) log.Fatal(ddexit.Values(a, b)...): the
// arguments are evaluated, then the tracer flushes, then Fatal is called from
// where it was called, so that log's file and line stay right. It serves calls
// with a spread slice, or one call of several results, in the same way.
func (e *ender) arguments(call *ast.CallExpr, args []ast.Expr) {
	if len(args) == 0 {
		e.wrap(call.Rparen, call.Rparen, ".Values()...", "")
		return
	}
	closing := ")..."
	if call.Ellipsis.IsValid() {
		closing = "...)"
	}
	e.wrap(args[0].Pos(), args[len(args)-1].End(), ".Values(", closing)
}

func (e *ender) fatalf(call *ast.CallExpr) {
	if len(call.Args) > 1 {
		e.arguments(call, call.Args[1:])
		return
	}
	// One call of several results may stand for format and arguments.
	if _, ok := call.Args[0].(*ast.CallExpr); ok {
		return
	}
	e.plan.insert(e.file, End, call.Args[0].End(), 0, ", "+e.plan.vars.end+".Values()...")
}

func (e *ender) wrap(from, to token.Pos, open, close string) {
	e.plan.insert(e.file, End, from, 0, e.plan.vars.end+open)
	if close != "" {
		e.plan.insert(e.file, End, to, 0, close)
	}
}
