package rewriter

import (
	"strconv"
	"strings"

	"github.com/ddinstrument/ddinstrument/directives"
)

// context finds the parameter that carries the context, and names it if it has
// no name. What the user's code can't name, it can't pass on, and what it keeps
// must stay as it is: then the parameter is only read.
func (f *function) context() {
	i, how := contextOf(f.params)
	f.how = how
	if i < 0 {
		return
	}
	if !f.params[i].blank() {
		f.ctx = f.params[i].name.Name
		if how == byContext && keepsContext(f.target, f.sig, f.ctx) {
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
	f.rename(f.params, map[int]string{i: f.ctx})
}

// resultNames finds the result that carries the error and names it, and those
// that return.KEY expressions use, if they have no name.
func (f *function) resultNames() {
	f.result = map[string]string{}
	wanted := map[int]string{}
	if i, exact := errorOf(f.results); i >= 0 && !f.target.Directive.ErrorOff {
		f.exact = exact
		if f.results[i].blank() {
			wanted[i] = f.plan.vars.err
			f.err = f.plan.vars.err
		} else {
			f.err = f.results[i].name.Name
		}
	}
	for word, i := range directives.Results(f.target.Type()) {
		if !f.returns(word) {
			continue
		}
		if wanted[i] == "" {
			wanted[i] = f.plan.names.free("ddr" + strconv.Itoa(i))
		}
		f.result[word] = wanted[i]
	}
	f.rename(f.results, wanted)
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

// rename gives parameters or results names: by index, those that must have
// one. When the list has no names at all, the others become blank.
func (f *function) rename(list []param, wanted map[int]string) {
	if len(wanted) == 0 {
		return
	}
	p := f.plan
	for i, item := range list {
		name, ok := wanted[i]
		switch {
		case item.name == nil:
			if !ok {
				name = "_"
			}
			p.insert(f.file, Signature, item.field.Type.Pos(), 0, f.opening(list)+name+" ")
			if f.opening(list) != "" {
				p.insert(f.file, Signature, item.field.Type.End(), 0, ")")
			}
		case ok:
			p.insert(f.file, Signature, item.name.Pos(), len(item.name.Name), name)
		}
	}
}

// opening is the parenthesis that a single result without one needs before it
// can have a name.
func (f *function) opening(list []param) string {
	results := f.target.Type().Results
	if results != nil && len(list) == 1 && list[0].field == results.List[0] && !results.Opening.IsValid() {
		return "("
	}
	return ""
}
