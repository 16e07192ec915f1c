package progen

import (
	"fmt"
	"strings"
)

// A signature is a function or method of the program.
type signature struct {
	name    string
	recv    string // a method's receiver, as declared: "t *P1T"
	self    string // what a method is called on
	generic bool   // it has a type parameter, which an int stands for
	params  []variable
	results []variable
	named   bool // the results have names
	iter    bool // it returns an iter.Seq[int]
	maker   bool // it returns a func(int) int
}

// callee returns a function with one result of a type, or nil.
func (g *gen) callee(typ string) *signature {
	var list []*signature
	for _, s := range g.funcs {
		if len(s.results) == 1 && s.results[0].typ == typ {
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return pick(g, list...)
}

// same returns a function whose results are those of the present one, or nil.
func (g *gen) same() *signature {
	var list []*signature
	for _, s := range g.funcs {
		if len(s.results) > 1 && typeList(s.results) == typeList(g.frame.results) {
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return pick(g, list...)
}

func typeList(list []variable) string {
	var all []string
	for _, v := range list {
		all = append(all, v.typ)
	}
	return strings.Join(all, ", ")
}

func (g *gen) call(s *signature, depth int) string {
	var args []string
	for _, p := range s.params {
		args = append(args, g.expr(p.typ, depth+1))
	}
	if s.generic {
		args = append(args, g.intExpr(depth+1))
	}
	name := s.name
	if s.recv != "" {
		name = s.self + "." + name
	}
	return fmt.Sprintf("%s(%s)", name, join(args))
}
