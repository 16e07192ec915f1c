package progen

import "fmt"

// list makes a list of statements in the present scope.
func (g *gen) list(n int) {
	for i := range n {
		if i > 0 && g.left <= 0 {
			return
		}
		g.stmt()
	}
}

// block makes a list of statements in a scope of its own.
func (g *gen) block(n int) {
	g.depth++
	g.scope(func() { g.list(n) })
	g.depth--
}

// stmt makes one statement, or a few that belong together.
func (g *gen) stmt() {
	g.left--
	if g.left < 0 || g.depth > maxDepth {
		g.statement(g.print)
		return
	}
	simple := []func(){g.definition, g.definition, g.assignment, g.assignment, g.call0, g.leave, g.context, g.send, g.shadow}
	nested := []func(){g.bare, g.ifStmt, g.ifStmt, g.loop, g.loop, g.loop, g.switchStmt, g.typeSwitch, g.selectStmt,
		g.forward, g.deferStmt, g.deferStmt, g.closure, g.closure, g.goStmt, g.redeclared, g.ranged}
	if g.chance(45) {
		pick(g, simple...)()
	} else {
		pick(g, nested...)()
	}
	if g.chance(4) && g.left > 0 {
		g.tagLine()
		g.print()
	}
}

func (g *gen) print() { g.line("lib.P(%s)", g.values()) }

// inner runs make where something may be declared: in a block if it must be.
func (g *gen) inner(make func()) {
	if g.mayDeclare() {
		make()
		return
	}
	g.line("{")
	g.depth++
	g.scope(make)
	g.depth--
	g.line("}")
}

// definition makes a statement that declares, and uses what it declares.
func (g *gen) definition() {
	g.inner(func() {
		typ := pick(g, "int", "int", "string", "error", "bool", "[]int")
		name := g.fresh("v")
		if typ == "error" && g.chance(50) {
			name = "err" // perhaps a result's
		}
		if g.declaredHere(name) {
			name = g.fresh("v")
		}
		if s := g.pair(); s != nil && g.chance(40) {
			g.several(s)
			return
		}
		g.statement(func() {
			e := g.expr(typ, 0)
			switch {
			case e == "nil" || g.chance(20):
				g.line("var %s %s = %s", name, typ, e)
			case g.chance(30):
				g.line("var %s = %s", name, e)
			default:
				g.line("%s := %s", name, e)
			}
		})
		g.declare(name, g.typeOf(typ))
		g.line("lib.P(%d, %s)", g.id(), name)
	})
}

// typeOf is the type a variable has that is declared with an expression of a
// type.
func (g *gen) typeOf(typ string) string { return typ }

func (g *gen) declaredHere(name string) bool {
	s := g.frame.scopes[len(g.frame.scopes)-1]
	for _, v := range s.vars {
		if v.name == name {
			return true
		}
	}
	return false
}

