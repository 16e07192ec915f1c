package conf

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
)

func init() { add(map[string]func(){"C13": rowC13}) }

// rowC13: whatever way the error takes, the one that the caller gets is recorded; the results are printed to see that
// it is.
func rowC13() {
	for _, f := range []func() error{
		assignedLater, shadowed, shadowedInIf, unnamed, naked, byDefer, byDeferChain, clearedByDefer, wrappedByDefer,
		closure, namedOtherwise, closes, retried,
	} {
		fmt.Println(f())
	}
	fmt.Println(second2())
	fmt.Println(first2())
	fmt.Println(blank(bg))
	fmt.Println(pointer(false) == nil, pointer(true))
	fmt.Println(typedNil() == nil)
	fmt.Println(errno(0), errno(syscall.ENOENT))
	fmt.Println(wide(nil), wide(errBoo))
	fmt.Println(generic1[*own1](nil) == nil, generic1(&own1{"generic"}))
	for n := range 3 {
		fmt.Println(conditional(n + 1))
	}
}

//dd:trace
func assignedLater() (err error) {
	err = errors.New("first")
	if err != nil {
		err = errors.New("final")
	}
	return
}

//dd:trace
func shadowed() error {
	err := error(nil)
	{
		err := errors.New("inner")
		_ = err
	}
	return err
}

//dd:trace
func shadowedInIf() (err error) {
	if err := errors.New("inner"); err != nil {
		return fmt.Errorf("if: %w", err)
	}
	return nil
}

//dd:trace
func unnamed() error { return errors.New("unnamed") }

//dd:trace
func naked() (err error) { err = errors.New("naked"); return }

//dd:trace
func byDefer() (err error) {
	defer func() { err = errors.New("from defer") }()
	return nil
}

//dd:trace
func byDeferChain() (err error) {
	defer func() { err = errors.Join(err, errors.New("last")) }()
	defer func() { err = errors.New("middle") }()
	return errors.New("first")
}

//dd:trace
func clearedByDefer() (err error) {
	defer func() { err = nil }()
	return errors.New("cleared")
}

//dd:trace
func wrappedByDefer() (err error) {
	defer wrap(&err, "wrapped")
	return os.ErrExist
}

func wrap(err *error, text string) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", text, *err)
	}
}

//dd:trace
func closure() error {
	err := errors.New("before")
	set := func() { err = errors.New("set by a closure") }
	set()
	return err
}

//dd:trace
func namedOtherwise() (failure error) {
	err := errors.New("another variable")
	failure = errors.New("the result")
	_ = err
	return
}

type file struct{}

func (file) Close() error { return errors.New("close") }

//dd:trace
func closes() (err error) {
	f := file{}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	return nil
}

//dd:trace
func retried() (err error) {
	for i := range 3 {
		if err = fmt.Errorf("attempt %d", i); i == 2 {
			err = nil
			break
		}
	}
	return err
}

//dd:trace
func second2() (int, error) { return 2, errors.New("second of two") }

//dd:trace
func first2() (error, int) { return errors.New("first of two"), 2 }

//dd:trace
func blank(context.Context) (_ string, _ error) { return "blank", errors.New("blank result") }

type own1 struct{ text string }

func (o *own1) Error() string { return o.text }

//dd:trace
func pointer(fail bool) *own1 {
	if fail {
		return &own1{"pointer"}
	}
	return nil
}

// typedNil is Go's trap: an error that is not nil and holds a nil pointer. The caller gets an error, so it is one.
//
//dd:trace
func typedNil() error {
	var o *own1
	return o
}

//dd:trace
func errno(n syscall.Errno) syscall.Errno { return n }

type wider interface {
	error
	comparable1()
}

type wideError struct{ error }

func (wideError) comparable1() {}

//dd:trace
func wide(err error) wider {
	if err == nil {
		return nil
	}
	return wideError{err}
}

//dd:trace
func generic1[E error](e E) E { return e }

//dd:trace
func conditional(n int) (_ int, err error) {
	switch n {
	case 1:
		return 0, errors.New("one")
	case 2:
		err := errors.New("two")
		return n, err
	}
	return n, nil
}
