package rewriter

import "fmt"

// A helper is something that generated code in the user's files refers to,
// beside the sites: the package's generated file declares it, once.
type helper int

// The helpers.
const (
	programEnd helper = iota // what flushes when the program ends
	blockType                // a traced block while its function runs
	callType                 // the span of an iteration
	seqFunc                  // what traces an iter.Seq
	seq2Func                 // what traces an iter.Seq2
	hereVar                  // what sets tags of the active span
	helpers                  // how many there are
)

// declare is the declaration of a helper.
func (p *Plan) declare(h helper) string {
	switch h {
	case programEnd:
		return fmt.Sprintf("var %s %s.ProgramEnd", p.vars.end, p.vars.tracer)
	case blockType:
		return fmt.Sprintf("type %s = %s.Block", p.vars.block, p.vars.tracer)
	case callType:
		return fmt.Sprintf("type %s = %s.Call", p.vars.call, p.vars.tracer)
	case seqFunc:
		return p.declareSeq(p.vars.seq, "V", "Seq")
	case seq2Func:
		return p.declareSeq(p.vars.seq2, "K, V", "Seq2")
	case hereVar:
		return fmt.Sprintf("var %s %s.Here", p.vars.here, p.vars.tracer)
	}
	panic(fmt.Sprintf("rewriter: no helper %d", h))
}

// helperName is the name that a helper is declared under.
func (p *Plan) helperName(h helper) string {
	return [helpers]string{p.vars.end, p.vars.block, p.vars.call, p.vars.seq, p.vars.seq2, p.vars.here}[h]
}

// declareSeq is the function that puts a traced iterator in the place of a
// result. Being generic, it needs no name for the type of the values; in a package any may mean something else.
func (p *Plan) declareSeq(name, values, seq string) string {
	return fmt.Sprintf("func %s[%s interface{}](seq *%s.%s[%s], start func() *%s, tags ...func(*%s)) { *seq = %s.%s(*seq, start, tags...) }",
		name, values, p.vars.iter, seq, values, p.vars.call, p.vars.call, p.vars.tracer, seq)
}

// use notes that a file needs a helper.
func (p *Plan) use(f *File, h helper) { p.uses[kindOf(f)][h] = true }

// declared lists the helpers of a generated file: what only tests use stands
// in theirs.
func (p *Plan) declared(kind int) []helper {
	var list []helper
	for h := range helpers {
		if p.uses[kind][h] && (kind == 0 || !p.uses[0][h]) {
			list = append(list, h)
		}
	}
	return list
}
