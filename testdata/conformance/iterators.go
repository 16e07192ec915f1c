package conf

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

func init() {
	add(map[string]func(){
		"A9":  func() { rowA9(slow()); rowA9(slowLiteral()) },
		"A10": func() { numbers(3); fmt.Println(numbers(0) != nil) },
		"A11": rowA11, "A12": rowA12, "A13": rowA13,
	})
}

// rowA9: a span is the iteration, not the call that returns what is iterated over.
func rowA9(seq iter.Seq[int]) {
	for n := range seq {
		fmt.Print(n, " ")
	}
}

//dd:trace
func slow() iter.Seq[int] {
	return func(yield func(int) bool) {
		tracer.CurrentSpan(nil).SetTag("a", "b")
		for n := range 3 {
			time.Sleep(tick)
			if !yield(n) {
				return
			}
		}
	}
}

func slowLiteral() iter.Seq[int] {
	//dd:trace tag.a=b
	literal := func() iter.Seq[int] {
		return func(yield func(int) bool) {
			time.Sleep(3 * tick)
			yield(3)
		}
	}
	return literal()
}

// numbers has a span of its own at its beginning and its end.
//
//dd:trace g
func numbers(n int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		f()
		defer inner(bg)
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
	}
}

// rowA11: whoever stops early has made no mistake.
//
//dd:trace outer
func rowA11() {
	for n := range numbers(3) {
		fmt.Println(n)
		break
	}
	fmt.Println(firstOf(3))
	next, stop := iter.Pull2(numbers(3))
	next()
	stop()
}

func firstOf(n int) error {
	for i, err := range numbers(n) {
		if i == 1 {
			return err
		}
	}
	return nil
}

// rowA12: the body of the loop is the consumer's.
//
//dd:trace outer
func rowA12() {
	for range numbers(2) {
		_, span := tracer.Trace(bg, "consumer.work")
		span.Finish()
		tracer.CurrentSpan(nil).SetTag("of", "the consumer")
	}
}

// rowA13: what leaves the body of the loop goes through the iterator unchanged.
//
//dd:trace outer
func rowA13() {
	failure := errors.New("no more")
	fmt.Println(catch(func() {
		for range numbers(3) {
			panic(failure)
		}
	}) == failure)
	fmt.Println(nested(failure) == failure)
	fmt.Println(tracer.CurrentSpan(nil) == tracer.CurrentRootSpan(nil))
}

// nested returns from the loop within the loop.
//
//dd:trace
func nested(failure error) error {
	for range numbers(2) {
		for n := range numbers(2) {
			if n == 1 {
				return failure
			}
		}
	}
	return nil
}
