package otlp

import (
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// TestUnsampled: of a trace that is not kept, only the single spans are sent that rules keep.
func TestUnsampled(t *testing.T) {
	c := start(t, "DD_TRACE_SAMPLE_RATE=0", `DD_SPAN_SAMPLING_RULES=[{"name":"kept"}]`)
	ctx, root := tracer.Trace(bg, "root")
	_, s := tracer.Trace(ctx, "kept")
	s.Finish()
	_, s = tracer.Trace(ctx, "not kept")
	s.Finish()
	root.Finish()
	flush(t)
	if spans := c.spans(t); len(spans) != 1 || spans["kept"].Span == nil || spans["kept"].Flags != 0 {
		t.Errorf("%v", spans)
	}
}

// TestBusy: what the collector has no room for now, it gets later.
func TestBusy(t *testing.T) {
	c := start(t)
	c.full.Store(true)
	_, s := tracer.Trace(bg, "late")
	s.Finish()
	if err := tracer.Flush(bg); err == nil {
		t.Error("Flush says that all is well")
	}
	flush(t)
	if spans := c.spans(t); len(spans) != 1 {
		t.Errorf("%v", spans)
	}
}

// TestOpenTelemetryVariables: where there is no agent, those that OpenTelemetry's own SDK reads will do.
func TestOpenTelemetryVariables(t *testing.T) {
	c := startCollector(t)
	for name, value := range map[string]string{
		"DD_SERVICE": "", "DD_ENV": "", "DD_VERSION": "", "DD_TRACE_AGENT_URL": "", "DD_AGENT_HOST": "", "DD_TRACE_AGENT_PORT": "",
		"OTEL_EXPORTER_OTLP_ENDPOINT": c.URL, "OTEL_SERVICE_NAME": "named", "OTEL_RESOURCE_ATTRIBUTES": "service.version=7,deployment.environment.name=e",
	} {
		t.Setenv(name, value)
	}
	tracer.Start()
	defer tracer.Stop()
	_, s := tracer.Trace(bg, "f")
	s.Finish()
	flush(t)
	r := c.spans(t)["f"].resource
	if r["service.name"] != "named" || r["service.version"] != "7" || r["deployment.environment"] != "e" {
		t.Errorf("%v", r)
	}
}
