package progen

import "fmt"

// bare makes a block.
func (g *gen) bare() {
	g.statement(func() {
		g.line("{")
		g.block(1 + g.n(3))
		if g.chance(20) {
			g.tagLine()
		}
		g.line("}")
	})
}

func (g *gen) ifStmt() {
	g.statement(func() {
		g.depth++
		g.scope(func() {
			if g.chance(30) {
				v := g.fresh("v")
				g.line("if %s := %s; %s > %s {", v, g.intExpr(1), v, g.intExpr(2))
				g.declare(v, "int")
			} else {
				g.line("if %s {", g.boolExpr(1))
			}
			g.block(1 + g.n(3))
			for g.chance(30) {
				g.line("} else if %s {", g.boolExpr(1))
				g.block(1 + g.n(2))
			}
			if g.chance(50) {
				g.line("} else {")
				g.block(1 + g.n(2))
			}
		})
		g.depth--
		g.line("}")
	})
}

// breakable makes a statement of clauses that break can leave.
func (g *gen) breakable(make func()) {
	g.labelled(func(l *label) {
		t := &target{label: *l}
		g.frame.targets = append(g.frame.targets, t)
		g.depth++
		g.scope(make)
		g.depth--
		g.frame.targets = g.frame.targets[:len(g.frame.targets)-1]
		*l = t.label
	})
}

func (g *gen) switchStmt() {
	g.breakable(func() {
		tag := true
		switch g.n(4) {
		case 0:
			tag = false
			g.line("switch {")
		case 1:
			v := g.fresh("v")
			g.line("switch %s := %s; %s %% 4 {", v, g.intExpr(1), v)
			g.declare(v, "int")
		default:
			g.line("switch %s %% 4 {", g.intExpr(1))
		}
		n := 1 + g.n(3)
		last := g.n(2 * n)
		for i := range n {
			switch {
			case i == last:
				g.line("default:")
			case tag:
				g.line("case %d, lib.T(%d, %d):", i, g.id(), i+7)
			default:
				g.line("case %s:", g.boolExpr(1))
			}
			g.block(1 + g.n(2))
			if i < n-1 && g.chance(25) {
				g.line("fallthrough")
			}
		}
		g.line("}")
	})
}

func (g *gen) typeSwitch() {
	g.breakable(func() {
		v := g.fresh("v")
		bind := g.chance(60)
		if bind {
			g.line("switch %s := any(%s).(type) {", v, g.typeSwitchValue())
		} else {
			g.line("switch any(%s).(type) {", g.typeSwitchValue())
		}
		for i, typ := range []string{"int", "string", "error"} {
			if !bind && g.chance(40) {
				continue
			}
			g.line("case %s:", typ)
			g.scope(func() {
				if bind {
					g.declare(v, typ)
					g.line("lib.P(%d, %d, %s)", g.id(), i, v)
				}
				g.block(1)
			})
		}
		if g.chance(50) {
			g.line("default:")
			g.block(1)
		}
		g.line("}")
	})
}

func (g *gen) typeSwitchValue() string {
	e := g.expr(pick(g, "int", "string", "error"), 1)
	if e == "nil" {
		return "lib.Err(3)"
	}
	return e
}

// selectStmt makes a select of which at most one case is ready.
func (g *gen) selectStmt() {
	g.breakable(func() {
		v := g.fresh("v")
		g.line("select {")
		ready := g.chance(60)
		if ready {
			g.line("case %s, ok := <-lib.Closed(%s):", v, g.intExpr(1))
		} else {
			g.line("case %s, ok := <-make(chan int):", v)
		}
		g.scope(func() {
			g.declare(v, "int")
			g.line("lib.P(%d, %s, ok)", g.id(), v)
			g.block(1 + g.n(2))
		})
		if g.chance(40) {
			g.line("case make(chan int) <- %s:", g.intExpr(1))
			g.block(1)
		}
		if !ready {
			g.line("default:")
			g.block(1)
		}
		g.line("}")
	})
}

// leave makes a statement that leaves something, under a condition.
func (g *gen) leave() {
	g.statement(func() {
		g.line("if %s {", g.boolExpr(1))
		g.depth++
		g.scope(func() {
			if g.chance(40) {
				g.list(1)
			}
			g.jump()
		})
		g.depth--
		g.line("}")
	})
}

// jump makes a statement after which control is elsewhere.
func (g *gen) jump() {
	targets, gotos := g.frame.targets, g.frame.gotos
	ways := []func(){g.returnStmt}
	if len(targets) > 0 {
		labelled := func() { g.jumpTo(pick(g, targets...)) }
		ways = append(ways, labelled, labelled)
		if !targets[len(targets)-1].closed {
			ways = append(ways, func() { g.line("break") })
		}
	}
	if innermostLoop(targets) != nil {
		ways = append(ways, func() { g.line("continue") })
	}
	if len(gotos) > 0 {
		jump := func() { g.gotoLine(pick(g, gotos...)) }
		ways = append(ways, jump, jump)
	}
	if g.chance(15) {
		ways = []func(){func() { g.line("panic(%s)", g.panicValue()) }, func() { g.line("runtime.Goexit()") }}
	}
	pick(g, ways...)()
}

func (g *gen) jumpTo(t *target) {
	word := "break"
	if t.loop && (t.closed || g.chance(50)) {
		word = "continue"
	} else if t.closed {
		g.returnStmt()
		return
	}
	t.label.used = true
	g.line("%s %s", word, t.label.name)
}

func innermostLoop(list []*target) *target {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].loop {
			return list[i]
		}
	}
	return nil
}

func (g *gen) panicValue() string {
	switch g.n(5) {
	case 0:
		return "nil"
	case 1:
		return g.stringExpr(1)
	case 2:
		return fmt.Sprintf("lib.Value{N: %s}", g.intExpr(1))
	case 3:
		return fmt.Sprintf("lib.Wrap(1, lib.Err(%d))", 1+g.n(5))
	}
	return g.intExpr(1)
}
