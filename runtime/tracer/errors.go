//go:build go1.21

package tracer

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/ddinstrument/ddinstrument/runtime/internal/stack"
)

// failure is what error.type, error.message and error.stack are made of when the span is sent.
type failure struct {
	typ, msg string
	pcs      []uintptr
	clean    bool // a panic that is a way out, and no error: nothing is recorded
	bare     bool // a stack without an error
}

// SetError marks the span as failed. An error sets error.type (of the innermost cause), error.message and error.stack
// (where SetError is called); nil sets none of them.
func (s *Span) SetError(err error) {
	if s == nil || s.finished.Load() {
		return
	}
	if err == nil {
		s.edit(func(s *Span) { s.failed = true })
		return
	}
	pcs := stack.Callers(0, s.set.StackDepth)
	defer s.mute().end()
	s.fail(errorFailure(err, pcs))
}

// SetStack attaches the stack of its caller as error.stack, without marking the span as failed.
func (s *Span) SetStack() {
	if s == nil || s.finished.Load() {
		return
	}
	pcs := stack.Callers(0, s.set.StackDepth)
	s.edit(func(s *Span) {
		if f := s.extras().failure; f == nil || f.bare {
			s.more.failure = &failure{pcs: pcs, bare: true}
		}
	})
}

// fail records a failure; the last one counts.
func (s *Span) fail(f failure) {
	s.edit(func(s *Span) {
		s.failed = true
		more := s.extras()
		more.own = f
		more.failure = &more.own
	})
}

func errorFailure(err error, pcs []uintptr) failure {
	typ := errorType(err)
	return failure{typ: typ, msg: errorText(err, typ), pcs: pcs}
}

// maxChain is how many wrappers are opened; an error may wrap itself.
const maxChain = 100

// errorType names the type of the innermost cause, which says more than *fmt.wrapError; of several joined ones, the
// first's.
func errorType(err error) (typ string) {
	defer func() {
		if recover() != nil { // an Unwrap of the program's
			typ = reflect.TypeOf(err).String()
		}
	}()
	cause := err
	for i := 0; i < maxChain; i++ {
		var next error
		if many, ok := cause.(interface{ Unwrap() []error }); ok {
			for _, e := range many.Unwrap() {
				if e != nil {
					next = e
					break
				}
			}
		} else {
			next = errors.Unwrap(cause)
		}
		if next == nil {
			break
		}
		cause = next
	}
	return reflect.TypeOf(cause).String()
}

// errorText is err.Error(), or the type's name where that panics.
func errorText(err error, typ string) (text string) {
	defer func() {
		if recover() != nil {
			text = typ
		}
	}()
	return clip(err.Error())
}

// panicFailure describes a value that was given to panic.
func panicFailure(v any, pcs []uintptr) failure {
	if err, ok := v.(error); ok {
		return errorFailure(err, pcs)
	}
	return failure{typ: fmt.Sprintf("%T", v), msg: panicText(v), pcs: pcs}
}

// panicText prints a panic's value, whatever its methods do.
func panicText(v any) (text string) {
	defer func() {
		if recover() != nil {
			text = fmt.Sprintf("%T", v)
		}
	}()
	return clip(fmt.Sprint(v)) // fmt prints the panic of a method in place of its text
}

var plainError = reflect.TypeOf(errors.New(""))

// cleanExit tells whether a panic is net/http's way to give up a response, http.ErrAbortHandler. It can't be compared
// with, as net/http may import this package, so it is known by its text.
func cleanExit(v any) bool {
	err, ok := v.(error)
	return ok && reflect.TypeOf(err) == plainError && err.Error() == "net/http: abort Handler"
}

// ignored tells whether err is one that does not mark the span. What the program's functions do must not show outside.
func ignored(err error, list func() []any) (yes bool) {
	if list == nil || err == nil {
		return false
	}
	protect("ignore", func() {
		for _, v := range list() {
			e, ok := v.(error)
			yes = yes || ok && isOrOf(err, e)
		}
	})
	return yes
}

// ignores tells whether err is one that Ignore has named.
func (s *Span) ignores(err error) (yes bool) {
	if err == nil || s.finished.Load() {
		return false
	}
	s.mu.Lock()
	var list []error
	if s.more != nil {
		list = s.more.ignore
	}
	s.mu.Unlock()
	defer s.mute().end()
	protect("Ignore", func() {
		for _, e := range list {
			yes = yes || isOrOf(err, e)
		}
	})
	return yes
}

// isOrOf tells whether err is e, in the sense of errors.Is, or of its type if e is a nil pointer.
func isOrOf(err, e error) bool {
	return errors.Is(err, e) || e != nil && isType(err, reflect.ValueOf(e))
}

// isType tells whether v is a nil pointer, which stands for its type, and err or what it wraps is of that type, or of the
// type that v points to.
func isType(err error, v reflect.Value) bool {
	if v.Kind() != reflect.Pointer || !v.IsNil() {
		return false
	}
	for _, t := range []reflect.Type{v.Type(), v.Type().Elem()} {
		if t.Implements(errorInterface) && errors.As(err, reflect.New(t).Interface()) {
			return true
		}
	}
	return false
}

var errorInterface = reflect.TypeOf((*error)(nil)).Elem()

// concrete reads the error out of a pointer to a variable whose type is not error itself. A zero value is no error.
func concrete(p any) (err error) {
	defer func() {
		if recover() != nil {
			err = nil
		}
	}()
	v := reflect.ValueOf(p)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().IsZero() {
		return nil
	}
	if err, ok := v.Elem().Interface().(error); ok {
		return err
	}
	err, _ = p.(error)
	return err
}
