package rewriter

import (
	"go/ast"
	"strings"

	"github.com/ddinstrument/ddinstrument/directives"
)

// context finds the parameter that carries the context, and names it if it has
// no name. What the user's code can't name, it can't pass on, and what it keeps
// must stay as it is: then the parameter is only read, as it always is by an
// iterator.
func (f *function) context(iterates bool) {
	i, how := contextOf(f.params)
	f.how = how
	if i < 0 {
		return
	}
	if !f.params[i].blank() {
		f.ctx = f.params[i].name.Name
		if how == byContext && (iterates || keepsContext(f.target.Body(), f.target.Type(), f.frame.sig, f.ctx)) {
			f.how = byReading
		}
		return
	}
	f.ctx = f.plan.vars.ctx
	if how == byRequest {
		f.ctx = f.plan.vars.request
	}
	if how == byContext {
		f.how = byReading
	}
	f.plan.rename(f.frame, f.params, map[int]string{i: f.ctx})
}

// resultNames finds the result that carries the error and those that return.KEY
// expressions use, which are given names if they have none.
func (f *function) resultNames() {
	f.result = map[string]string{}
	if i, exact := errorOf(f.frame.results); i >= 0 && !f.target.Directive.ErrorOff {
		f.exact = exact
		f.err = f.plan.result(f.frame, i)
	}
	for word, i := range directives.Results(f.target.Type()) {
		if f.returns(word) {
			f.result[word] = f.plan.result(f.frame, i)
		}
	}
}

// returns reports whether a return.KEY expression uses a result.
func (f *function) returns(word string) bool {
	for _, tag := range f.target.Directive.Returns {
		if strings.Contains(tag.Value.Text, word) {
			return true
		}
	}
	return false
}

// rename gives parameters or results of a function names: by index, those that
// must have one. When the list has no names at all, the others become blank.
func (p *Plan) rename(fr *frame, list []param, wanted map[int]string) {
	if len(wanted) == 0 {
		return
	}
	opening := opening(fr.fn, list)
	for i, item := range list {
		name, ok := wanted[i]
		switch {
		case item.name == nil:
			if !ok {
				name = "_"
			}
			p.insert(fr.file, Name, item.field, item.field.Type.Pos(), 0, opening+name+" ")
			if opening != "" {
				p.insert(fr.file, Paren, fr.fn, item.field.Type.End(), 0, ")")
			}
		case ok:
			p.insert(fr.file, Name, item.name, item.name.Pos(), len(item.name.Name), name)
		}
	}
}

// opening is the parenthesis that a single result without one needs before it
// can have a name.
func opening(fn *ast.FuncType, list []param) string {
	if fn.Results != nil && len(list) == 1 && list[0].field == fn.Results.List[0] && !fn.Results.Opening.IsValid() {
		return "("
	}
	return ""
}
