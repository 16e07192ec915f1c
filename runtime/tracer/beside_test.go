//go:build go1.21

package tracer_test

import (
	"context"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"github.com/ddinstrument/ddinstrument/runtime/tracetest"
)

// TestPropagate: what is sent on is replaced, and what another tracer has written stays.
func TestPropagate(t *testing.T) {
	const (
		came  = "00-0000000000000000000000000000000b-0000000000000016-01"
		other = "00-000000000000000000000000000000cc-00000000000000dd-01"
	)
	tracetest.Start(t)
	in := tracer.TextMap{"traceparent": came, "x-datadog-trace-id": "11", "x-datadog-parent-id": "22"}
	ctx, span := tracer.Trace(tracer.Extract(in).Context(context.Background()), "between")
	defer span.Finish()
	inject := func(m tracer.TextMap) tracer.TextMap {
		tracer.Propagate(ctx, m)
		return m
	}
	fresh := inject(tracer.TextMap{})
	if fresh["traceparent"] == "" || fresh["x-datadog-trace-id"] != "11" || fresh["x-datadog-parent-id"] == "22" {
		t.Fatalf("into nothing: %v", fresh)
	}
	on := inject(tracer.TextMap{"traceparent": came, "x-datadog-trace-id": "11", "x-datadog-parent-id": "22"})
	if on["traceparent"] != fresh["traceparent"] || on["x-datadog-parent-id"] != fresh["x-datadog-parent-id"] {
		t.Errorf("what is sent on stays: %v", on)
	}
	again := inject(tracer.TextMap{"traceparent": fresh["traceparent"][:36] + "00000000000000ee-01"})
	if again["traceparent"] != fresh["traceparent"] {
		t.Errorf("an earlier span of the trace stays: %v", again)
	}
	otel := inject(tracer.TextMap{"traceparent": other, "tracestate": "a=b"})
	if otel["traceparent"] != other || otel["tracestate"] != "a=b" || otel["x-datadog-parent-id"] != fresh["x-datadog-parent-id"] {
		t.Errorf("beside OpenTelemetry: %v", otel)
	}
	datadog := inject(tracer.TextMap{"traceparent": other, "x-datadog-trace-id": "204", "x-datadog-parent-id": "221"})
	if datadog["traceparent"] != other || datadog["x-datadog-trace-id"] != "204" || datadog["x-datadog-sampling-priority"] != "" {
		t.Errorf("beside dd-trace-go: %v", datadog)
	}
	for _, wrong := range []string{"x", "00-1-2", "00-zz-zz-zz"} {
		if m := inject(tracer.TextMap{"traceparent": wrong}); m["traceparent"] != fresh["traceparent"] {
			t.Errorf("%q stays: %v", wrong, m)
		}
	}
}
