package progen

import (
	"fmt"
	"slices"
	"strings"
)

// program makes the file: declarations, functions that call the ones below
// them, and the function that runs it all.
func (g *gen) program() {
	g.line("import (\n\"context\"\n\"iter\"\n\"runtime\"\n\n%q\n)\n", ModulePath+"/lib")
	g.line("var (\n_ context.Context\n_ iter.Seq[int]\n_ = runtime.NumCPU\n)\n")
	list := g.signatures()
	g.types(list)
	for i, s := range list {
		g.funcs = list[i+1:]
		g.function(s, g.opts.Size/len(list))
	}
	g.entry(list)
}

// types declares the types that methods are on. A directive above one of them
// is on all of its methods.
func (g *gen) types(list []*signature) {
	if g.typed = slices.ContainsFunc(list, g.onType) && g.wants(); g.typed {
		g.line("//dd:trace")
	}
	g.line("type %sT struct {\nn int\ns string\nctx context.Context\nf func(int) int\n}\n", g.name)
	g.line("type %sBox[V any] struct {\nv V\nn int\n}\n", g.name)
	g.line("var %sKept context.Context\n", g.name)
	g.frame = &frame{}
	g.left = 3
	g.scope(func() {
		g.literal(fmt.Sprintf("var %sHook = ", g.name), []variable{{typ: "int"}}, []variable{{typ: "int"}}, "\n")
	})
}

// signatures chooses the functions.
func (g *gen) signatures() []*signature {
	var list []*signature
	for i := range 4 + g.n(4) {
		s := &signature{name: fmt.Sprintf("%sF%d", g.name, i)}
		switch g.n(10) {
		case 0:
			s.recv, s.self = "t "+g.name+"T", fmt.Sprintf("(%sT{n: %d, s: \"m\"})", g.name, i)
		case 1:
			s.recv, s.self = "t *"+g.name+"T", fmt.Sprintf("(&%sT{n: %d, s: \"p\"})", g.name, i)
		case 2:
			s.recv, s.self = "t *"+g.name+"Box[V]", fmt.Sprintf("(&%sBox[int]{v: %d})", g.name, i)
		case 3:
			s.generic = true
		case 4:
			s.iter = true
		case 5:
			s.maker = true
		}
		if s.recv != "" {
			s.name = fmt.Sprint("M", i)
		}
		g.parameters(s)
		list = append(list, s)
	}
	return list
}

func (g *gen) parameters(s *signature) {
	if g.chance(60) {
		s.params = append(s.params, variable{name: "ctx", typ: "context.Context"})
	}
	for range 1 + g.n(2) {
		s.params = append(s.params, variable{name: g.fresh("a"), typ: pick(g, "int", "int", "string", "error")})
	}
	if g.chance(20) {
		s.params = append(s.params, variable{name: g.fresh("f"), typ: "func(int) int"})
	}
	switch {
	case s.iter:
		s.results = []variable{{typ: "iter.Seq[int]"}}
	case s.maker:
		s.results = []variable{{typ: "func(int) int"}}
	default:
		s.results = g.results()
		s.named = len(s.results) > 0 && s.results[0].name != ""
	}
}

// results chooses results, all with a name or none.
func (g *gen) results() []variable {
	list := slices.Clone(pick(g,
		nil,
		[]variable{{typ: "int", name: "r"}},
		[]variable{{typ: "error", name: "err"}},
		[]variable{{typ: "int", name: "r"}, {typ: "error", name: "err"}},
		[]variable{{typ: "string", name: "s"}, {typ: "int", name: "r"}, {typ: "error", name: "err"}},
		[]variable{{typ: "string", name: "s"}},
	))
	if g.chance(50) {
		for i := range list {
			list[i].name = ""
		}
	} else if len(list) > 1 && g.chance(20) {
		list[0].name = "_"
	}
	return list
}

func paramList(list []variable) string {
	var all []string
	for _, v := range list {
		all = append(all, strings.TrimSpace(v.name+" "+v.typ))
	}
	return strings.Join(all, ", ")
}

func parens(list []variable) string {
	if text := paramList(list); text != "" {
		return "(" + text + ")"
	}
	return ""
}

