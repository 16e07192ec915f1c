// Prints what the functions of package shapes return, and their types.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	. "example.com/conf/shapes"
)

func main() {
	boo := errors.New("other")
	ctx := context.WithValue(context.Background(), "k", "v")
	Nothing()
	show(Unnamed(1, ""))
	show(UnnamedError(true), UnnamedError(false))
	for _, fail := range []bool{true, false} {
		show2(Pair(fail))
		show2(PassedOn(fail))
		show2(ErrorFirst(fail))
	}
	show2(Named(3))
	show2(Named(-3))
	a, b, s := Naked(5)
	show(a, b, s)
	show2(Blank(1, "", "xyz"))
	show2(Variadic("-", "a", "b"))
	show2(Variadic("-"))
	show2(Variadic("-", []string{"c", "d"}...))
	show(VariadicUnnamed(1, nil), VariadicUnnamed())
	t, us, err := Generic[time.Duration, int](time.Second, 1, 2)
	show(t, us, err)
	show2(Shadowed(boo))
	show2(ShadowedByParameter(boo))
	show2(ShadowedType(1))
	show2(TwoErrors())
	show2(ChangedByDefer())
	f, c := Functions(func(n int) (string, error) { return fmt.Sprint(n), boo }, nil, nil)
	show2(f())
	show(c)
	ctx2, err := Context(1, ctx)
	show(ctx2.Value("k"), ctx2.Err(), err)
	show2(BlankContext(nil, nil))
	show2(Structs(struct{ A, B int }{}))
	show(Parentheses())
	show2(Array())
	show2(Recursive(3))
	show2(Concrete(0))
	show2(Concrete(4))
	show(NilInError())
	l := &List[string, int]{}
	same, err := l.Add("a", 1)
	show(same == l, err, l.Len(), l.Len("x", "y"))
	show2((*Failure)(nil).Unnamed(ctx, nil))
	show2(Failure{}.Value())
	e := Embedding{List: l}
	show2(e.Add("b", 2))
	show(e.Len(), e.List.Len())

	for _, f := range []any{
		Nothing, Unnamed, UnnamedError, Pair, PassedOn, Named, Naked, Blank, Variadic, VariadicUnnamed,
		Generic[time.Duration, string], Shadowed, ShadowedByParameter, ShadowedType, ErrorFirst, TwoErrors, ChangedByDefer,
		Functions, Context, BlankContext, Structs, Parentheses, Array, Recursive, Concrete, NilInError,
		(*List[string, int]).Add, List[string, int].Len, (*Failure).Unnamed, Failure.Value, Embedding.Add,
	} {
		fmt.Printf("%T\n", f)
	}
}

func show(values ...any) {
	for _, v := range values {
		fmt.Printf("%T %+v  ", v, v)
	}
	fmt.Println()
}

func show2[A, B any](a A, b B) { show(a, b) }
