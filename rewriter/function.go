package rewriter

import (
	"fmt"
	"go/ast"
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
func (p *Plan) function(fp *FilePlan, t directives.Target) {
	var node ast.Node = t.Decl
	if t.Lit != nil {
		node = t.Lit
	}
	fr := p.frame(fp, node)
	if fr == nil {
		return // the package does not type-check: the compiler says why
	}
	if fr.returnsNothing() {
		return // with named results it would compile
	}
	f := &function{
		plan: p, frame: fr, target: t,
		site:   p.names.siteVar(t.Path),
		params: params(fr.fn.Params, fr.sig.Params()),
	}
	f.write()
}

// A function is one traced function while it is being planned.
type function struct {
	plan   *Plan
	frame  *frame
	target directives.Target
	site   string // the variable that holds its site
	params []param
	ctx    string // the parameter that carries the context
	how    passing
	err    string // the variable that holds the returned error, "" for none
	exact  bool   // err is of type error
	result map[string]string
}

func (f *function) write() {
	by, iterates := iteratorOf(f.frame.results)
	f.context(iterates)
	f.resultNames()
	entry := f.entry
	if iterates {
		entry = func() string { return f.iterate(by) }
	}
	f.plan.insert(f.frame.file, First, f.frame.node, f.target.Body().Lbrace+1, 0, entry())
	f.plan.site(f.frame.file, Site{Var: f.site, Name: f.target.Name(f.plan.pkg.Name), Directive: f.target.Directive})
	f.plan.Traced = append(f.plan.Traced, f.plan.describe(f.target, f.how, f.ctx, f.err != ""))
}

// entry is the code at the beginning of the body.
func (f *function) entry() string {
	return fmt.Sprintf("%s defer %s.%s;", f.start(), f.plan.vars.span, f.exit())
}

// start is the code that starts the span.
func (f *function) start() string {
	d, span := f.target.Directive, f.plan.vars.span
	var b strings.Builder
	b.WriteString(" ")
	if f.how == byContext {
		b.WriteString(f.ctx + ", ")
	}
	fmt.Fprintf(&b, "%s := %s;", span, f.how.enter(f.site, f.ctx))
	b.WriteString(expressions(span, d))
	return b.String()
}

// expressions sets what a directive wants evaluated when its span begins, on
// the variable that holds the span.
func expressions(span string, d directives.Directive) string {
	var b strings.Builder
	if d.Resource.Expr {
		fmt.Fprintf(&b, " %s.Resource(%s);", span, lazy(d.Resource.Text))
	}
	for _, tag := range d.Tags {
		switch {
		case tag.Value.Expr:
			fmt.Fprintf(&b, " %s.Tag(%q, %s);", span, tag.Key, lazy(tag.Value.Text))
		case acts(tag):
			fmt.Fprintf(&b, " %s.Tag(%q, %s);", span, tag.Key, lazy(strconv.Quote(tag.Value.Text)))
		}
	}
	return b.String()
}

// acts reports whether setting a tag does more than that, so that it is set
// when the span starts and can't be part of a site's static data.
func acts(tag directives.Tag) bool {
	switch tag.Key {
	case "service.name", "service.version", "manual.keep", "manual.drop":
		return true
	}
	return false
}

// exit is the call that is deferred. No predeclared name but interface{} is in
// it: the user's code may have given them a meaning of its own.
func (f *function) exit() string {
	d := f.target.Directive
	tags := "func() {" + f.returnTags() + " }"
	ignore := "func() []interface{} { return []interface{}{" + join(d.Ignored) + "} }"
	switch {
	case f.err == "" && len(d.Returns) == 0:
		return "ExitNone()"
	case f.err == "":
		return "ExitNoneTags(" + tags + ")"
	case len(d.Ignored) > 0 && len(d.Returns) > 0:
		return "ExitWith(&" + f.err + ", " + ignore + ", " + tags + ")"
	case len(d.Ignored) > 0:
		return "ExitIgnore(&" + f.err + ", " + ignore + ")"
	case len(d.Returns) > 0:
		return "ExitTags(&" + f.err + ", " + tags + ")"
	case f.exact:
		return "Exit(&" + f.err + ")"
	}
	return "ExitOf(&" + f.err + ")"
}

// returnTags is the code that sets the tags that are known when the function ends.
func (f *function) returnTags() string {
	var b strings.Builder
	for _, tag := range f.target.Directive.Returns {
		fmt.Fprintf(&b, " %s.Tag(%q, %s);", f.plan.vars.span, tag.Key, lazy(f.renamed(tag.Value.Text)))
	}
	return strings.TrimSuffix(b.String(), ";")
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
func (f *function) renamed(expr string) string { return reword(expr, "", "", f.result) }

// describe says how a target is traced. how and ctx are how its span gets its
// parent and passes itself on, errors is whether a returned error marks it.
func (p *Plan) describe(target directives.Target, how passing, ctx string, errors bool) Traced {
	d := target.Directive
	t := Traced{
		Pos:     directives.Position(p.pkg.Fset, target.Node().Pos()),
		Name:    target.Name(p.pkg.Name),
		Service: d.Service,
		Target:  target.Kind,
		Path:    target.Path,
		By:      target.By,
		From:    target.From,
		Errors:  errors,
	}
	t.Resource = t.Name
	if d.Resource.Expr {
		t.Resource = "{" + d.Resource.Text + "}"
	} else if d.Resource.Text != "" {
		t.Resource = d.Resource.Text
	}
	carrier := "parameter " + ctx
	switch {
	case ctx == p.vars.ctx || ctx == p.vars.request:
		carrier = "unnamed parameter" // the name is not the user's
	case !target.IsFunc():
		carrier = "variable " + ctx
	}
	switch how {
	case byContext:
		t.Context = carrier
	case byReading, byRequest:
		t.Context = carrier + ", passed on by the goroutine"
	default:
		t.Context = "goroutine"
	}
	return t
}
