// Package shapes has functions of all shapes with directives on them, and no other use of the tracer: it is also built
// without it, to compare.
package shapes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

var boo = errors.New("boo")

//dd:trace
func Nothing() {}

//dd:trace
func Unnamed(int, string) int { return 1 }

//dd:trace
func UnnamedError(fail bool) error {
	if fail {
		return boo
	}
	return nil
}

//dd:trace
func Pair(fail bool) (int, error) {
	if fail {
		return 1, boo
	}
	return 2, nil
}

//dd:trace
func PassedOn(fail bool) (int, error) { return Pair(fail) }

//dd:trace
func Named(n int) (double int, err error) {
	double = 2 * n
	if n < 0 {
		err = boo
		return
	}
	return double, nil
}

//dd:trace
func Naked(n int) (a, b int, s string) {
	a, b, s = n, n+1, "s"
	return
}

//dd:trace
func Blank(_ int, _, x string) (_ int, _ error) { return len(x), boo }

//dd:trace
func Variadic(sep string, words ...string) (string, error) { return strings.Join(words, sep), nil }

//dd:trace
func VariadicUnnamed(...any) (_ error) { return }

//dd:trace
func Generic[T fmt.Stringer, U ~int | ~string](t T, us ...U) (T, []U, error) { return t, us, boo }

//dd:trace
func Shadowed(in error) (n int, err error) {
	if err := in; err != nil {
		n++
	}
	{
		err := errors.New("inner")
		_ = err
	}
	for _, err := range []error{boo} {
		n += len(err.Error())
	}
	return n, err
}

//dd:trace
func ShadowedByParameter(err error) (int, error) {
	err = fmt.Errorf("wrapped: %w", err)
	return 1, err
}

//dd:trace
func ShadowedType(x int) (error, int) {
	type error = string
	var e error = "text"
	return nil, x + len(e)
}

//dd:trace
func ErrorFirst(fail bool) (error, int) {
	if fail {
		return boo, 1
	}
	return nil, 0
}

//dd:trace
func TwoErrors() (first, last error) { return boo, nil }

//dd:trace
func ChangedByDefer() (n int, err error) {
	defer func() { n, err = n*10, fmt.Errorf("deferred: %w", err) }()
	return 4, boo
}

//dd:trace
func Functions(f func(int) (string, error), c chan<- error, m map[string][]error) (func() (int, error), <-chan error) {
	return func() (int, error) { s, err := f(7); return len(s), err }, nil
}

//dd:trace
func Context(_ int, ctx context.Context) (context.Context, error) { return ctx, nil }

//dd:trace
func BlankContext(context.Context, *int) (context.Context, error) { return nil, io.EOF }

//dd:trace
func Structs(struct{ A, B int }) (struct {
	X, Y int
	err  error
}, interface{ Error() string }) {
	return struct {
		X, Y int
		err  error
	}{1, 2, nil}, boo
}

//dd:trace
func Parentheses() (_ int) { return (3) }

//dd:trace
func Array() (a [3]int, ok bool) { a[1] = 5; return a, true }

//dd:trace
func Recursive(n int) (sum int, err error) {
	if n == 0 {
		return 0, boo
	}
	sum, err = Recursive(n - 1)
	return sum + n, err
}

type Failure struct{ Code int }

func (f *Failure) Error() string { return fmt.Sprint("failure ", f.Code) }

//dd:trace
func Concrete(code int) (n int, f *Failure) {
	if code == 0 {
		return 1, nil
	}
	return 2, &Failure{code}
}

//dd:trace
func NilInError() error { var f *Failure; _ = f; return nil }

type List[K comparable, V any] struct {
	keys []K
	last V
}

//dd:trace
func (l *List[K, V]) Add(k K, v V) (*List[K, V], error) {
	l.keys, l.last = append(l.keys, k), v
	return l, nil
}

//dd:trace
func (l List[K, _]) Len(...K) int { return len(l.keys) }

//dd:trace
func (*Failure) Unnamed(ctx, _ context.Context) (int, error) { return 0, ctx.Err() }

//dd:trace
func (Failure) Value() (Failure, error) { return Failure{9}, nil }

type Embedding struct {
	*List[string, int]
	Failure
}