// function makes a function.
func (g *gen) function(s *signature, size int) {
	g.left = size
	site := g.functionSite(s)
	recv, generic := "", ""
	if s.recv != "" {
		recv = "(" + s.recv + ") "
	}
	list := paramList(s.params)
	if s.generic {
		generic = "[V any]"
		list += ", _ V"
	}
	g.line("func %s%s%s(%s) %s {", recv, s.name, generic, list, parens(s.results))
	g.frame = &frame{results: s.results, named: s.named}
	if !s.iter {
		g.frame.site = site
	}
	g.scope(func() {
		g.parametersInScope(s)
		switch {
		case s.iter:
			g.iterator(site)
		default:
			g.body(site)
		}
	})
	g.line("}\n")
	g.frame = nil
}

// functionSite puts a directive above a function, or leaves it to the one that
// stands above a method's type, and returns the name of its spans.
func (g *gen) functionSite(s *signature) string {
	switch wants := g.wants(); {
	case g.typed && g.onType(s) && !wants && g.chance(30):
		g.line("//dd:ignore")
		return ""
	case g.typed && g.onType(s) && (!wants || g.chance(50)):
		g.sites = append(g.sites, Site{Name: fmt.Sprintf("%s.%sT.%s", g.pkg, g.name, s.name)})
		return g.sites[len(g.sites)-1].Name
	case !wants:
		return ""
	}
	site := g.newSite("").Name
	words := ""
	if !s.iter && !s.maker {
		words = g.functionWords(s.params, s.results)
	}
	g.directive(site, words)
	return site
}

func (g *gen) onType(s *signature) bool { return strings.HasSuffix(s.recv, g.name+"T") }

func (g *gen) parametersInScope(s *signature) {
	for _, list := range [][]variable{s.params, s.results} {
		for _, v := range list {
			if v.name != "" && v.name != "_" {
				g.declare(v.name, v.typ)
			}
		}
	}
	g.frame.scopes[0].shadowed = false
	if strings.HasPrefix(s.recv, "t") {
		g.declareFixed("t.n", "int")
	}
	if strings.HasSuffix(s.recv, "T") {
		g.declareFixed("t.s", "string")
	}
}

// body makes the statements of a function that begins by counting itself.
func (g *gen) body(site string) {
	if site != "" {
		g.line("lib.N(%q)", site)
	}
	g.line("if !lib.More() {")
	g.line("return %s", g.zeros())
	g.line("}")
	if g.chance(35) {
		g.recovering()
	}
	g.list(3 + g.n(5))
	if len(g.frame.results) > 0 || g.chance(20) {
		g.terminate(0)
	}
}

// zeros are values to return when the program has run for long enough.
func (g *gen) zeros() string {
	var list []string
	for _, r := range g.frame.results {
		switch r.typ {
		case "int":
			list = append(list, "-1")
		case "string":
			list = append(list, `"over"`)
		case "func(int) int":
			list = append(list, "func(v int) int { return v }")
		default:
			list = append(list, "nil")
		}
	}
	return join(list)
}

// iterator makes the body of a function that returns one. The function is
// traced over each iteration.
func (g *gen) iterator(site string) {
	g.line("return func(yield func(int) bool) {")
	g.literalBody(nil, false, site, func() {
		g.line("for i := range %d {", 1+g.n(4))
		g.scope(func() {
			g.declare("i", "int")
			g.line("if !yield(i) {")
			g.line("lib.P(%d, \"stopped\")", g.id())
			g.line("return")
			g.line("}")
			g.list(1)
		})
		g.line("}")
	})
	g.line("}")
}

// entry makes the function that runs the program.
func (g *gen) entry(list []*signature) {
	g.left = g.opts.Size / 3
	g.funcs = list
	g.line("func %s() {", g.name)
	g.frame = &frame{}
	g.scope(func() {
		g.line("ctx := context.WithValue(context.Background(), lib.Key(0), %q)", g.name)
		g.declare("ctx", "context.Context")
		g.line("lib.Ctx(%d, ctx)", g.id())
		for _, s := range list {
			g.line("lib.Try(%d, func() {", g.id())
			g.literalBody(nil, false, "", func() { g.callStatement(s) })
			g.line("})")
		}
		g.list(4)
	})
	g.line("}")
	g.frame = nil
}
