package conf

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"sync"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

func init() {
	add(map[string]func(){
		"D1": func() { kinds(-3, "x", 1.5, 1<<63); tagsByCall(bg) },
		"D2": func() { overwritten(bg) },
		"D3": func() { invalid(math.NaN(), math.Inf(1), nil, nil) },
		"D4": func() { global(bg) },
		"D5": func() { precedence(bg) },
		"D8": rowD8,
	})
}

type level uint8

func (l level) String() string { return fmt.Sprint("level ", uint8(l)) }

type id int32

type label string

type point struct{ X, Y int }

//dd:trace tag.a=a tag.b={1} tag.c="1" tag.f={f} tag.t={true} tag.n={n} tag.big={big} tag.f32={float32(0.5)} tag.id={id(n)} tag.label={label(s)} tag.level={level(2)} tag.time={time.Second} tag.err={errBoo} tag.list={[]int{1, 2}} tag.point={&point{n, 2}} tag.rune={'a'} tag.word=two`words` tag.q={fmt.Sprintf("%q", s)} return.r={_0} return.err={_1}
func kinds(n int, s string, f float64, big uint64) (int, error) { return n * 2, nil }

//dd:trace
func tagsByCall(ctx context.Context) {
	s := tracer.CurrentSpan(ctx)
	s.SetTag("a", "a")
	s.SetTag("b", 1)
	s.SetTag("c", "1")
	s.SetTag("f", 1.5)
	s.SetTag("t", true)
}

//dd:trace tag.one=text tag.two={2} tag.three=text tag.three.b={3} return.four={"from the end"}
func overwritten(ctx context.Context) {
	s := tracer.CurrentSpan(nil)
	s.SetTag("one", 1)
	s.SetTag("two", "text")
	s.SetTag("three", 3)
	s.SetTag("three", "text again")
	s.SetTag("four", 4)
}

type bomb struct{}

func (bomb) String() string { panic("String() itself") }

type failing2 struct{}

func (*failing2) Error() string { return "never" }

//dd:trace tag.nan={nan} tag.inf={inf} tag.minus={-inf} tag.nil={nothing} tag.bomb={bomb{}} tag.deref={*p} tag.typed={(*time.Time)(nil)} tag.err={error(nil)} tag.index={[]int{}[*p]} tag.kept=yes return.bomb={bomb{}} return.deref={*p}
func invalid(nan, inf float64, nothing any, p *int) {
	s := tracer.CurrentSpan(nil)
	for i, v := range []any{nan, float32(inf), -inf, nil, bomb{}, (*int)(nil), (*level)(nil)} {
		s.SetTag(fmt.Sprint("call", i), v)
	}
}

// global has tags set for all spans while it is open.
//
//dd:trace
func global(ctx context.Context) {
	tracer.SetTags(map[string]any{"g": "one", "n": 1})
	globalAfter(ctx)
	globalOwn(ctx)
	tracer.SetTags(map[string]any{"g": "two", "x": nil})
	globalAfter(nil)
}

//dd:trace
func globalAfter(ctx context.Context) {}

//dd:trace tag.g={5} tag.n=own
func globalOwn(ctx context.Context) {}

// precedence: what DD_* and DD_TAGS say is in the environment; with SET, all spans have tags as well.
func precedence(ctx context.Context) {
	if os.Getenv("SET") != "" {
		tracer.SetTags(map[string]any{"env": "set", "version": "set", "team": "set"})
	}
	program(ctx)
	owner()
}

//dd:trace
func program(ctx context.Context) { query(ctx) }

//dd:trace service=mysql
func query(ctx context.Context) { row(); back() }

//dd:trace
func row() {}

//dd:trace
func back() { tracer.CurrentSpan(nil).SetService("conf") }

//dd:trace tag.env=own tag.version=own tag.team=own
func owner() {}

// rowD8: what is set after the end has no effect, whoever does it and when.
func rowD8() {
	finished := make(chan *tracer.Span, 3)
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for s := range finished {
				change(s)
			}
		}()
	}
	for range cap(finished) {
		s := once(bg)
		change(s)
		finished <- s
	}
	close(finished)
	tracer.Flush(bg) // the writer reads them meanwhile
	wg.Wait()
}

//dd:trace once tag.k=v
func once(ctx context.Context) *tracer.Span { return tracer.CurrentSpan(ctx) }

func change(s *tracer.Span) {
	s.SetTag("late", "yes")
	s.SetTag("k", "late")
	s.SetError(errors.New("late"))
	s.SetResource("late")
	s.SetName("late")
	s.SetService("late")
	s.SetTags(map[string]any{"late": 1})
	s.OnFinish(func(*tracer.Span) { fmt.Println("late") })
	s.Finish()
}
