package progen

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A gen is a program while it is being made.
type gen struct {
	pkg    string
	name   string
	opts   Options
	rng    *rand.Rand
	lines  []string
	ids    int // what prints are told apart by
	names  int // what names are told apart by
	left   int // statements that may still be made
	depth  int // how deep the present statement is in others
	sites  []Site
	funcs  []*signature // those that can be called: made after the present one
	frame  *frame
	labels int
	typed  bool // a directive stands above the type that methods are on
}

// A frame is a function or a literal while its body is being made.
type frame struct {
	outer   *frame // of a literal
	results []variable
	named   bool // the results have names
	scopes  []*scope
	targets []*target // what break and continue can leave, the innermost last
	gotos   []*label  // labels further down that goto can go to
	site    string    // the traced place around the present statement, in this function
}

// A scope is a list of statements.
type scope struct {
	vars     []variable
	unnamed  bool // nothing may be declared: goto jumps over it
	shadowed bool // a result's name means something else
}

type variable struct {
	name, typ string
	fixed     bool // nothing is assigned to it
}

// A target is a statement that break, and continue if it is a loop, can leave.
type target struct {
	label  label
	loop   bool
	closed bool // nothing may break out of it: it is terminating
}

// A label is written when something uses it.
type label struct {
	name string
	line int    // of g.lines
	site string // what goto enters
	used bool
}

func newGen(pkg, name string, o Options) *gen {
	return &gen{pkg: pkg, name: name, opts: o, rng: rand.New(rand.NewPCG(o.Seed, 0x9e3779b97f4a7c15)), left: o.Size}
}

func (g *gen) line(format string, args ...any) {
	g.lines = append(g.lines, fmt.Sprintf(format, args...))
}

// n is a number below max; chance is true in percent of all cases.
func (g *gen) n(max int) int           { return g.rng.IntN(max) }
func (g *gen) chance(percent int) bool { return g.rng.IntN(100) < percent }

func pick[V any](g *gen, list ...V) V { return list[g.n(len(list))] }

func (g *gen) id() int {
	g.ids++
	return g.ids
}

func (g *gen) fresh(base string) string {
	g.names++
	return fmt.Sprint(base, g.names)
}

// declare makes a name known from here to the end of the list of statements.
func (g *gen) declare(name, typ string) {
	s := g.frame.scopes[len(g.frame.scopes)-1]
	s.vars = append(s.vars, variable{name: name, typ: typ})
	if g.frame.named && slices.ContainsFunc(g.frame.results, func(r variable) bool { return r.name == name }) {
		s.shadowed = true
	}
}

func (g *gen) declareFixed(name, typ string) {
	g.declare(name, typ)
	s := g.frame.scopes[len(g.frame.scopes)-1]
	s.vars[len(s.vars)-1].fixed = true
}

func (g *gen) scope(make func()) {
	g.frame.scopes = append(g.frame.scopes, &scope{})
	make()
	g.frame.scopes = g.frame.scopes[:len(g.frame.scopes)-1]
}

// inScope reports whether something may be declared.
func (g *gen) mayDeclare() bool { return !g.frame.scopes[len(g.frame.scopes)-1].unnamed }

// visible returns the variables of a type, those of enclosing functions too.
func (g *gen) visible(typ string) []variable {
	seen := map[string]bool{}
	var list []variable
	for f := g.frame; f != nil; f = f.outer {
		for _, s := range slices.Backward(f.scopes) {
			for _, v := range slices.Backward(s.vars) {
				if !seen[v.name] && v.typ == typ {
					list = append(list, v)
				}
				seen[v.name] = true
			}
		}
	}
	return list
}

// variable returns the name of one of them, or "".
func (g *gen) variable(typ string) string {
	if list := g.visible(typ); len(list) > 0 {
		return pick(g, list...).name
	}
	return ""
}

// assignable is variable for one that is assigned to.
func (g *gen) assignable(typ string) string {
	list := slices.DeleteFunc(g.visible(typ), func(v variable) bool { return v.fixed })
	if len(list) == 0 {
		return ""
	}
	return pick(g, list...).name
}

// nakedReturn reports whether the results' names still mean the results.
func (g *gen) nakedReturn() bool {
	return g.frame.named && !slices.ContainsFunc(g.frame.scopes, func(s *scope) bool { return s.shadowed })
}

// unused is the line of a label that nothing uses.
const unused = "unused label"

// label reserves a line for a label.
func (g *gen) label() label {
	g.labels++
	g.line(unused)
	return label{name: fmt.Sprint("L", g.labels), line: len(g.lines) - 1}
}

// place writes a label if something uses it.
func (g *gen) place(l *label) {
	if l.used {
		g.lines[l.line] = l.name + ":"
	}
}

func join(list []string) string { return strings.Join(list, ", ") }
