//go:build go1.21

package tracer

import (
	"context"
	"fmt"
	"net/http"
	"sort"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/internal/propagation"
)

const (
	traceIDKey  = propagation.TraceIDKey
	parentIDKey = propagation.ParentIDKey
	priorityKey = propagation.PriorityKey
	originKey   = propagation.OriginKey
	tagsKey     = propagation.TagsKey
)

// arrived is a context with what another process has sent.
func arrived(headers ...string) context.Context {
	h := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return Extract(h).Context(bg)
}

func conformB7(t *testing.T) {
	r := record(t)
	ctx := arrived(traceIDKey, "4321", parentIDKey, "1234", priorityKey, "2", originKey, "somewhere", tagsKey, "_dd.p.dm=-4,_dd.p.tid=640cfd8d00000000,x=y")
	equal(t, "current before", CurrentSpan(ctx), nil)
	equal(t, "root before", CurrentRootSpan(ctx), nil)
	in, root := Trace(ctx, "root")
	equal(t, "current", CurrentSpan(in), root)
	equal(t, "root", CurrentRootSpan(in), root)
	_, child := Trace(in, "child")
	equal(t, "root in the child", CurrentRootSpan(nil), root)
	out := http.Header{}
	Inject(in, out)
	child.Finish()
	root.Finish()
	equal(t, "current after", CurrentSpan(ctx), nil)
	chunk := r.one(t)
	equal(t, "spans", names(chunk), "root root>child")
	for _, s := range chunk {
		equal(t, "trace", s.Trace, 4321)
	}
	got := chunk[0]
	equal(t, "parent", got.Parent, 1234)
	equal(t, "priority", got.Metrics["_sampling_priority_v1"], 2)
	equal(t, "origin", got.Meta["_dd.origin"], "somewhere")
	equal(t, "who has decided", got.Meta["_dd.p.dm"], "-4")
	equal(t, "the higher half", got.Meta["_dd.p.tid"], "640cfd8d00000000")
	equal(t, "top level", got.Metrics["_dd.top_level"], 1)
	equal(t, "runtime-id", len(got.Meta["runtime-id"]), 36)
	equal(t, "of the child", chunk[1].Meta["_dd.origin"]+chunk[1].Meta["runtime-id"], "")
	for key, want := range map[string]string{
		traceIDKey: "4321", parentIDKey: fmt.Sprint(got.ID), priorityKey: "2", originKey: "somewhere",
		tagsKey: "_dd.p.tid=640cfd8d00000000,_dd.p.dm=-4",
	} {
		equal(t, "handed on: "+key, out.Get(key), want)
	}
}

// TestRemoteParents has spans of a remote trace in functions that don't hand on their context, and others beside it.
func TestRemoteParents(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		r := record(t)
		_, server := Trace(bg, "server") // what the goroutine inherits is not the request's
		ctx := arrived(traceIDKey, "4321", parentIDKey, "1234")
		equal(t, "current", CurrentSpan(ctx), nil)
		handler := siteA.EnterFrom(ctx)
		leafIn(ctx)
		leafIn(nil)
		equal(t, "current in the handler", CurrentSpan(ctx), (*Span)(handler))
		handler.ExitNone()
		equal(t, "current after it", CurrentSpan(nil), server)
		leafIn(ctx)
		server.Finish()
		var got []string
		for _, chunk := range r.traces(t) {
			got = append(got, fmt.Sprint(names(chunk), " ", chunk[0].Trace == 4321, " ", chunk[0].Parent))
		}
		sort.Strings(got)
		equal(t, "traces", fmt.Sprint(got), "[a a>leaf a>leaf true 1234 leaf true 1234 server false 0]")
	})
}

// TestRemoteNothing extracts what makes no sense.
func TestRemoteNothing(t *testing.T) {
	r := record(t)
	for _, headers := range [][]string{
		{}, {traceIDKey, "0", parentIDKey, "5"}, {traceIDKey, "x"}, {traceIDKey, "-1"}, {traceIDKey, "99999999999999999999"}, {parentIDKey, "5"},
	} {
		ctx := arrived(headers...)
		equal(t, "the context", ctx, bg)
		_, s := Trace(ctx, "s")
		s.Finish()
		equal(t, "parent", r.span(t).Parent, 0)
	}
	ctx := arrived(traceIDKey, "7", priorityKey, "high", tagsKey, "a,_dd.p.tid=xyz,_dd.p.a=1,=")
	out := TextMap{}
	Inject(ctx, out) // as it came
	equal(t, "handed on", fmt.Sprint(out), "map[x-datadog-parent-id:0 x-datadog-tags:_dd.p.a=1 x-datadog-trace-id:7]")
	_, s := Trace(ctx, "s")
	s.SetTag("manual.drop", true)
	s.Finish()
	got := r.span(t)
	equal(t, "trace", got.Trace, 7)
	equal(t, "parent", got.Parent, 0)
	equal(t, "priority", got.Metrics["_sampling_priority_v1"], -1)
	equal(t, "another tag", got.Meta["_dd.p.a"], "1")
	clear(out)
	Inject(bg, out)
	equal(t, "without a span", len(out), 0)
}
