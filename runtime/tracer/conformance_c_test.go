//go:build go1.21

package tracer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
)

// call runs body as a traced function does, and returns what it panics with.
func call(ctx context.Context, site *Site, body func(context.Context) error) (panicked any, err error) {
	defer func() { panicked = recover() }()
	return nil, traced(ctx, site, body)
}

// traced is code with a span around it, in one of the forms that generated code has.
var traced = tracedFunction

var forms = map[string]func(context.Context, *Site, func(context.Context) error) error{
	"function": tracedFunction, "block": tracedBlock, "API": tracedByAPI,
}

func tracedFunction(ctx context.Context, site *Site, body func(context.Context) error) (err error) {
	ctx, ddspan := site.Enter(ctx)
	defer ddspan.Exit(&err)
	return body(ctx)
}

func tracedByAPI(ctx context.Context, site *Site, body func(context.Context) error) (err error) {
	ctx, span := Trace(ctx, site.Name)
	defer span.Finish(&err)
	return body(ctx)
}

func byAPI(ctx context.Context, name string, body func(context.Context) error) (err error) {
	ctx, span := Trace(ctx, name)
	defer span.Finish(&err)
	return body(ctx)
}

func (s recorded) wantError(t *testing.T, typ, msg, frame string) {
	t.Helper()
	equal(t, "error", s.Error, 1)
	equal(t, "error.type", s.Meta["error.type"], typ)
	equal(t, "error.message", s.Meta["error.message"], msg)
	if first, _, _ := strings.Cut(s.Meta["error.stack"], "\n"); !strings.Contains(first, frame) {
		t.Errorf("error.stack of %s does not begin in %s:\n%s", s.Name, frame, s.Meta["error.stack"])
	}
}

func explode(context.Context) error { panic("bim") }

func conformC1(t *testing.T) {
	r := record(t)
	boo := errors.New("boo")
	_, err := call(bg, &siteA, func(context.Context) error { return boo })
	equal(t, "the error", err, boo)
	r.span(t).wantError(t, "*errors.errorString", "boo", "tracer.traced")
	v, _ := call(bg, &siteA, explode)
	equal(t, "the panic", v, "bim")
	r.span(t).wantError(t, "string", "bim", "tracer.explode")
	func() {
		defer func() { equal(t, "the panic", recover(), "bim") }()
		byAPI(bg, "api", explode)
	}()
	r.span(t).wantError(t, "string", "bim", "tracer.explode")
	v, _ = call(bg, &siteA, func(context.Context) error { var p *Span; _ = p.id; return nil })
	if _, ok := v.(runtime.Error); !ok {
		t.Errorf("a nil pointer panics with %v", v)
	}
	r.span(t).wantError(t, "runtime.errorString", "runtime error: invalid memory address or nil pointer dereference", "conformC1")
}

func conformC2(t *testing.T) {
	r := record(t)
	call(bg, &siteA, func(ctx context.Context) error { return traced(ctx, &siteB, explode) })
	chunk := r.whole(t)
	equal(t, "spans", names(chunk), "a a>b")
	for _, s := range chunk {
		s.wantError(t, "string", "bim", "tracer.explode")
	}
	call(bg, &siteA, func(ctx context.Context) error {
		return traced(ctx, &siteB, func(context.Context) error { return io.EOF })
	})
	for _, s := range r.one(t) {
		s.wantError(t, "*errors.errorString", "EOF", "tracer.traced")
	}
}

func conformC3(t *testing.T) {
	r := record(t)
	call(bg, &siteA, func(ctx context.Context) error {
		traced(ctx, &siteB, func(context.Context) error { return io.EOF })
		return nil
	})
	chunk := r.one(t)
	equal(t, "outer", chunk[0].Error, 0)
	equal(t, "inner", chunk[1].Error, 1)
	func() (err error) { // it recovers its own panic
		_, ddspan := siteA.Enter(bg)
		defer ddspan.Exit(&err)
		defer func() { recover() }()
		panic("x")
	}()
	equal(t, "recovered", r.span(t).Error, 0)
	func() { // traced, deferred, and calling recover
		recoverer := func() {
			ddspan := siteA.EnterGoroutine()
			defer ddspan.Exit(nil)
			equal(t, "recover", recover(), "x")
		}
		defer recoverer()
		panic("x")
	}()
	equal(t, "recoverer", r.span(t).Error, 0)
}

func conformC4(t *testing.T) {
	r := record(t)
	_, s := Trace(bg, "s")
	s.SetError(nil)
	s.Finish()
	got := r.span(t)
	equal(t, "error", got.Error, 1)
	for k := range got.Meta {
		if strings.HasPrefix(k, "error.") {
			t.Errorf("there is %s", k)
		}
	}
}

func conformC6(t *testing.T) {
	r := record(t, "DD_TRACE_SPAN_TRACEBACK_MAX_SIZE=2")
	call(bg, &siteA, explode)
	stack := r.span(t).Meta["error.stack"]
	if strings.Count(stack, "\n") != 4 || !strings.HasPrefix(stack, "github.com/ddinstrument/ddinstrument/runtime/tracer.explode\n") {
		t.Errorf("not the 2 most recent frames:\n%s", stack)
	}
	r = record(t, "DD_TRACE_SPAN_TRACEBACK_MAX_SIZE=1000")
	call(bg, &siteA, func(ctx context.Context) error { return deep(ctx, 600) })
	stack = r.span(t).Meta["error.stack"]
	if frames := strings.Count(stack, "\n") / 2; len(stack) > 25000 || frames != 125 && frames != 250 {
		t.Errorf("%d frames, %d bytes", frames, len(stack))
	}
	if !strings.HasPrefix(stack, "github.com/ddinstrument/ddinstrument/runtime/tracer.explode\n") {
		t.Errorf("not the most recent frames:\n%s", stack)
	}
	r = record(t, "DD_TRACE_SPAN_TRACEBACK_MAX_SIZE=")
	call(bg, &siteA, func(ctx context.Context) error { return deep(ctx, 600) })
	equal(t, "lines by default", strings.Count(r.span(t).Meta["error.stack"], "\n"), 2*30)
}

