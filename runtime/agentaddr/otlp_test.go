//go:build go1.21

package agentaddr

import (
	"strings"
	"testing"
)

func TestOTLPVariable(t *testing.T) {
	for _, c := range []struct {
		set    string
		socket bool
		want   string
	}{
		{"", false, ""},
		{"DD_TRACE_OTLP_ENDPOINT DD_TRACE_AGENT_URL OTEL_EXPORTER_OTLP_ENDPOINT", true, OTLPEndpoint},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", false, OTelEndpoint},
		{"OTEL_EXPORTER_OTLP_ENDPOINT OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", false, OTelTracesEndpoint},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", true, ""},
		{"OTEL_EXPORTER_OTLP_ENDPOINT DD_TRACE_AGENT_URL", false, ""},
		{"OTEL_EXPORTER_OTLP_ENDPOINT DD_AGENT_HOST", false, ""},
		{"OTEL_EXPORTER_OTLP_ENDPOINT DD_TRACE_AGENT_PORT", false, ""},
		{"OTEL_EXPORTER_OTLP_ENDPOINT OTEL_TRACES_EXPORTER", false, ""},
	} {
		getenv := func(name string) string {
			if strings.Contains(" "+c.set+" ", " "+name+" ") {
				return "x"
			}
			return ""
		}
		if got := OTLPVariable(getenv, func(string) bool { return c.socket }); got != c.want {
			t.Errorf("%s, socket %v: %q", c.set, c.socket, got)
		}
	}
}
