package conf

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

func init() {
	add(map[string]func(){
		"B1": func() { makeCake(); makeCakeLater(bg) },
		"B2": func() { parent(); own(bg); under(bg); tracer.CurrentSpan(nil).SetService("ignored") },
		"B3": func() { foo(); sna(); later(); unmapped() },
		"B4": rowB4, "B5": rowB5, "B10": rowB10, "B11": rowB11, "B12": rowB12,
	})
}

//dd:trace cake.make service=baker resource=cake
func makeCake() { mix(); bake(bg) }

//dd:trace cake.make
func makeCakeLater(ctx context.Context) {
	tracer.CurrentSpan(ctx).SetService("baker")
	tracer.CurrentSpan(ctx).SetResource("cake")
	mix()
	bake(ctx)
}

//dd:trace cake.mix
func mix() {}

//dd:trace cake.bake
func bake(ctx context.Context) {}

// B2: explicit > parent > DD_SERVICE.

//dd:trace
func parent() { own(bg); under(bg) }

//dd:trace service=m
func own(ctx context.Context) {
	under(ctx)
	_, span := tracer.Trace(ctx, "api", tracer.Service("n"))
	under(bg)
	span.Finish()
}

//dd:trace
func under(ctx context.Context) { underneath() }

//dd:trace
func underneath() {}

// B3: the mapping applies to every way of naming a service.

//dd:trace service=foo
func foo() { under(bg) }

//dd:trace service=sna
func sna() {}

//dd:trace
func later() { tracer.CurrentSpan(nil).SetService("foo"); under(bg) }

//dd:trace service=other
func unmapped() {}

// B4: the active span at each step.
var (
	named   = map[*tracer.Span]string{}
	withCtx bool // whether the functions hand on a context
)

func rowB4() {
	for range 2 {
		whoami("before", bg, named)
		s1(bg)
		whoami("after", bg, named)
		withCtx = true
	}
}

func enter(ctx context.Context, name string) (context.Context, func()) {
	if !withCtx {
		ctx = nil
	}
	named[tracer.CurrentSpan(ctx)] = name
	whoami("in "+name, ctx, named)
	return ctx, func() { whoami("again in "+name, ctx, named) }
}

//dd:trace
func s1(ctx context.Context) {
	ctx, again := enter(ctx, "s1")
	s2(ctx)
	again()
	s4(ctx)
	again()
}

//dd:trace
func s2(ctx context.Context) {
	ctx, again := enter(ctx, "s2")
	s3(ctx)
	again()
}

//dd:trace
func s3(ctx context.Context) { enter(ctx, "s3") }

//dd:trace
func s4(ctx context.Context) { enter(ctx, "s4") }

// rowB5: nothing is active, and nothing panics.
func rowB5() {
	whoami("none", nil, nil)
	whoami("none", bg, nil)
	inGoroutine(func() { whoami("in a goroutine", context.WithValue(bg, "k", "v"), nil) })
	var s *tracer.Span
	err := errors.New("x")
	s.SetTag("k", "v")
	s.SetTags(map[string]any{"k": "v"})
	s.SetError(err)
	s.SetName("n")
	s.SetResource("r")
	s.SetService("s")
	s.OnFinish(func(*tracer.Span) { fmt.Println("never") })
	s.Finish(&err)
	s.Finish()
	fmt.Println("panic:", catch(func() { defer s.Finish(&err); panic("through") }))
	f()
	whoami("after", nil, nil)
}

// rowB10: ten goroutines at a time.
func rowB10() {
	for round := range 1000 {
		var wg sync.WaitGroup
		for i := range 10 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if i%2 == 0 {
					many(bg, round)
				} else {
					manyPlain(round)
				}
			}()
		}
		wg.Wait()
		if tracer.CurrentSpan(nil) != nil {
			fmt.Println("a span is active")
		}
		if err := tracer.Flush(bg); err != nil {
			fmt.Println(err)
		}
	}
}

//dd:trace m1 tag.round={round}
func many(ctx context.Context, round int) { m2(ctx); m3(ctx) }

//dd:trace m1 tag.round={round}
func manyPlain(round int) { m2(nil); m3(bg) }

//dd:trace
func m2(ctx context.Context) {}

//dd:trace
func m3(ctx context.Context) {}

// rowB11: goroutines continue the span that is active where they are started.
func rowB11() {
	release := make(chan bool)
	jobs := make(chan context.Context)
	done := make(chan bool)
	run := func(ctx context.Context) { jobs <- ctx; <-done }
	var wg, request sync.WaitGroup
	go pool(jobs, done) // started outside of any span
	handle(bg, &wg, &request, release, run)
	request.Wait()
	whoami("after the request", nil, named)
	second(bg, run)
	close(jobs)
	close(release) // the goroutine that the request left behind goes on
	wg.Wait()
}

//dd:trace
func handle(ctx context.Context, wg, request *sync.WaitGroup, release chan bool, run func(context.Context)) {
	named[tracer.CurrentSpan(ctx)] = "handle"
	var g group
	for range 3 {
		g.Go(func() error { return member("a group") })
	}
	if err := g.Wait(); err == nil {
		panic("no error")
	}
	wg.Add(1)
	go func() {
		defer wg.Done()
		<-release
		whoami("left behind", nil, named)
		task("late")
		whoami("left behind", nil, named)
		wg.Add(1)
		go func() { defer wg.Done(); task("later still") }()
	}()
	run(ctx)
	run(nil)
	request.Add(1)
	time.AfterFunc(tick, func() {
		defer request.Done()
		whoami("in a timer", nil, named)
		task("of a timer")
	})
}

//dd:trace
func second(ctx context.Context, run func(context.Context)) {
	run(ctx)
	run(nil)
}

// pool takes jobs, some with and some without a context.
func pool(jobs <-chan context.Context, done chan<- bool) {
	for ctx := range jobs {
		whoami("in the pool", nil, named)
		if ctx == nil {
			task("job without ctx")
		} else {
			job(ctx)
		}
		done <- true
	}
}

//dd:trace
func job(ctx context.Context) { task("below a job") }

//dd:trace resource={what}
func task(what string) {}

//dd:trace resource={what}
func member(what string) error {
	task("of " + what)
	return errors.New(what)
}

// group is what errgroup.Group is.
type group struct {
	wg   sync.WaitGroup
	once sync.Once
	err  error
}

func (g *group) Go(f func() error) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		if err := f(); err != nil {
			g.once.Do(func() { g.err = err })
		}
	}()
}

func (g *group) Wait() error { g.wg.Wait(); return g.err }

// rowB12: after Stop there are no spans, and one line says so.
func rowB12() {
	f()
	tracer.Stop()
	fmt.Println(decoratedLater("a"))
	f()
	outer(bg)
	tracer.Stop()
}

//dd:trace late.span
func decoratedLater(s string) (string, error) { return s, errors.New("returned") }
