// Package lib is what generated programs are written with: it prints what they
// do, ends them in time, and counts how often each traced place is entered. It
// becomes a package of the module that is generated, with nothing traced in it.
package lib

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// Steps is how many loop turns and calls each part of a program may make.
const Steps = 50

// Programs run one after the other, and wait for the goroutines that they
// start: nothing here is used by two at once.
var (
	out   = bufio.NewWriter(os.Stdout)
	steps int
	done  int
	count = map[string]int{}
)

// A Program is a generated program.
type Program struct {
	Name string
	Run  func()
}

// Main runs all programs, or the one that is named on the command line: as a
// program does it, so that its panics are nobody's.
func Main(programs []Program) {
	for _, p := range programs {
		switch {
		case len(os.Args) < 2:
			run(p)
		case os.Args[1] == p.Name:
			alone(p)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(count)) {
		fmt.Fprintln(out, "entered", name, count[name])
	}
	out.Flush()
}

// alone runs a program whose panics are nobody's. It may exit its goroutine: a
// main goroutine that does that waits for all others, and a traced program has
// some that never end, so the program gets one of its own.
func alone(p Program) {
	steps = Steps
	done, returned := make(chan bool), false
	go func() {
		defer func() {
			out.Flush()
			if returned {
				close(done)
				return
			}
			// A panic ends the whole program now, an exit does not.
			time.AfterFunc(3*time.Second, func() { close(done) })
		}()
		p.Run()
		returned = true
	}()
	<-done
}

// run runs a program in a goroutine of its own, which it may end.
func run(p Program) {
	done := make(chan string, 1)
	go func() {
		how := "goexit"
		defer func() {
			if v := recover(); v != nil {
				how = fmt.Sprint("panic: ", v)
			}
			done <- how
		}()
		steps = Steps
		fmt.Fprintln(out, "program", p.Name)
		p.Run()
		how = "return"
	}()
	fmt.Fprintln(out, p.Name, "ends by", <-done)
}

// N counts an entry of a traced place.
func N(site string) {
	work()
	count[site]++
}

// work ends programs that would go on forever: those that lost what ends them
// when they were made smaller.
func work() {
	if done++; done > 1<<20 {
		os.Exit(9)
	}
}

// More reports whether a loop may take another turn, or a function begin.
func More() bool {
	steps--
	return steps > 0
}

// Stop reports whether a loop that has no other end shall end.
func Stop() bool { return !More() || steps%4 == 0 }

// P prints values.
func P(id int, values ...any) {
	work()
	if steps <= -Steps {
		return
	}
	fmt.Fprintln(out, append([]any{id}, values...)...)
}

// T prints a value and returns it: it shows when an operand is evaluated.
func T[V any](id int, v V) V {
	P(id, v)
	return v
}

// An Error is an error with a number.
type Error struct{ N int }

func (e *Error) Error() string { return fmt.Sprint("error ", e.N) }

// Err makes an error, or none of 0.
func Err(n int) error {
	if n == 0 {
		return nil
	}
	return &Error{n}
}

// Concrete makes an error of a concrete type, or a nil pointer of 0.
func Concrete(n int) *Error {
	if n == 0 {
		return nil
	}
	return &Error{n}
}

// Wrap wraps an error; no error stays none.
func Wrap(n int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("wrap %d: %w", n, err)
}

// ErrKnown is a sentinel.
var ErrKnown = errors.New("known")

// A Value is a panic's value.
type Value struct{ N int }

// Key is a key of context values.
type Key int

// Ctx prints what is in a context.
func Ctx(id int, ctx context.Context) {
	if ctx == nil {
		P(id, "no context")
		return
	}
	P(id, ctx.Value(Key(0)), ctx.Value(Key(1)), ctx.Value(Key(2)), ctx.Err())
}

// Try calls a function, a part of a program, and prints how it ended.
func Try(id int, f func()) {
	steps = Steps
	how := "goexit"
	done := make(chan bool)
	go func() {
		defer close(done)
		defer func() {
			if v := recover(); v != nil {
				how = fmt.Sprint("panic: ", v)
			}
		}()
		f()
		how = "return"
	}()
	<-done
	steps = Steps
	P(id, "tried", how)
}

// Catch calls a function and prints what it panics with.
func Catch(id int, f func()) {
	defer func() {
		if v := recover(); v != nil {
			P(id, "caught", v)
		}
	}()
	f()
}

// Caught is deferred by goroutines: nothing that goes on there ends the program.
func Caught(id int) {
	if v := recover(); v != nil {
		P(id, "caught", v)
	}
}

// Apply calls a function.
func Apply(f func(int) int, v int) int { return f(v) }

// Each calls functions, the last one first.
func Each(list []func(int) int, v int) int {
	for i := len(list) - 1; i >= 0 && More(); i-- {
		v = list[i](v)
	}
	return v
}

// Closed returns a channel that holds values and is closed.
func Closed(values ...int) chan int {
	c := make(chan int, len(values))
	for _, v := range values {
		c <- v
	}
	close(c)
	return c
}

// Div divides, and panics for 0.
func Div(a, b int) int { return a / b }

// At indexes, and panics beyond the end.
func At(list []int, i int) int { return list[i&3] }

// Join is a string of a fixed length at most.
func Join(words ...string) string {
	s := strings.Join(words, "+")
	return s[max(0, len(s)-12):]
}
