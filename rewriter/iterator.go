package rewriter

import "fmt"

// iteratorOf says which helper traces what a function returns, if that is one
// iterator: then not the call is traced that returns it, but each iteration
// over it.
func iteratorOf(results []param) (helper, bool) {
	if len(results) != 1 || results[0].typ == nil {
		return 0, false
	}
	switch t := results[0].typ; {
	case isNamed(t, "iter", "Seq"):
		return seqFunc, true
	case isNamed(t, "iter", "Seq2"):
		return seq2Func, true
	}
	return 0, false
}

// iterate is the code at the beginning of the body of a function that returns
// an iterator. It runs when the function returns, after its own defers:
//
//	defer ddseq(&ddr0, func() *ddcall { ddspan := ddFunc.EnterFrom(ctx); return ddspan }, func(ddspan *ddcall) {});
//
// The context stays as it is: the span is active while the iterator runs, and
// not where the function is called.
func (f *function) iterate(by helper) string {
	p := f.plan
	p.use(f.frame.file.File, callType)
	p.use(f.frame.file.File, by)
	name := p.vars.seq
	if by == seq2Func {
		name = p.vars.seq2
	}
	return fmt.Sprintf(" defer %s(&%s, func() *%s {%s return %s }, func(%s *%s) {%s });",
		name, p.result(f.frame, 0), p.vars.call, f.start(), p.vars.span, p.vars.span, p.vars.call, f.returnTags())
}