// pair returns a function with several results, or nil.
func (g *gen) pair() *signature {
	var list []*signature
	for _, s := range g.funcs {
		if len(s.results) > 1 {
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return pick(g, list...)
}

// several declares variables for a function's results.
func (g *gen) several(s *signature) {
	var names []string
	for range s.results {
		names = append(names, g.fresh("v"))
	}
	g.statement(func() {
		if g.chance(30) {
			g.line("var %s = %s", join(names), g.call(s, 0))
		} else {
			g.line("%s := %s", join(names), g.call(s, 0))
		}
	})
	for i, r := range s.results {
		g.declare(names[i], r.typ)
	}
	g.line("lib.P(%d, %s)", g.id(), join(names))
}

// assignment makes a statement that changes a variable, a result perhaps.
func (g *gen) assignment() {
	typ := pick(g, "int", "int", "string", "error", "bool")
	name := g.assignable(typ)
	if name == "" {
		g.statement(g.print)
		return
	}
	other := g.assignable(typ)
	g.statement(func() {
		switch {
		case typ == "int" && g.chance(30):
			g.line("%s += %s", name, g.intExpr(1))
		case typ == "int" && g.chance(10):
			g.line("%s++", name)
		case name != other && g.chance(30):
			g.line("%s, %s = %s, %s", name, other, g.expr(typ, 1), g.expr(typ, 1))
		default:
			g.line("%s = %s", name, g.expr(typ, 0))
		}
	})
}

// call0 makes a call that is a statement.
func (g *gen) call0() {
	if len(g.funcs) == 0 {
		g.statement(g.print)
		return
	}
	g.callStatement(pick(g, g.funcs...))
}

// callStatement calls a function for its effect, and for its results.
func (g *gen) callStatement(s *signature) {
	switch {
	case s.iter:
		g.inner(func() { g.overIter(s) })
	case s.maker:
		g.inner(func() {
			name := g.fresh("h")
			g.statement(func() { g.line("%s := %s", name, g.call(s, 0)) })
			g.declareFixed(name, "func(int) int")
			g.line("lib.P(%d, %s(%s))", g.id(), name, g.intExpr(1))
		})
	case len(s.results) > 0 && g.chance(60):
		g.statement(func() { g.line("lib.P(%s)", g.printed(s)) })
	default:
		g.statement(func() { g.line("%s", g.call(s, 0)) })
	}
}

// printed is an argument list of lib.P that calls a function.
func (g *gen) printed(s *signature) string {
	if len(s.results) == 1 {
		return fmt.Sprintf("%d, %s", g.id(), g.call(s, 0))
	}
	return fmt.Sprintf("%d, func() []any { %s := %s; return []any{%s} }()", g.id(), resultVars(s), g.call(s, 0), resultVars(s))
}

func resultVars(s *signature) string {
	var names []string
	for i := range s.results {
		names = append(names, fmt.Sprint("x", i))
	}
	return join(names)
}

// send makes a statement that sends, and receives it again.
func (g *gen) send() {
	g.inner(func() {
		c, v := g.fresh("c"), g.fresh("v")
		g.statement(func() { g.line("%s := make(chan int, 2)", c) })
		g.statement(func() { g.line("%s <- %s", c, g.intExpr(0)) })
		g.statement(func() { g.line("%s, ok%s := <-%s", v, v, c) })
		g.declare(v, "int")
		g.line("lib.P(%d, %s, ok%s)", g.id(), v, v)
	})
}

// shadow makes a block whose names mean something else than outside.
func (g *gen) shadow() {
	typ := pick(g, "int", "string", "error", "context.Context")
	name := g.variable(typ)
	if name == "" || name == "t.n" || name == "t.s" {
		g.statement(g.print)
		return
	}
	g.statement(func() {
		g.line("{")
		g.depth++
		g.scope(func() {
			g.line("%s := %s", name, g.shadowValue(typ, name))
			g.declare(name, typ)
			g.line("_ = %s", name)
			g.list(1 + g.n(2))
		})
		g.depth--
		g.line("}")
	})
}

func (g *gen) shadowValue(typ, name string) string {
	switch typ {
	case "int", "string":
		return name + " + " + name
	case "error":
		return fmt.Sprintf("lib.Wrap(%d, %s)", g.n(9), name)
	}
	return fmt.Sprintf("context.WithValue(%s, lib.Key(1), %d)", name, g.id())
}

// redeclared makes a block in which predeclared names mean something else:
// inserted code must not use them.
func (g *gen) redeclared() {
	name := g.assignable("int")
	if name == "" {
		name = "_"
	}
	g.statement(func() {
		g.line("{")
		g.line("nil, true, any, error, int, string, panic, recover, append, len := 1, 2, 3, 4, 5, 6, 7, 8, 9, 10")
		g.statement(func() { g.line("%s = nil + true + any + error", name) })
		g.statement(func() {
			g.line("for false := range 2 {")
			g.line("lib.P(%d, nil, true, any, error, int, string, panic, recover, append, len, false)", g.id())
			g.line("}")
		})
		g.line("}")
	})
}
