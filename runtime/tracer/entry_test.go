//go:build go1.21

package tracer_test

import (
	"context"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"github.com/ddinstrument/ddinstrument/runtime/tracetest"
)

var entrySite = tracer.Site{Name: "serve", Entry: true}

// TestEntry: a span that serves a request is the child of what has come from another process, and of nothing else.
func TestEntry(t *testing.T) {
	rec := tracetest.Start(t)
	ctx, around := tracer.Trace(context.Background(), "around")
	_, call := entrySite.Enter(ctx) // both the context and the goroutine carry a span of this process
	call.ExitNone()
	remote := tracer.Extract(tracer.TextMap{"x-datadog-trace-id": "11", "x-datadog-parent-id": "22"})
	in, call := entrySite.Enter(remote.Context(ctx))
	_, child := tracer.Trace(in, "child")
	child.Finish()
	call.ExitNone()
	around.Finish()

	var served []*tracetest.Span
	var parentOfChild uint64
	for _, s := range rec.Spans() {
		switch s.Name {
		case "serve":
			served = append(served, s)
		case "child":
			parentOfChild = s.ParentID
		}
	}
	if len(served) != 2 {
		t.Fatalf("%d spans are served, want 2", len(served))
	}
	own, came := served[0], served[1]
	if own.ParentID != 0 {
		own, came = came, own
	}
	if own.ParentID != 0 || own.TraceID == 11 {
		t.Errorf("without a remote parent: trace %d, parent %d, want a trace of its own", own.TraceID, own.ParentID)
	}
	if came.ParentID != 22 || came.TraceID != 11 || parentOfChild != came.ID {
		t.Errorf("with a remote parent: trace %d, parent %d, child's parent %d; want 11, 22, %d", came.TraceID, came.ParentID, parentOfChild, came.ID)
	}
}
