package progen

import "fmt"

// loop makes a loop of one of all kinds, with a label or without.
func (g *gen) loop() {
	g.labelled(func(l *label) {
		t := &target{label: *l, loop: true}
		g.depth++
		pick(g, g.whileLoop, g.countLoop, g.foreverLoop, g.rangeInt, g.rangeSlice, g.rangeMap, g.rangeString, g.rangeChan)(t)
		g.depth--
		*l = t.label
	})
}

// turn makes the body of a loop, which ends in time.
func (g *gen) turn(t *target, declare func()) {
	g.frame.targets = append(g.frame.targets, t)
	g.scope(func() {
		declare()
		g.line("if !lib.More() {")
		g.line("break")
		g.line("}")
		g.list(1 + g.n(3))
	})
	g.frame.targets = g.frame.targets[:len(g.frame.targets)-1]
	g.line("}")
}

func nothing() {}

func (g *gen) whileLoop(t *target) {
	g.line("for lib.More() && %s {", g.boolExpr(2))
	g.turn(t, nothing)
}

func (g *gen) countLoop(t *target) {
	i := g.fresh("i")
	g.line("for %s := 0; %s < %d; %s++ {", i, i, 1+g.n(4), i)
	g.turn(t, func() { g.declareFixed(i, "int") })
}

func (g *gen) foreverLoop(t *target) {
	n := g.fresh("n")
	g.line("for %s := %d; ; %s-- {", n, 1+g.n(3), n)
	g.turn(t, func() {
		g.declareFixed(n, "int")
		g.line("if %s < 0 {", n)
		g.line("break")
		g.line("}")
	})
}

func (g *gen) rangeInt(t *target) {
	if g.chance(30) {
		g.line("for range lib.T(%d, %d) {", g.id(), 1+g.n(3))
		g.turn(t, nothing)
		return
	}
	i := g.fresh("i")
	g.line("for %s := range %d {", i, 1+g.n(4))
	g.turn(t, func() {
		g.declare(i, "int")
		g.line("_ = %s", i)
	})
}

func (g *gen) rangeSlice(t *target) {
	i, v := g.fresh("i"), g.fresh("v")
	g.line("for %s, %s := range %s {", i, v, g.expr("[]int", 1))
	g.turn(t, func() {
		g.declare(i, "int")
		g.declare(v, "int")
		g.line("_, _ = %s, %s", i, v)
	})
}

func (g *gen) rangeMap(t *target) {
	k, v := g.fresh("k"), g.fresh("v")
	g.line("for %s, %s := range map[string]int{%s: %s} {", k, v, g.stringExpr(1), g.intExpr(1))
	g.turn(t, func() {
		g.declare(k, "string")
		g.declare(v, "int")
		g.line("_, _ = %s, %s", k, v)
	})
}

func (g *gen) rangeString(t *target) {
	i, c := g.fresh("i"), g.fresh("c")
	g.line("for %s, %s := range %s {", i, c, g.stringExpr(1))
	g.turn(t, func() {
		g.declare(i, "int")
		g.line("lib.P(%d, %s, string(%s))", g.id(), i, c)
	})
}

func (g *gen) rangeChan(t *target) {
	v := g.fresh("v")
	g.line("for %s := range lib.Closed(%s, %s) {", v, g.intExpr(1), g.intExpr(1))
	g.turn(t, func() {
		g.declare(v, "int")
		g.line("_ = %s", v)
	})
}

// ranged makes a loop over an iterator.
func (g *gen) ranged() {
	for _, s := range g.funcs {
		if s.iter {
			g.inner(func() { g.overIter(s) })
			return
		}
	}
	g.loop()
}

func (g *gen) overIter(s *signature) {
	seq := g.call(s, 1)
	if g.chance(30) {
		name := g.fresh("seq")
		g.statement(func() { g.line("%s := %s", name, seq) })
		seq = name
	}
	g.labelled(func(l *label) {
		t := &target{label: *l, loop: true}
		v := g.fresh("v")
		g.depth++
		g.line("for %s := range %s {", v, seq)
		g.turn(t, func() {
			g.declare(v, "int")
			g.line("_ = %s", v)
		})
		g.depth--
		*l = t.label
	})
}

// forward makes a goto that goes down: out of any depth to a label at the end
// of statements that declare nothing.
func (g *gen) forward() {
	g.labels++
	l := &label{name: fmt.Sprint("L", g.labels)}
	target := g.wants()
	outer := g.frame.site
	var site string
	if target {
		site = g.enter()
		g.frame.site = outer
		l.site = site
	}
	scope := g.frame.scopes[len(g.frame.scopes)-1]
	before := scope.unnamed
	scope.unnamed = true
	g.frame.gotos = append(g.frame.gotos, l)
	g.statement(func() {
		g.line("if %s {", g.boolExpr(1))
		g.gotoLine(l)
		g.line("}")
	})
	g.list(1 + g.n(3))
	g.frame.gotos = g.frame.gotos[:len(g.frame.gotos)-1]
	scope.unnamed = before
	if target {
		g.line("lib.N(%q)", site)
		if g.chance(50) {
			g.directive(site, g.statementWords())
			g.line("%s:", l.name)
		} else {
			g.line("%s:", l.name)
			g.directive(site, g.statementWords())
		}
		g.frame.site = site
	} else {
		g.line("%s:", l.name)
	}
	g.landing()
	g.frame.site = outer
}

// landing makes the statement that a goto goes to.
func (g *gen) landing() {
	if g.chance(50) {
		g.print()
		return
	}
	g.line("{")
	g.block(1 + g.n(2))
	g.line("}")
}

// gotoLine goes to a label, and enters what is traced there.
func (g *gen) gotoLine(l *label) {
	l.used = true
	if l.site != "" {
		g.line("lib.N(%q)", l.site)
	}
	g.line("goto %s", l.name)
}
