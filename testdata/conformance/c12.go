package conf

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

func init() { add(map[string]func(){"C12": rowC12}) }

type coded int

func (c coded) Error() string { return fmt.Sprint("code ", int(c)) }

type wrapper struct {
	text  string
	cause error
}

func (w *wrapper) Error() string { return w.text + ": " + w.cause.Error() }
func (w *wrapper) Unwrap() error { return w.cause }

type loop struct{}

func (l *loop) Error() string { return "loop" }
func (l *loop) Unwrap() error { return l }

type badUnwrap struct{}

func (badUnwrap) Error() string { return "bad" }
func (badUnwrap) Unwrap() error { panic("Unwrap itself") }

func rowC12() {
	_, noFile := os.Open("/no/such/file")
	for _, err := range []error{
		fmt.Errorf("wrap: %w", errBoo),
		fmt.Errorf("a: %w", fmt.Errorf("b: %w", coded(7))),
		fmt.Errorf("hidden: %v", coded(7)),
		fmt.Errorf("two: %w, %w", coded(1), errBoo),
		errors.Join(nil, coded(2), errBoo),
		fmt.Errorf("joined: %w", errors.Join(fmt.Errorf("deep: %w", &wrapper{"w", coded(3)}))),
		&wrapper{"outer", &wrapper{"inner", io.ErrUnexpectedEOF}},
		coded(0),
		noFile,
		fmt.Errorf("file: %w", fs.ErrNotExist),
		&loop{},
		badUnwrap{},
		errors.New(strings.Repeat("long ", 3)),
	} {
		if got := returns(err); got != err {
			fmt.Println("returned", got)
		}
	}
}
