package conf

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

func init() {
	add(map[string]func(){
		"A1": func() { fmt.Println(decorated("a", "b")) },
		"A2": func() { f() },
		"A3": rowA3,
		"A5": func() { f(); f() },
		"A6": func() { outer(bg); outerPlain() },
		"A7": rowA7, "A14": rowA14, "A16": rowA16,
	})
}

//dd:trace decorated_function service=s resource=r type=t
func decorated(k, v string) string {
	tracer.CurrentSpan(nil).SetTag(k, v)
	return k + v
}

//dd:trace
func f() {}

type Foo struct{}

//dd:trace
func (x Foo) I() {}

//dd:trace
func (x *Foo) P() {}

type Box[T any] struct{ v T }

//dd:trace
func (b *Box[T]) Put(v T) { b.v = v }

//dd:trace
func (Box[_]) Get() {}

type pair_of[K comparable, V any] struct{}

//dd:trace
func (*pair_of[K, V]) _get_x_() {}

//dd:trace
func Größe_() {}

//dd:trace
func generic[T, U any](T, U) {}

//dd:trace
func aVeryLongNameOfAFunctionThatSaysAllThatThereIsToSayAboutWhatItDoesAndThenSomeMoreUntilItIsTooLongForTheAgent() {
}

func rowA3() {
	Foo{}.I()
	(&Foo{}).I()
	(&Foo{}).P()
	b := Box[map[string]int]{}
	b.Put(nil)
	b.Get()
	(*pair_of[int, bool])(nil)._get_x_()
	Größe_()
	generic(1, "")
	aVeryLongNameOfAFunctionThatSaysAllThatThereIsToSayAboutWhatItDoesAndThenSomeMoreUntilItIsTooLongForTheAgent()
}

//dd:trace outer
func outer(ctx context.Context) {
	mid(ctx)
	ctx, span := tracer.Trace(ctx, "mid")
	inner(ctx)
	span.Finish()
}

//dd:trace mid
func mid(ctx context.Context) { inner(ctx) }

//dd:trace inner
func inner(ctx context.Context) {}

//dd:trace outer
func outerPlain() { midPlain() }

//dd:trace mid
func midPlain() { inner(bg) } // a context that knows nothing: the goroutine does

var roots []*tracer.Span

func rowA7() {
	root(bg)
	rootPlain()
	fmt.Println(roots[0] == roots[1], roots[1] == roots[2], roots[3] == roots[4], roots[0] == roots[3], roots[0] == nil)
}

//dd:trace outer
func root(ctx context.Context) {
	roots = append(roots, tracer.CurrentRootSpan(ctx))
	func(ctx context.Context) {
		ctx, span := tracer.Trace(ctx, "mid")
		defer span.Finish()
		roots = append(roots, tracer.CurrentRootSpan(nil))
		leaf(ctx)
	}(ctx)
}

//dd:trace outer
func rootPlain() {
	roots = append(roots, tracer.CurrentRootSpan(bg))
	leaf(bg)
}

//dd:trace inner
func leaf(ctx context.Context) { roots = append(roots, tracer.CurrentRootSpan(ctx)) }

// rowA14: what is started with go is traced while it runs, not while it is started.
func rowA14() {
	alone := runtime.NumGoroutine()
	starter(bg)
	for runtime.NumGoroutine() > alone {
		time.Sleep(tick / 10)
	}
}

//dd:trace starter
func starter(ctx context.Context) {
	go work(ctx)
	go workPlain()
	go new(crew).work()
	go func() {
		inner := work
		inner(ctx)
	}()
	run := workPlain
	go run()
	//dd:trace work
	go func() { time.Sleep(3 * tick) }()
}

//dd:trace work
func work(context.Context) { time.Sleep(3 * tick) }

//dd:trace work
func workPlain() { time.Sleep(3 * tick) }

type crew struct{}

//dd:trace work
func (*crew) work() { time.Sleep(3 * tick) }

// rowA16: with tracing off, nothing is sent, seen or kept.
func rowA16() {
	fmt.Println(decorated("a", "b"))
	fmt.Println(tracer.CurrentSpan(nil) == nil, tracer.CurrentSpan(bg) == nil, tracer.CurrentRootSpan(bg) == nil)
	ctx, span := tracer.Trace(bg, "api")
	fmt.Println(ctx == bg, span == nil)
	calls := func() {
		b := Box[int]{}
		for range 100_000 {
			f()
			inner(bg)
			b.Put(1)
			decorated("a", "b")
			_ = failing("x", nil)
		}
	}
	calls()
	before := heap()
	calls()
	fmt.Println("flat:", int64(heap())-int64(before) < 16<<10)
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

//dd:trace tag.k={k} resource={k} return.err={err} ignore={context.Canceled}
func failing(k string, in error) (err error) { return in }
