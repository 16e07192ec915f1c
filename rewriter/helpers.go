package rewriter

import "fmt"

// A helper is something that generated code in the user's files refers to,
// beside the sites: the package's generated file declares it, once.
type helper int

// The helpers.
const (
	programEnd helper = iota // what flushes when the program ends
	blockType                // a traced block while its function runs
	helpers                  // how many there are
)

// declare is the declaration of a helper.
func (p *Plan) declare(h helper) string {
	switch h {
	case programEnd:
		return fmt.Sprintf("var %s %s.ProgramEnd\n", p.vars.end, p.vars.tracer)
	case blockType:
		return fmt.Sprintf("type %s = %s.Block\n", p.vars.block, p.vars.tracer)
	}
	panic(fmt.Sprintf("rewriter: no helper %d", h))
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
