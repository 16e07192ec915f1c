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
//	defer ddseq(&ddr0, ddFunc.StartFrom(ctx));
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
	tags := f.returnTags()
	if tags != "" {
		tags = fmt.Sprintf(", func(%s *%s) {%s }", p.vars.span, p.vars.call, tags)
	}
	return fmt.Sprintf(" defer %s(&%s, %s%s);", name, p.result(f.frame, 0), f.later(), tags)
}

// later is what starts the span of an iteration. It is a function literal only
// where there are expressions to evaluate then: Go numbers the user's literals
// together with ours, and prints the numbers in stacks.
func (f *function) later() string {
	if expressions("", f.target.Directive) != "" {
		span := f.plan.vars.span
		return fmt.Sprintf("func() *%s {%s return %s }", f.plan.vars.call, f.start(), span)
	}
	switch f.how {
	case byReading:
		return fmt.Sprintf("%s.StartFrom(%s)", f.site, f.ctx)
	case byRequest:
		return fmt.Sprintf("%s.StartRequest(%s)", f.site, f.ctx)
	}
	return f.site + ".EnterGoroutine"
}
