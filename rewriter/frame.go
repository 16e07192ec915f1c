package rewriter

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// A frame is a function or function literal with traced code in it: what the
// targets in it share. Each is planned for itself; what they ask of the frame
// is inserted at the end, once.
type frame struct {
	file    *FilePlan
	node    ast.Node // *ast.FuncDecl or *ast.FuncLit
	fn      *ast.FuncType
	body    *ast.BlockStmt
	sig     *types.Signature
	results []param
	named   map[int]string        // names given to results that had none
	copies  map[int]string        // variables for returned values, where the results' own names may be shadowed
	blocks  []*block              // traced blocks and statements, outer before inner
	leaving map[ast.Stmt][]*block // by return, break, continue, goto: the blocks that it leaves, outer before inner
	jumps   []ast.Stmt            // its keys
}

// frame returns the frame of a function, nil when it does not type-check.
func (p *Plan) frame(fp *FilePlan, fn ast.Node) *frame {
	if fr, ok := p.frames[fn]; ok {
		return fr
	}
	fr := &frame{file: fp, node: fn, named: map[int]string{}, copies: map[int]string{}, leaving: map[ast.Stmt][]*block{}}
	switch fn := fn.(type) {
	case *ast.FuncLit:
		fr.fn, fr.body = fn.Type, fn.Body
		fr.sig, _ = p.pkg.Info.TypeOf(fn).(*types.Signature)
	case *ast.FuncDecl:
		fr.fn, fr.body = fn.Type, fn.Body
		if obj, ok := p.pkg.Info.Defs[fn.Name].(*types.Func); ok {
			fr.sig = obj.Type().(*types.Signature)
		}
	}
	if fr.sig == nil {
		return nil // the compiler says why
	}
	fr.results = params(fr.fn.Results, fr.sig.Results())
	p.frames[fn] = fr
	p.order = append(p.order, fr)
	return fr
}

// returnsNothing reports whether a function that must return something has a
// return without values: a mistake that is the compiler's to report, and that
// names for the results would hide.
func (fr *frame) returnsNothing() bool {
	if len(fr.results) == 0 || fr.results[0].name != nil {
		return false
	}
	found := false
	ast.Inspect(fr.body, func(n ast.Node) bool {
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

// result is the name of a result, which is given one if it has none.
func (p *Plan) result(fr *frame, i int) string {
	if !fr.results[i].blank() {
		return fr.results[i].name.Name
	}
	if fr.named[i] == "" {
		if e, _ := errorOf(fr.results); e == i {
			fr.named[i] = p.vars.err
		} else {
			fr.named[i] = p.names.free("ddr" + strconv.Itoa(i))
		}
	}
	return fr.named[i]
}

// returned is the variable that a value is put into that is about to be
// returned: a name for the result that nothing shadows, or a variable of the
// same type beside it.
func (p *Plan) returned(fr *frame, i int) string {
	if fr.results[i].blank() {
		return p.result(fr, i)
	}
	if fr.copies[i] == "" {
		fr.copies[i] = p.names.free("ddr" + strconv.Itoa(i))
	}
	return fr.copies[i]
}

// finish inserts what the targets of a file have asked of their frames.
func (p *Plan) finish() {
	for _, fr := range p.order {
		p.leave(fr)
		p.rename(fr, fr.results, fr.named)
		var b strings.Builder
		for _, block := range fr.blocks {
			fmt.Fprintf(&b, " var %s *%s;", block.name, p.vars.block)
		}
		for _, block := range slices.Backward(fr.blocks) { // an inner one may end where the outer one does
			if end := block.end; end.Text != "" {
				pos := end.At.End()
				if end.Kind == Last {
					pos-- // its brace
				}
				p.insert(fr.file, end.Kind, end.At, pos, 0, end.Text)
			}
		}
		for i := range fr.results {
			if name, ok := fr.copies[i]; ok {
				fmt.Fprintf(&b, " %s := %s;", name, fr.results[i].name.Name)
			}
		}
		if b.Len() > 0 {
			p.insert(fr.file, First, fr.node, fr.body.Lbrace+1, 0, b.String())
		}
	}
	clear(p.frames)
	p.order = nil
}

// leave ends the blocks that each jump leaves, inner before outer.
func (p *Plan) leave(fr *frame) {
	for _, jump := range fr.jumps {
		blocks := fr.leaving[jump]
		ret, _ := jump.(*ast.ReturnStmt)
		switch {
		case ret == nil:
			p.insert(fr.file, Before, jump, jump.Pos(), 0, exits(blocks, (*block).exit))
		case len(ret.Results) == 0:
			p.insert(fr.file, Before, jump, jump.Pos(), 0, exits(blocks, func(b *block) string { return b.returns(b.namedError()) }))
		case p.returnsWell(fr, ret):
			vars := p.returnVars(fr)
			p.insert(fr.file, Return, ret, ret.Pos(), len(token.RETURN.String()), vars+" =")
			p.insert(fr.file, After, ret, ret.End(), 0, "; "+exits(blocks, func(b *block) string { return b.returns(b.returnedError()) })+p.returnOf(fr, vars))
		}
	}
}

// exits writes the ends of blocks, inner before outer.
func exits(blocks []*block, exit func(*block) string) string {
	var b strings.Builder
	for _, block := range slices.Backward(blocks) {
		b.WriteString(exit(block) + "; ")
	}
	return b.String()
}

func (p *Plan) returnVars(fr *frame) string {
	var list []string
	for i := range fr.results {
		list = append(list, p.returned(fr, i))
	}
	return strings.Join(list, ", ")
}

// returnOf returns what has been put into variables. Where those are the results
// themselves it names none: vet would take it for a copy of what must not be.
func (p *Plan) returnOf(fr *frame, vars string) string {
	if len(fr.copies) == 0 {
		return "return"
	}
	return "return " + vars
}

// returnsWell reports whether a return's values can be assigned to the results:
// a mistake is the compiler's to report, in its own words.
func (p *Plan) returnsWell(fr *frame, ret *ast.ReturnStmt) bool {
	info := p.pkg.Info
	var got []types.Type
	if tuple, ok := info.TypeOf(ret.Results[0]).(*types.Tuple); ok && len(ret.Results) == 1 {
		for i := range tuple.Len() {
			got = append(got, tuple.At(i).Type())
		}
	} else {
		for _, e := range ret.Results {
			got = append(got, info.TypeOf(e))
		}
	}
	if len(got) != len(fr.results) {
		return false
	}
	for i, t := range got {
		if known(t) && known(fr.results[i].typ) && !types.AssignableTo(t, fr.results[i].typ) {
			return false
		}
	}
	return true
}

// known reports whether a type is known: what comes from C is not.
func known(t types.Type) bool { return t != nil && t != types.Typ[types.Invalid] }
