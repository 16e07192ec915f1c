package progen

import "strings"

// returnStmt makes a return: naked, of one call's results, or of operands whose
// evaluation shows.
func (g *gen) returnStmt() {
	results := g.frame.results
	switch {
	case len(results) == 0, g.nakedReturn() && g.chance(40):
		g.line("return")
		return
	case results[0].typ == "func(int) int" && len(results) == 1 && g.depth <= maxDepth:
		g.literal("return ", []variable{{typ: "int"}}, []variable{{typ: "int"}}, "")
		return
	}
	if s := g.same(); s != nil && g.chance(50) {
		g.statement(func() { g.line("return %s", g.call(s, 1)) })
		return
	}
	var list []string
	for _, r := range results {
		list = append(list, g.expr(r.typ, 1))
	}
	text := join(list)
	if g.chance(30) {
		text = joinLines(list)
	}
	if strings.HasPrefix(text, "func(") { // a directive would be the literal's
		g.line("return %s", text)
		return
	}
	g.statement(func() { g.line("return %s", text) })
}

func joinLines(list []string) string {
	text := list[0]
	for _, e := range list[1:] {
		text += ",\n" + e
	}
	return text
}

// terminate ends a list of statements with one that is terminating, as the
// language calls it: without it the function would lack a return.
func (g *gen) terminate(depth int) {
	g.depth++
	defer func() { g.depth-- }()
	if depth > 3 || g.chance(30) {
		g.returnStmt()
		return
	}
	switch g.n(8) {
	case 0:
		g.line("panic(%s)", g.panicValue())
	case 1:
		g.statement(func() {
			g.line("{")
			g.ending(depth)
			g.line("}")
		})
	case 2:
		g.statement(func() {
			g.line("if %s {", g.boolExpr(1))
			g.ending(depth)
			g.line("} else {")
			g.ending(depth)
			g.line("}")
		})
	case 3:
		g.endless()
	case 4:
		g.endingSwitch(depth)
	case 5:
		g.endingSelect(depth)
	case 6:
		g.endingGoto()
	default:
		g.returnStmt()
	}
}

// ending makes a list of statements that ends in a terminating one.
func (g *gen) ending(depth int) {
	g.scope(func() {
		g.list(g.n(3))
		g.terminate(depth + 1)
	})
}

// endless makes a loop without condition, which only return leaves.
func (g *gen) endless() {
	g.labelled(func(l *label) {
		t := &target{label: *l, loop: true, closed: true}
		g.line("for {")
		g.frame.targets = append(g.frame.targets, t)
		g.scope(func() {
			g.line("if lib.Stop() {")
			g.returnStmt()
			g.line("}")
			g.list(1 + g.n(2))
		})
		g.frame.targets = g.frame.targets[:len(g.frame.targets)-1]
		g.line("}")
		*l = t.label
	})
}

func (g *gen) closedTarget(make func(t *target)) {
	g.labelled(func(l *label) {
		t := &target{label: *l, closed: true}
		g.frame.targets = append(g.frame.targets, t)
		make(t)
		g.frame.targets = g.frame.targets[:len(g.frame.targets)-1]
		*l = t.label
	})
}

func (g *gen) endingSwitch(depth int) {
	g.closedTarget(func(t *target) {
		kind := g.n(2)
		if kind == 0 {
			g.line("switch %s %% 3 {", g.intExpr(1))
		} else {
			g.line("switch any(%s).(type) {", g.typeSwitchValue())
		}
		for i, typ := range []string{"int", "string"} {
			if kind == 0 {
				g.line("case %d:", i)
			} else {
				g.line("case %s:", typ)
			}
			if kind == 0 && g.chance(30) {
				g.block(1)
				g.line("fallthrough")
				continue
			}
			g.ending(depth)
		}
		g.line("default:")
		g.ending(depth)
		g.line("}")
	})
}

func (g *gen) endingSelect(depth int) {
	g.closedTarget(func(t *target) {
		g.line("select {")
		g.line("case <-lib.Closed(%s):", g.intExpr(1))
		g.ending(depth)
		g.line("case <-make(chan int):")
		g.ending(depth)
		g.line("}")
	})
}

// endingGoto makes statements that end in a goto back to their beginning.
func (g *gen) endingGoto() {
	g.inner(func() {
		outer := g.frame.site
		var l label
		g.labelled(func(placed *label) {
			placed.used = true
			l = *placed
			g.landing()
		})
		g.frame.site = outer
		g.line("if lib.Stop() {")
		g.returnStmt()
		g.line("}")
		g.list(1)
		g.gotoLine(&l)
	})
}

// deferStmt makes a deferred call.
func (g *gen) deferStmt() {
	switch g.n(5) {
	case 0:
		g.statement(func() { g.line("defer lib.P(%s)", g.values()) })
	case 1:
		g.recovering()
	case 2:
		if name := g.assignable("int"); name != "" {
			g.literal("defer ", nil, nil, "()")
			return
		}
		g.line("defer lib.P(%d)", g.id())
	default:
		g.literal("defer ", nil, nil, "()")
	}
}

// recovering makes a deferred function that recovers, and may change results or
// panic again.
func (g *gen) recovering() {
	var site string
	if g.wants() {
		site = g.newSite("").Name
		g.directive(site, "")
	}
	g.line("defer func() {")
	g.literalBody(nil, false, site, func() {
		g.statement(g.recover)
	})
	g.line("}()")
}

func (g *gen) recover() {
	g.line("if v := recover(); v != nil {")
	g.line("lib.P(%d, \"recovered\", v)", g.id())
	if err := g.assignable("error"); err != "" && g.chance(50) {
		g.line("%s = lib.Err(7)", err)
	}
	if n := g.assignable("int"); n != "" && g.chance(50) {
		g.line("%s += 100", n)
	}
	if g.chance(15) {
		g.line("panic(%s)", pick(g, "v", "lib.Err(8)"))
	}
	g.line("}")
}

// goStmt starts a goroutine, which may exit, and waits for it. Nothing is
// printed or counted while both run.
func (g *gen) goStmt() {
	g.inner(func() {
		done := g.fresh("done")
		g.line("%s := make(chan bool)", done)
		outer, wait := g.frame.site, ""
		if g.wants() {
			wait = g.enter()
			g.line("lib.N(%q)", wait)
			g.frame.site = outer
		}
		var site string
		if g.wants() {
			site = g.newSite("").Name
			g.directive(site, "")
		}
		g.line("go func() {")
		g.literalBody(nil, false, site, func() {
			g.line("defer close(%s)", done)
			g.line("defer lib.Caught(%d)", g.id())
			g.recovering()
			g.list(1 + g.n(2))
			if g.chance(30) {
				g.line("runtime.Goexit()")
			}
		})
		g.line("}()")
		if wait != "" {
			g.directive(wait, "")
		}
		g.line("<-%s", done)
	})
}