func deep(ctx context.Context, n int) error {
	if n == 0 {
		return explode(ctx)
	}
	return deep(ctx, n-1)
}

func conformC7(t *testing.T) {
	r := record(t)
	path := &fs.PathError{Op: "open", Path: "x", Err: io.EOF}
	for _, c := range []struct {
		err  error
		want int64
	}{
		{io.EOF, 0}, {fmt.Errorf("wrap: %w", io.EOF), 0}, {fs.ErrNotExist, 0}, {io.ErrUnexpectedEOF, 1},
		{&fs.PathError{Op: "open", Path: "x", Err: io.ErrUnexpectedEOF}, 0}, {fmt.Errorf("wrap: %w", path), 0},
		{quiet("by its type"), 0}, {fmt.Errorf("wrap: %w", quiet("q")), 0}, {loud{}, 1}, {nil, 0},
	} {
		equal(t, "returned", ignoring[os.Getenv("DDTEST_FORM")](c.err, io.EOF, fs.ErrNotExist, (*fs.PathError)(nil), (*quiet)(nil)), c.err)
		got := r.span(t)
		equal(t, fmt.Sprintf("%T", c.err), got.Error, c.want)
		equal(t, "error.type is there", got.Meta["error.type"] != "", c.want == 1)
	}
}

// ignoring is code that returns err, and does not mind some errors.
var ignoring = map[string]func(err error, list ...any) error{
	"function": func(err error, list ...any) (out error) {
		_, c := siteA.Enter(bg)
		defer c.ExitWith(&out, func() []any { return list }, nil)
		return err
	},
	"block": func(err error, list ...any) error {
		b := siteA.NewBlock()
		defer b.Unwind()
		b.Enter(bg)
		b.Ignore(func() []any { return list })
		b.ReturnOf(&err)
		return err
	},
	"API": func(err error, list ...any) (out error) {
		var errs []error
		for _, e := range list {
			errs = append(errs, e.(error))
		}
		_, s := Trace(bg, "a", Ignore(errs...))
		defer s.Finish(&out)
		return err
	},
}

type loud struct{}

func (loud) Error() string { panic("Error() itself") }

func conformC8(t *testing.T) {
	r := record(t)
	call(bg, &siteA, func(context.Context) error { return loud{} })
	r.span(t).wantError(t, "tracer.loud", "tracer.loud", "tracer.traced")
}

func conformC9(t *testing.T) {
	r := record(t)
	done := make(chan bool)
	go func() {
		defer close(done)
		var err error
		func() (err error) {
			_, ddspan := siteA.Enter(bg)
			defer ddspan.Exit(&err)
			err = errors.New("stale")
			runtime.Goexit()
			return err
		}()
		t.Error("Goexit came back", err)
	}()
	<-done
	equal(t, "after Goexit", r.span(t).Error, 0)
	v, _ := call(bg, &siteA, func(context.Context) error { panic(http.ErrAbortHandler) })
	equal[any](t, "the panic", v, http.ErrAbortHandler)
	equal(t, "after ErrAbortHandler", r.span(t).Error, 0)
}

func conformC10(t *testing.T) {
	r := record(t)
	call(bg, &siteA, func(context.Context) error { return errors.New("DataDog/水") })
	equal(t, "message", r.span(t).Meta["error.message"], "DataDog/水")
}

func conformC12(t *testing.T) {
	r := record(t)
	for _, c := range []struct {
		err error
		typ string
	}{
		{fmt.Errorf("wrap: %w", io.EOF), "*errors.errorString"},
		{fmt.Errorf("wrap: %w", &fs.PathError{Op: "open", Path: "x", Err: errors.New("y")}), "*errors.errorString"},
		{fmt.Errorf("a: %w", fmt.Errorf("b: %w", quiet("z"))), "tracer.quiet"},
		{errors.Join(nil, quiet("a"), io.EOF), "tracer.quiet"},
		{quiet("plain"), "tracer.quiet"},
	} {
		call(bg, &siteA, func(context.Context) error { return c.err })
		r.span(t).wantError(t, c.typ, c.err.Error(), "tracer.traced")
	}
}

type quiet string

func (q quiet) Error() string { return string(q) }

func conformC13(t *testing.T) {
	r := record(t)
	func() (err error) {
		_, span := Trace(bg, "late")
		defer span.Finish(&err)
		defer func() { err = quiet("final") }()
		return errors.New("first")
	}()
	r.span(t).wantError(t, "tracer.quiet", "final", "conformC13")
	f := func() (err *fs.PathError) {
		_, c := siteA.Enter(bg)
		defer c.ExitWith(&err, nil, nil)
		return nil
	}
	f()
	equal(t, "a nil pointer", r.span(t).Error, 0)
	func() (q quiet) {
		_, c := siteA.Enter(bg)
		defer c.ExitWith(&q, nil, func() { CurrentSpan(nil).SetTag("n", len(q)) })
		return "abc"
	}()
	got := r.span(t)
	got.wantError(t, "tracer.quiet", "abc", "conformC13")
	equal(t, "return tag", got.Metrics["n"], 3)
}
