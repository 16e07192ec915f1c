//go:build go1.21

package agentaddr

import "strings"

// The variables that may name a receiver of OpenTelemetry's protocol
// (https://opentelemetry.io/docs/specs/otel/protocol/exporter).
const (
	OTLPEndpoint       = "DD_TRACE_OTLP_ENDPOINT"
	OTelTracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	OTelEndpoint       = "OTEL_EXPORTER_OTLP_ENDPOINT"
)

// OTLPVariable returns the variable that names a receiver to which spans go in place of an agent, "" if there is none.
// OpenTelemetry's own variables do that only where nothing says that there is an agent: they may be meant for other
// parts of the program.
func OTLPVariable(getenv func(string) string, socketExists func(string) bool) string {
	if getenv(OTLPEndpoint) != "" {
		return OTLPEndpoint
	}
	for _, agent := range [...]string{"DD_TRACE_AGENT_URL", "DD_AGENT_HOST", "DD_TRACE_AGENT_PORT"} {
		if getenv(agent) != "" {
			return ""
		}
	}
	exporters := strings.ToLower(getenv("OTEL_TRACES_EXPORTER"))
	if strings.TrimSpace(exporters) != "" && !strings.Contains(exporters, "otlp") {
		return ""
	}
	for _, name := range [...]string{OTelTracesEndpoint, OTelEndpoint} {
		if getenv(name) != "" && (socketExists == nil || !socketExists(DefaultSocket)) {
			return name
		}
	}
	return ""
}
