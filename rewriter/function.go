package rewriter

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"strconv"
	"strings"

	"github.com/ddinstrument/ddinstrument/directives"
)

// function plans one traced function or function literal. Its body gets, on the
// line of its opening brace,
//
//	ctx, ddspan := ddFunc.Enter(ctx); defer ddspan.Exit(&err);
//
// and its signature the names that this needs.
func (p *Plan) function(fp *FilePlan, t directives.Target) []directives.Diagnostic {
	sig := p.signature(t)
	if sig == nil {
		return nil // the package does not type-check: the compiler says why
	}
	if found := directives.CheckTypes(p.pkg.Fset, p.pkg.Types, t, sig); len(found) > 0 {
		return found
	}
	if returnsNothing(t) {
		return nil // with named results it would compile
	}
	f := &function{
		plan: p, file: fp, target: t, sig: sig,
		site:    p.names.siteVar(t.Path),
		params:  params(t.Type().Params, sig.Params()),
		results: params(t.Type().Results, sig.Results()),
	}
	f.write()
	return nil
}

// signature is the type of a function or function literal.
func (p *Plan) signature(t directives.Target) *types.Signature {
	if t.Lit != nil {
		sig, _ := p.pkg.Info.TypeOf(t.Lit).(*types.Signature)
		return sig
	}
	fn, ok := p.pkg.Info.Defs[t.Decl.Name].(*types.Func)
	if !ok {
		return nil
	}
	return fn.Type().(*types.Signature)
}

// returnsNothing reports whether a function that must return something has a
// return without values: a mistake that is the compiler's to report, and that
// names for the results would hide.
func returnsNothing(t directives.Target) bool {
	results := t.Type().Results
	if results == nil || len(results.List) == 0 || results.List[0].Names != nil {
		return false
	}
	found := false
	ast.Inspect(t.Body(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = found || len(n.Results) == 0
		}
		return !found
	})
	return found
}

// A function is one traced function while it is being planned.
type function struct {
	plan    *Plan
	file    *FilePlan
	target  directives.Target
	sig     *types.Signature
	site    string // the variable that holds its site
	params  []param
	results []param
	ctx     string // the parameter that carries the context
	how     passing
	err     string // the variable that holds the returned error, "" for none
	exact   bool   // err is of type error
	result  map[string]string
}

func (f *function) write() {
	f.context()
	f.resultNames()
	f.plan.insert(f.file, Entry, f.target.Body().Lbrace+1, 0, f.entry())
	f.plan.site(f.file, Site{Var: f.site, Name: f.name(), Directive: f.target.Directive})
	f.plan.Traced = append(f.plan.Traced, f.describe())
}

func (f *function) name() string { return f.target.Name(f.plan.pkg.Name) }

// entry is the code at the beginning of the body.
func (f *function) entry() string {
	d, span := f.target.Directive, f.plan.vars.span
	var b strings.Builder
	switch f.how {
	case byContext:
		fmt.Fprintf(&b, " %s, %s := %s.Enter(%s);", f.ctx, span, f.site, f.ctx)
	case byReading:
		fmt.Fprintf(&b, " %s := %s.EnterFrom(%s);", span, f.site, f.ctx)
	case byRequest:
		fmt.Fprintf(&b, " %s := %s.EnterRequest(%s);", span, f.site, f.ctx)
	default:
		fmt.Fprintf(&b, " %s := %s.EnterGoroutine();", span, f.site)
	}
	if d.Resource.Expr {
		fmt.Fprintf(&b, " %s.Resource(%s);", span, lazy(d.Resource.Text))
	}
	for _, tag := range d.Tags {
		if tag.Value.Expr {
			fmt.Fprintf(&b, " %s.Tag(%q, %s);", span, tag.Key, lazy(tag.Value.Text))
		}
	}
	fmt.Fprintf(&b, " defer %s.%s;", span, f.exit())
	return b.String()
}

// exit is the call that is deferred. No predeclared name but interface{} is in
// it: the user's code may have given them a meaning of its own.
func (f *function) exit() string {
	d := f.target.Directive
	ignore := len(d.Ignored) > 0 && f.err != ""
	if len(d.Returns) == 0 && !ignore && (f.err == "" || f.exact) {
		if f.err == "" {
			return "ExitNone()"
		}
		return "Exit(&" + f.err + ")"
	}
	err := "struct{}{}"
	if f.err != "" {
		err = "&" + f.err
	}
	list := ""
	if ignore {
		list = join(d.Ignored)
	}
	var tags strings.Builder
	for _, tag := range d.Returns {
		fmt.Fprintf(&tags, "%s.Tag(%q, %s); ", f.plan.vars.span, tag.Key, lazy(f.renamed(tag.Value.Text)))
	}
	return fmt.Sprintf("ExitWith(%s, func() []interface{} { return []interface{}{%s} }, func() { %s})", err, list, tags.String())
}

// lazy wraps an expression so that the runtime evaluates it, where a panic in
// it can do no harm. The old spelling of any is valid in every language version.
func lazy(expr string) string { return "func() interface{} { return " + expr + " }" }

func join(values []directives.Value) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = v.Text
	}
	return strings.Join(list, ", ")
}

// renamed puts the results' real names in place of _0, _1, ...
func (f *function) renamed(expr string) string {
	e, err := parser.ParseExpr(expr)
	if err != nil {
		return expr
	}
	var b strings.Builder
	at := 0
	for _, id := range resultWords(e) {
		name, ok := f.result[id.Name]
		if !ok {
			continue
		}
		from := int(id.Pos()) - 1
		b.WriteString(expr[at:from])
		b.WriteString(name)
		at = from + len(id.Name)
	}
	b.WriteString(expr[at:])
	return b.String()
}

// resultWords returns the identifiers of an expression that may mean a result,
// in order: neither fields nor methods.
func resultWords(e ast.Expr) []*ast.Ident {
	var words []*ast.Ident
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			words = append(words, resultWords(n.X)...)
			return false
		case *ast.Ident:
			if rest, ok := strings.CutPrefix(n.Name, "_"); ok {
				if _, err := strconv.Atoi(rest); err == nil {
					words = append(words, n)
				}
			}
		}
		return true
	})
	return words
}

func (f *function) describe() Traced {
	d := f.target.Directive
	t := Traced{
		Pos:     directives.Position(f.plan.pkg.Fset, f.target.Node().Pos()),
		Name:    f.name(),
		Service: d.Service,
		Target:  f.target.Kind,
		By:      f.target.By,
		Errors:  f.err != "",
	}
	t.Resource = t.Name
	if d.Resource.Expr {
		t.Resource = "{" + d.Resource.Text + "}"
	} else if d.Resource.Text != "" {
		t.Resource = d.Resource.Text
	}
	carrier := "parameter " + f.ctx
	if f.ctx == f.plan.vars.ctx || f.ctx == f.plan.vars.request {
		carrier = "unnamed parameter" // the name is not the user's
	}
	switch f.how {
	case byContext:
		t.Context = carrier
	case byReading, byRequest:
		t.Context = carrier + ", passed on by the goroutine"
	default:
		t.Context = "goroutine"
	}
	return t
}
