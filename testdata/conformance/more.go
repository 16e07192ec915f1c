package conf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

func init() {
	add(map[string]func(){
		"A15": rowA15, "B6": func() { sideBySide(bg) }, "B8": rowB8, "B9": rowB9, "B7": rowB7, "B13": func() { stops(bg) }, "B14": func() { handsOver(bg, 5) }, "B15": rowB15, "B16": func() { top(bg) },
		"C5": func() { attaches() }, "C6": func() { catch(func() { panicsBelow(300) }) }, "C7": rowC7, "C11": func() { fmt.Println(handles()) },
		"D6": func() { decides(bg); decidesTwice(); decidesNot(); drops() }, "D7": func() { makeCakeLater(bg); arrives(remote()) },
	})
}

// rowA15: a hook starts the spans instead, until Stop.
func rowA15() {
	decorated("a", "b")
	tracer.SetWrap(func(ctx context.Context, w tracer.Wrapped) (context.Context, *tracer.Span) {
		return tracer.Trace(ctx, "wrap.overwrite", tracer.Tag("kwargs", fmt.Sprintf("%q", w)))
	})
	ctx, span := tracer.Trace(bg, "wrap.parent", tracer.Service("webserver"))
	wrapped(ctx, 42)
	span.Finish()
	tracer.Stop()
	tracer.Start()
	wrapped(bg, 1)
}

//dd:trace wrapped service=s resource=r type=t tag.args={n}
func wrapped(ctx context.Context, n int) { inner(ctx) }

// sideBySide has a span beside the active one.
//
//dd:trace
func sideBySide(ctx context.Context) {
	active := tracer.CurrentSpan(ctx)
	named[active] = "sideBySide"
	side := tracer.StartSpan("side", tracer.ChildOf(active))
	alone := tracer.StartSpan("alone")
	whoami("beside", ctx, named)
	inner(ctx)
	f()
	side.Finish()
	alone.Finish()
	whoami("after", nil, named)
}

// rowB8: a span that ends before its child.
func rowB8() {
	early(bg)
	f()
}

//dd:trace
func early(ctx context.Context) { late(ctx, tracer.CurrentSpan(ctx)) }

//dd:trace
func late(ctx context.Context, parent *tracer.Span) {
	named[tracer.CurrentSpan(ctx)] = "late"
	parent.Finish()
	whoami("after its parent", ctx, named)
	whoami("after its parent", nil, named)
	fmt.Println(tracer.Flush(bg)) // nothing is sent yet
	inner(ctx)
}

// rowB9: a span that another goroutine finishes.
func rowB9() {
	spans, done := make(chan *tracer.Span), make(chan bool)
	go func() {
		for s := range spans {
			whoami("elsewhere before", nil, named)
			s.Finish()
			whoami("elsewhere after", nil, named)
			done <- true
		}
	}()
	handsOut(bg, func(s *tracer.Span) { spans <- s; <-done })
	close(spans)
}

//dd:trace
func handsOut(ctx context.Context, end func(*tracer.Span)) {
	named[tracer.CurrentSpan(ctx)] = "handsOut"
	handedOut(ctx, end)
	whoami("above", nil, named)
	end(tracer.CurrentSpan(ctx))
	whoami("above, finished", ctx, named)
}

//dd:trace
func handedOut(ctx context.Context, end func(*tracer.Span)) {
	end(tracer.CurrentSpan(ctx))
	whoami("below, finished", ctx, named)
	whoami("below, finished", nil, named)
	inner(ctx)
}

// remote is the context of a request of another process.
func remote() context.Context {
	h := http.Header{}
	h.Set("x-datadog-trace-id", "4321")
	h.Set("x-datadog-parent-id", "1234")
	h.Set("x-datadog-sampling-priority", "2")
	h.Set("x-datadog-origin", "somewhere")
	return tracer.Extract(h).Context(bg)
}

