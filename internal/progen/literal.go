package progen

// literal makes a function literal after before, on a line that a directive may
// stand above.
func (g *gen) literal(before string, params, results []variable, after string) {
	named := make([]variable, len(params))
	for i, p := range params {
		named[i] = variable{name: g.fresh("a"), typ: p.typ}
	}
	var site string
	if g.wants() {
		site = g.newSite("").Name
		g.directive(site, g.functionWords(named, results))
	}
	g.line("%sfunc(%s) %s {", before, paramList(named), parens(results))
	g.literalBody(named, len(results) > 0 && results[0].name != "", site, func() {
		g.frame.results = results
		for _, r := range results {
			if r.name != "" && r.name != "_" {
				g.declare(r.name, r.typ)
			}
		}
		g.frame.scopes[0].shadowed = false
		if site == "" || g.chance(50) {
			g.line("if !lib.More() {")
			g.line("return %s", g.zeros())
			g.line("}")
		}
		g.list(1 + g.n(2))
		if len(results) > 0 {
			g.terminate(2)
		}
	})
	g.line("}%s", after)
}

// literalBody makes the body of a literal in a frame of its own.
func (g *gen) literalBody(params []variable, named bool, site string, make func()) {
	g.frame = &frame{outer: g.frame, named: named, site: site}
	g.depth++
	g.scope(func() {
		for _, p := range params {
			g.declare(p.name, p.typ)
		}
		if site != "" {
			g.line("lib.N(%q)", site)
		}
		make()
	})
	g.depth--
	g.frame = g.frame.outer
}

// closure makes a literal that is called at once, later, or by another function.
func (g *gen) closure() {
	g.inner(func() {
		ints := []variable{{typ: "int"}}
		results := pick(g, ints, []variable{{typ: "int", name: "r"}})
		switch g.n(6) {
		case 0, 1:
			name := g.fresh("h")
			g.literal(name+" := ", ints, results, "")
			g.declareFixed(name, "func(int) int")
			g.list(1)
			g.line("lib.P(%d, %s(%s))", g.id(), name, g.intExpr(2))
		case 2:
			g.statement(func() {
				v := g.fresh("v")
				g.line("%s := lib.Apply(", v)
				g.literal("", ints, results, ",")
				g.line("%s)", g.intExpr(1))
				g.line("lib.P(%d, %s)", g.id(), v)
			})
		case 3:
			g.line("lib.P(%d, lib.Each([]func(int) int{", g.id())
			g.literal("", ints, results, ",")
			g.literal("", ints, results, ",")
			g.line("}, %s))", g.intExpr(1))
		case 4:
			name := g.fresh("o")
			g.line("%s := &%sT{", name, g.name)
			g.line("n: %s,", g.intExpr(1))
			g.literal("f: ", ints, results, ",")
			g.line("}")
			g.line("lib.P(%d, %s.f(%s.n))", g.id(), name, name)
		default:
			g.line("lib.Catch(%d,", g.id())
			g.literal("", nil, nil, ")")
		}
	})
}
