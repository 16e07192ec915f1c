package progen

import "fmt"

// maxDepth is how deep statements, and expressions, are in others at most.
const maxDepth = 5

// expr makes an expression of a type on one line.
func (g *gen) expr(typ string, depth int) string {
	switch typ {
	case "int":
		return g.intExpr(depth)
	case "bool":
		return g.boolExpr(depth)
	case "string":
		return g.stringExpr(depth)
	case "error":
		return g.errorExpr(depth)
	case "context.Context":
		return g.ctxExpr()
	case "[]int":
		return fmt.Sprintf("[]int{%s, %s, %s, %s}", g.intExpr(depth+1), g.intExpr(depth+1), g.intExpr(depth+1), g.intExpr(depth+1))
	case "func(int) int":
		if v := g.variable(typ); v != "" {
			return v
		}
		if g.funcs != nil && g.chance(30) {
			return g.name + "Hook"
		}
		return fmt.Sprintf("func(v int) int { return v + %s }", g.intExpr(depth+1))
	case "any":
		return pick(g, "nil", g.intExpr(depth+1), g.stringExpr(depth+1), g.errorExpr(depth+1))
	}
	panic("progen: no expression of type " + typ)
}

func (g *gen) intExpr(depth int) string {
	v := g.variable("int")
	if v == "" || g.chance(20) {
		v = fmt.Sprint(g.n(10))
	}
	if depth >= 3 || g.chance(35) {
		return v
	}
	switch g.n(9) {
	case 0, 1:
		return fmt.Sprintf("lib.T(%d, %s)", g.id(), g.intExpr(depth+1))
	case 2:
		return fmt.Sprintf("(%s + %s)", g.intExpr(depth+1), g.intExpr(depth+1))
	case 3:
		return fmt.Sprintf("(%s*%s)%%97", g.intExpr(depth+1), g.intExpr(depth+1))
	case 4:
		return fmt.Sprintf("func() int { lib.P(%d); return %s }()", g.id(), g.intExpr(depth+1))
	case 5:
		if f := g.variable("func(int) int"); f != "" {
			return fmt.Sprintf("lib.Apply(%s, %s)", f, g.intExpr(depth+1))
		}
		return fmt.Sprintf("len(%s)", g.stringExpr(depth+1))
	case 6:
		if list := g.variable("[]int"); list != "" {
			return fmt.Sprintf("lib.At(%s, %s)", list, g.intExpr(depth+1))
		}
	case 7:
		if g.chance(15) {
			return fmt.Sprintf("lib.Div(%s, %s)", g.intExpr(depth+1), g.intExpr(depth+1))
		}
	}
	if s := g.callee("int"); s != nil {
		return g.call(s, depth+1)
	}
	return v
}

func (g *gen) boolExpr(depth int) string {
	if depth >= 3 {
		return fmt.Sprintf("%s%%2 == 0", g.intExpr(depth+1))
	}
	switch g.n(6) {
	case 0:
		return fmt.Sprintf("lib.T(%d, %s)", g.id(), g.boolExpr(depth+1))
	case 1:
		return fmt.Sprintf("(%s && %s)", g.boolExpr(depth+1), g.boolExpr(depth+1))
	case 2:
		return fmt.Sprintf("!(%s || %s)", g.boolExpr(depth+1), g.boolExpr(depth+1))
	case 3:
		if err := g.variable("error"); err != "" {
			return err + " != nil"
		}
	case 4:
		return fmt.Sprintf("%s < %s", g.intExpr(depth+1), g.intExpr(depth+1))
	}
	return fmt.Sprintf("%s%%3 != %d", g.intExpr(depth+1), g.n(3))
}

func (g *gen) stringExpr(depth int) string {
	v := g.variable("string")
	if v == "" || g.chance(30) {
		v = fmt.Sprintf("%q", string(rune('a'+g.n(26))))
	}
	if depth >= 3 || g.chance(50) {
		return v
	}
	if s := g.callee("string"); s != nil && g.chance(30) {
		return g.call(s, depth+1)
	}
	return fmt.Sprintf("lib.Join(%s, %s)", v, g.stringExpr(depth+1))
}

func (g *gen) errorExpr(depth int) string {
	if v := g.variable("error"); v != "" && g.chance(40) {
		if g.chance(30) {
			return fmt.Sprintf("lib.Wrap(%d, %s)", g.n(9), v)
		}
		return v
	}
	if s := g.callee("error"); s != nil && depth < 3 && g.chance(20) {
		return g.call(s, depth+1)
	}
	return pick(g, "nil", "lib.ErrKnown", fmt.Sprintf("lib.Err(%s)", g.intExpr(depth+1)))
}

func (g *gen) ctxExpr() string {
	v := g.variable("context.Context")
	if v == "" {
		v = "context.Background()"
	}
	if g.chance(30) {
		return fmt.Sprintf("context.WithValue(%s, lib.Key(%d), %d)", v, g.n(3), g.id())
	}
	return v
}

// values are a few expressions to print.
func (g *gen) values() string {
	list := []string{fmt.Sprint(g.id())}
	for range g.n(3) + 1 {
		list = append(list, g.expr(pick(g, "int", "string", "bool", "error"), 2))
	}
	return join(list)
}