func rowB7() {
	ctx := remote()
	whoami("before", ctx, named)
	arrives(ctx)
	arrives(tracer.Extract(http.Header{}).Context(bg))
}

//dd:trace
func arrives(ctx context.Context) {
	named[tracer.CurrentSpan(ctx)] = "arrives"
	whoami("in it", ctx, named)
	continues(ctx)
}

//dd:trace
func continues(ctx context.Context) {
	named[tracer.CurrentSpan(ctx)] = "continues"
	whoami("below", ctx, named)
	h := http.Header{}
	tracer.Inject(ctx, h)
	fmt.Println(h.Get("x-datadog-trace-id") == "4321", h.Get("x-datadog-sampling-priority"), h.Get("x-datadog-origin"))
}

//dd:trace
func stops(ctx context.Context) { stopsBelow(ctx) }

//dd:trace resource=r
func stopsBelow(ctx context.Context) { tracer.Stop() }

//dd:trace
func handsOver(ctx context.Context, n int) {
	for range n {
		inner(ctx)
	}
}

func rowB15() { finishes(); hourLong() }

// finishes ends its span itself; the directive does so again.
//
//dd:trace return.late={"yes"}
func finishes() {
	s := tracer.CurrentSpan(nil)
	for _, text := range []string{"first", "second"} {
		s.OnFinish(func(s *tracer.Span) {
			fmt.Println(text, s == tracer.CurrentSpan(nil))
			s.SetTag(text, "called")
		})
	}
	s.SetDuration(0)
	s.Finish()
	s.FinishAt(time.Now().Add(time.Hour))
	fmt.Println(tracer.CurrentSpan(nil) == nil)
}

//dd:trace
func hourLong() { tracer.CurrentSpan(nil).SetDuration(time.Hour) }

// B16: two services.

//dd:trace service=my-svc
func top(ctx context.Context) { child(ctx) }

//dd:trace
func child(ctx context.Context) { subchild(ctx); subchild2() }

//dd:trace service=my-svc
func subchild(ctx context.Context) {}

//dd:trace service=svc-2
func subchild2() {}

//dd:trace
func attaches() { tracer.CurrentSpan(nil).SetStack() }

//dd:trace
func panicsBelow(n int) { digs(n) }

func digs(n int) {
	if n == 0 {
		panic("deep down")
	}
	digs(n - 1)
}

func rowC7() {
	for _, err := range []error{
		io.EOF, fmt.Errorf("wrap: %w", io.EOF), &fs.PathError{Op: "open", Path: "x", Err: errBoo},
		fmt.Errorf("wrap: %w", &fs.PathError{Op: "open", Path: "x", Err: errBoo}), coded(3), io.ErrUnexpectedEOF, io.EOF, nil,
	} {
		if expects(err) != err || expectsBelow(err, 1) != err {
			fmt.Println("another error is returned")
		}
	}
}

//dd:trace ignore={io.EOF, (*fs.PathError)(nil), (*coded)(nil)}
func expects(err error) error { return err }

//dd:trace ignore={io.EOF} return.n={n}
func expectsBelow(err error, n int) (_ error) { return err }

// handles deals with an error itself.
//
//dd:trace
func handles() error {
	s := tracer.CurrentSpan(nil)
	s.RecordError(errBoo)
	s.RecordError(errors.New("second"), tracer.Tag("attempt", 2), tracer.Tag("bad", []any{1, "x"}))
	return nil
}

// D6: tags that mean something, of a child.

//dd:trace
func decides(ctx context.Context) { decidesBelow(ctx) }

//dd:trace tag.service.name=other tag.service.version=7 tag.manual.drop={false} tag.manual.keep={true}
func decidesBelow(ctx context.Context) {}

//dd:trace tag.manual.keep={true}
func decidesTwice() { tracer.CurrentSpan(nil).SetTag("manual.drop", true) }

//dd:trace tag.manual.keep=false
func decidesNot() {}

//dd:trace tag.manual.drop=true
func drops() {}
