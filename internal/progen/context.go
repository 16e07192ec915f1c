package progen

// context makes a statement about contexts.
func (g *gen) context() {
	ctx := g.assignable("context.Context")
	if ctx == "" {
		g.statement(g.print)
		return
	}
	switch g.n(9) {
	case 0, 1:
		g.statement(func() { g.line("%s = %s", ctx, g.ctxExpr()) })
	case 7, 8:
		g.compared(ctx)
	case 2:
		g.inner(func() {
			name := pick(g, "ctx", g.fresh("ctx"))
			if g.declaredHere(name) {
				name = g.fresh("ctx")
			}
			g.statement(func() { g.line("%s := %s", name, g.ctxExpr()) })
			g.declare(name, "context.Context")
			g.line("lib.Ctx(%d, %s)", g.id(), name)
		})
	case 3:
		g.statement(func() { g.line("%sKept = %s", g.name, ctx) })
	case 4:
		g.statement(func() {
			g.line("lib.P(%d, (&%sT{ctx: %s}).ctx.Value(lib.Key(0)))", g.id(), g.name, ctx)
		})
	case 5:
		g.inner(func() {
			name, cancel := g.fresh("ctx"), g.fresh("cancel")
			g.statement(func() { g.line("%s, %s := context.WithCancel(%s)", name, cancel, ctx) })
			g.declare(name, "context.Context")
			g.statement(func() { g.line("%s()", cancel) })
			g.line("lib.Ctx(%d, %s)", g.id(), name)
		})
	default:
		g.statement(func() { g.line("lib.Ctx(%d, %s)", g.id(), ctx) })
	}
	g.line("lib.Ctx(%d, %s)", g.id(), ctx)
}

// compared makes statements that tell which context it is.
func (g *gen) compared(ctx string) {
	g.inner(func() {
		name := g.fresh("saved")
		g.statement(func() { g.line("%s := %s", name, ctx) })
		g.declareFixed(name, "saved")
		g.list(1 + g.n(2))
		g.statement(func() { g.line("lib.P(%d, %s == %s)", g.id(), name, ctx) })
	})
}
