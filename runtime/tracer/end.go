//go:build go1.21

package tracer

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
	"github.com/ddinstrument/ddinstrument/runtime/internal/stack"
)

// exitWith is the part of ExitWith that need not be the deferred function itself.
func (s *Span) exitWith(err any, ignore func() []any, tags func()) {
	if s.finished.Load() {
		return
	}
	var e error
	switch p := err.(type) {
	case nil:
	case *error:
		if p != nil {
			e = *p
		}
	default:
		e = concrete(err)
	}
	if e == nil && tags == nil {
		s.finish()
		return
	}
	pcs := stack.Callers(1, s.set.StackDepth)
	if _, exiting := stack.DeferredBy(pcs); !exiting {
		if tags != nil {
			protect("a return tag", tags)
		}
		quiet := s.mute()
		if e != nil && !ignored(e, ignore) {
			s.fail(errorFailure(e, pcs))
		}
		quiet.end()
	}
	s.finish()
}

// ending is how long the end of a program waits for the agent to take what is there, in all.
const ending = 2 * time.Second

// ProgramEnd holds what generated code calls where a program ends. All of its methods return within 2 s, at once if
// nothing waits or if the agent is known not to answer.
type ProgramEnd struct{}

// Main is deferred first thing in main.main, and in a TestMain.
func (ProgramEnd) Main() { lastFlush() }

// Code is put around the argument of os.Exit.
func (ProgramEnd) Code(code int) int {
	endHere()
	return code
}

// Func is put around os.Exit where it is used as a value. A nil function stays nil.
func (ProgramEnd) Func(exit func(int)) func(int) {
	if exit == nil {
		return nil
	}
	return func(code int) {
		endHere()
		exit(code)
	}
}

// Values is put around the arguments of log.Fatal and its like: log.Fatal(ddexit.Values(a, b)...).
func (ProgramEnd) Values(v ...any) []any {
	endHere()
	return v
}

// Format is put around a lone argument of log.Fatalf: the format, or all that one call returns. vet, which would
// complain of a constant format with arguments that are not there, does not know it.
func (ProgramEnd) Format(v ...any) string {
	format := v[0].(string)
	if len(v) == 1 {
		return format
	}
	return strings.ReplaceAll(fmt.Sprintf(format, v[1:]...), "%", "%%")
}

// Here is deferred behind a deferred log.Fatal, and so is called just before it.
func (ProgramEnd) Here() { endHere() }

// endHere sends what the calling goroutine's trace has, open spans included, and all else that waits: no deferred
// function will run any more.
func endHere() {
	set := inForce()
	if set.silent() {
		return
	}
	if s, _ := onGoroutine(slot.Get(), slot.G()); s != nil {
		copies := s.copyOpen(true)
		if c := s.copyOnce(true); c != nil {
			copies = append(copies, c)
		}
		s.trace.send(s.set, copies)
	}
	lastFlush()
}

func lastFlush() {
	set := current.Load()
	if set != nil && set.recorders != nil {
		set = set.recorders.before
	}
	if set.silent() {
		return
	}
	ctx, cancel := context.WithTimeout(background, ending)
	defer cancel()
	set.sendAll(ctx)
}
