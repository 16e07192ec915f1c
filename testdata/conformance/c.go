package conf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

func init() {
	add(map[string]func(){
		"C1": rowC1, "C2": rowC2, "C3": rowC3, "C4": rowC4, "C8": rowC8, "C9": rowC9, "C10": rowC10,
	})
}

var errBoo = errors.New("boo")

//dd:trace
func fails() error { return errBoo }

//dd:trace
func panics() (int, error) { panic("bim") }

//dd:trace
func panicsDeep(m map[string]int) { deep(m) }

func deep(m map[string]int) { m["x"]++ }

func rowC1() {
	fmt.Println(fails() == errBoo)
	for _, f := range []func(){
		func() { panics() },
		func() { panicsDeep(nil) },
		func() { indexes(nil) },
		func() { panicsWith(value) },
		func() { panicsWith(errBoo) },
		func() { panicsWith(fmt.Errorf("wrapped: %w", io.EOF)) },
		func() { panicsWith(nil) },
	} {
		v := catch(f)
		fmt.Println(v, v == any(errBoo), v == any(value))
	}
}

var value = &struct{ n int }{1}

//dd:trace
func panicsWith(v any) { panic(v) /* with what is given */ }

//dd:trace return.never={_0}
func indexes(s []int) int { return s[len(s)] }

func rowC2() {
	fmt.Println(p2(bg, false), catch(func() { p2(bg, true) }))
	fmt.Println(p2Plain(false), catch(func() { p2Plain(true) }))
}

//dd:trace p2
func p2(ctx context.Context, bang bool) (err error) {
	defer func() { tracer.CurrentSpan(ctx).SetTag("deferred", "ran") }()
	return c2(bang)
}

//dd:trace p2
func p2Plain(bang bool) error { return c2(bang) }

//dd:trace c2
func c2(bang bool) error {
	if bang {
		panic(errBoo)
	}
	return errBoo
}

func rowC3() {
	for _, f := range []func(){
		func() { swallow() },
		func() { swallowPanic(bg) },
		func() { fmt.Println(recovers()) },
		func() { fmt.Println(recoversToError()) },
		func() { fmt.Println(recoversToResult()) },
		func() { fmt.Println(recoversThenFails()) },
		func() { fmt.Println(catch(repanics)) },
		func() { fmt.Println(catch(panicsInDefer)) },
		func() { recoversByMethod() },
		func() { recoversWhatDeferPanics() },
		func() { fmt.Println(caller()) },
		func() { fmt.Println(overwrites()) },
		func() { fmt.Println(catch(twoAtOnce)) },
	} {
		f()
		if tracer.CurrentSpan(nil) != nil {
			fmt.Println("a span is left active")
		}
	}
}

//dd:trace p3
func swallow() { _ = fails() }

//dd:trace p3
func swallowPanic(ctx context.Context) { catch(func() { panics() }) }

//dd:trace
func recovers() (n int) {
	defer func() { recover(); n = 7 }()
	panic("mine")
}

//dd:trace
func recoversToError() (err error) {
	defer func() { err = fmt.Errorf("recovered %v: %w", recover(), errBoo) }()
	panic("mine")
}

//dd:trace
func recoversToResult() (string, error) {
	defer func() { recover() }()
	panic("mine")
}

//dd:trace
func recoversThenFails() (s string, err error) {
	func() {
		defer func() { recover() }()
		panic("inner")
	}()
	return "s", errBoo
}

//dd:trace
func repanics() {
	defer func() {
		v := recover()
		panic(fmt.Sprint("again: ", v))
	}()
	panic("mine")
}

//dd:trace
func panicsInDefer() {
	defer func() { panic("in defer") }()
}

type guard struct{}

//dd:trace
func (*guard) done() { fmt.Println("recovered:", recover()) }

//dd:trace
func recoversByMethod() {
	defer new(guard).done()
	panic("mine")
}

//dd:trace
func recoversWhatDeferPanics() (err error) {
	defer func() { recover() }()
	defer func() { panic("second") }()
	panic("first")
}

// caller recovers a panic that has gone through two traced functions.
//
//dd:trace
func caller() (err error) {
	defer func() {
		if v, ok := recover().(error); ok {
			fmt.Println(v == errBoo)
		}
	}()
	return p2Plain(true)
}

// overwrites has an error at first, and none in the end.
//
//dd:trace
func overwrites() (err error) {
	defer func() { err = nil }()
	return errBoo
}

// twoAtOnce recovers another panic while one is on its way out.
//
//dd:trace
func twoAtOnce() {
	defer func() { fmt.Println(catch(func() { panicsWith("second") })) }()
	panicsWith("first")
}

func rowC4() { marks(); marksAfter(bg) }

//dd:trace
func marks() { tracer.CurrentSpan(nil).SetError(nil) }

//dd:trace
func marksAfter(ctx context.Context) error {
	tracer.CurrentSpan(ctx).SetError(nil)
	return nil
}

type quiet struct{}

func (quiet) Error() string { panic("Error() itself") }

//dd:trace
func failsLoudly(bang bool) error {
	if bang {
		panic(quiet{})
	}
	return quiet{}
}

func rowC8() {
	_, ok := failsLoudly(false).(quiet)
	fmt.Println(ok, catch(func() { failsLoudly(true) }) == any(quiet{}))
}

// rowC9: ways out that are no errors.
func rowC9() {
	inGoroutine(func() { exits(bg) })
	inGoroutine(func() { exitsBelow() })
	inGoroutine(func() { exitsFromDefer() })
	fmt.Println(catch(aborts) == any(http.ErrAbortHandler))
	fmt.Println(catch(func() { abortsBelow(nil) }) == any(http.ErrAbortHandler))
}

//dd:trace return.never={err}
func exits(ctx context.Context) (err error) {
	defer fmt.Println("deferred, spans:", tracer.CurrentSpan(ctx) != nil)
	err = errors.New("stale")
	runtime.Goexit()
	return err
}

//dd:trace
func exitsBelow() (n int, err error) {
	defer func() { fmt.Println("recover:", recover()) }()
	err = errors.New("stale")
	return 1, exits(bg)
}

// exitsFromDefer ends in a deferred function, while it panics: the panic is gone, and so is the goroutine.
//
//dd:trace
func exitsFromDefer() {
	defer runtime.Goexit()
	panic("overtaken")
}

//dd:trace
func aborts() { panic(http.ErrAbortHandler) }

//dd:trace
func abortsBelow(r *http.Request) error { aborts(); return nil }

//dd:trace
func returns(err error) error { return err }

func rowC10() { returns(errors.New("DataDog/水")) }
