package progen

import (
	"fmt"
	"strings"
)

// wants reports whether a directive goes where one may stand.
func (g *gen) wants() bool { return g.opts.Mode == All || g.chance(40) }

// newSite makes a traced place. Its span is a child of parent's, as far as
// that is known.
func (g *gen) newSite(parent string) *Site {
	g.sites = append(g.sites, Site{Name: fmt.Sprintf("%s.s%d", g.name, len(g.sites)+1), Parent: parent})
	return &g.sites[len(g.sites)-1]
}

// statement makes a statement that can be traced as such, with a directive
// above it or without.
func (g *gen) statement(make func()) {
	if g.chance(10) {
		g.tagLine()
	}
	if !g.wants() {
		make()
		return
	}
	outer := g.frame.site
	site := g.enter()
	g.line("lib.N(%q)", site)
	g.directive(site, g.statementWords())
	make()
	g.frame.site = outer
}

// labelled is statement for one with a label, which stands above the directive
// or below it. A goto that goes there enters the traced place.
func (g *gen) labelled(make func(l *label)) {
	if !g.wants() {
		l := g.label()
		make(&l)
		g.place(&l)
		return
	}
	outer := g.frame.site
	site := g.enter()
	g.line("lib.N(%q)", site)
	var l label
	if g.chance(50) {
		l = g.label()
		g.directive(site, g.statementWords())
	} else {
		g.directive(site, g.statementWords())
		l = g.label()
	}
	l.site = site
	make(&l)
	g.place(&l)
	g.frame.site = outer
}

// enter makes a site of the present statement.
func (g *gen) enter() string {
	parent := g.frame.site
	if g.frame.outer != nil && g.variable("context.Context") != "" {
		parent = "" // a literal that is called later may use a context of its function
	}
	site := g.newSite(parent)
	g.frame.site = site.Name
	return site.Name
}

// directive writes //dd:trace.
func (g *gen) directive(name, words string) {
	g.line("%s", strings.TrimRight("//dd:trace "+name+" "+words, " "))
	if g.chance(5) {
		g.line("// A comment may stand between.")
	}
}

// statementWords are keys and values for a statement, whose expressions may use
// all that is visible.
func (g *gen) statementWords() string {
	if !g.chance(30) {
		return ""
	}
	words := []string{pick(g, "service=shop", "type=web", "kind=client", "measured", "error=off", `tag.k="a b"`, "ignore={lib.ErrKnown}")}
	if v := g.variable("int"); v != "" && g.chance(50) {
		words = append(words, "tag.n={"+v+"+1}")
	}
	if v := g.variable("string"); v != "" && g.chance(50) {
		words = append(words, "resource={"+v+"}")
	}
	return strings.Join(words, " ")
}

// functionWords are keys and values for a function: its parameters and results
// are all that is known.
func (g *gen) functionWords(params, results []variable) string {
	if !g.chance(40) {
		return ""
	}
	words := []string{pick(g, "service=shop", "kind=server", "measured", "error=off", `tag.k="a b"`)}
	for _, p := range params {
		if p.typ == "int" && g.chance(50) {
			words = append(words, fmt.Sprintf("tag.%s={%s+1}", p.name, p.name))
		}
	}
	for i, r := range results {
		name := r.name
		if name == "" || name == "_" {
			name = fmt.Sprint("_", i)
		}
		if g.chance(40) {
			words = append(words, fmt.Sprintf("return.r%d={%s}", i, name))
		}
	}
	if n := len(results); n > 0 && results[n-1].typ == "error" && g.chance(30) {
		words = append(words, "ignore={lib.ErrKnown}")
	}
	return strings.Join(words, " ")
}

// tagLine writes //dd:tag. Its values are evaluated only when a span is
// active: they print nothing.
func (g *gen) tagLine() {
	value := pick(g, `a="b c"`, "n={1+2}", "p={lib.Div(1, 0)}")
	if v := g.variable("int"); v != "" {
		value = "v={" + v + "}"
	}
	g.line("//dd:tag %s", value)
}
