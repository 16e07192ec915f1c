//go:build go1.21

package ddslog

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// ids of the active span, as another process is told.
func ids(ctx context.Context) (trace, span string) {
	m := tracer.TextMap{}
	tracer.Inject(ctx, m)
	return m["traceparent"][3:35], m["x-datadog-parent-id"]
}

func TestConformance(t *testing.T) {
	t.Run("F1/API", conformF1)
	t.Run("F2/API", conformF2)
	t.Run("F3/API", conformF3)
	t.Run("F4/API", conformF4)
	t.Run("F5/API", conformF5)
}

func conformF1(t *testing.T) {
	start(t, "DD_ENV=e", "DD_VERSION=1")
	ctx, s := tracer.Trace(bg, "s", tracer.Service("other"), tracer.Tag("env", "x"), tracer.Tag("version", "y"))
	defer s.Finish()
	trace, span := ids(ctx)
	c, wanted := tracer.LogCorrelation(ctx)
	equal(t, "what a log says", c, tracer.Correlation{TraceID: trace, SpanID: span, Service: "conf", Env: "e", Version: "1"})
	equal(t, "wanted", wanted, true)
	var b bytes.Buffer
	slog.New(New(slog.NewJSONHandler(&b, nil))).InfoContext(ctx, "m")
	equal(t, "record", line(t, &b), map[string]any{"msg": "m", "dd.trace_id": trace, "dd.span_id": span, "dd.service": "conf", "dd.env": "e", "dd.version": "1"})
}

func conformF2(t *testing.T) {
	for _, enabled := range []string{"true", "false"} {
		start(t, "DD_TRACE_ENABLED="+enabled)
		var b bytes.Buffer
		l := slog.New(New(slog.NewJSONHandler(&b, nil)))
		want := map[string]any{"msg": "m", "dd.trace_id": "0", "dd.span_id": "0", "dd.service": "conf", "dd.env": "", "dd.version": ""}
		l.Info("m")
		equal(t, "without a span", line(t, &b), want)
		ctx, s := tracer.Trace(bg, "s")
		s.Finish()
		l.InfoContext(ctx, "m")
		equal(t, "after the span", line(t, &b), want)
	}
}

func conformF3(t *testing.T) {
	for _, wide := range []string{"true", "false"} {
		start(t, "DD_TRACE_128_BIT_TRACEID_GENERATION_ENABLED="+wide)
		_, s := tracer.Trace(bg, "s")
		m := tracer.TextMap{}
		tracer.Inject(bg, m)
		want := m["x-datadog-trace-id"]
		if wide == "true" {
			want = m["traceparent"][3:35]
		}
		c, _ := tracer.LogCorrelation(bg)
		equal(t, "ids", c.TraceID+" "+c.SpanID, want+" "+m["x-datadog-parent-id"])
		s.Finish()
	}
}

func conformF4(t *testing.T) {
	start(t)
	h := http.Header{}
	h.Set("x-datadog-trace-id", "234")
	h.Set("x-datadog-parent-id", "4321")
	var b bytes.Buffer
	slog.New(New(slog.NewJSONHandler(&b, nil))).InfoContext(tracer.Extract(h).Context(bg), "m")
	m := line(t, &b)
	equal(t, "ids", fmt.Sprint(m["dd.trace_id"], " ", m["dd.span_id"]), "234 4321")
}

// conformF5 logs without a context, through groups and attributes in all orders.
func conformF5(t *testing.T) {
	start(t)
	var b bytes.Buffer
	l := slog.New(New(slog.NewJSONHandler(&b, nil)))
	for i := 0; i < 3; i++ { // later ones find the handlers that were made
		_, s := tracer.Trace(bg, "s")
		trace, span := ids(bg)
		fields := func(m map[string]any) map[string]any {
			for k, v := range map[string]any{"msg": "m", "dd.trace_id": trace, "dd.span_id": span, "dd.service": "conf", "dd.env": "", "dd.version": ""} {
				m[k] = v
			}
			return m
		}
		group := func(pairs ...any) map[string]any {
			m := map[string]any{}
			for i := 0; i < len(pairs); i += 2 {
				m[pairs[i].(string)] = pairs[i+1]
			}
			return m
		}
		l.Info("m", "a", 1)
		equal(t, "plain", line(t, &b), fields(group("a", 1)))
		l.With("a", 1).With().Info("m", "b", 2, "c", 3, "d", 4, "e", 5, "f", 6)
		equal(t, "attributes", line(t, &b), fields(group("a", 1, "b", 2, "c", 3, "d", 4, "e", 5, "f", 6)))
		g := l.With("a", 1).WithGroup("g").With("b", 2)
		g.Info("m", "c", 3)
		equal(t, "group", line(t, &b), fields(group("a", 1, "g", group("b", 2, "c", 3))))
		g.WithGroup("").WithGroup("h").Info("m", "c", 3)
		equal(t, "two", line(t, &b), fields(group("a", 1, "g", group("b", 2, "h", group("c", 3)))))
		g.Info("m")
		equal(t, "group again", line(t, &b), fields(group("a", 1, "g", group("b", 2))))
		log.New(NewWriter(&b), "", 0).Print(`{"msg":"m"}`)
		equal(t, "package log", line(t, &b), fields(group()))
		s.Finish()
	}
	l.WithGroup("g").Info("m", "a", 1)
	equal(t, "no span", line(t, &b)["dd.span_id"], "0")
}
