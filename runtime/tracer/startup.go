//go:build go1.21

package tracer

import (
	"runtime"
	"strconv"
	"strings"

	"github.com/ddinstrument/ddinstrument/runtime/internal/config"
	"github.com/ddinstrument/ddinstrument/runtime/internal/propagation"
)

// startupText is what DD_TRACE_STARTUP_LOGS asks for: the settings in force, in JSON, behind the words and with the names
// that all Datadog tracers use (dd-trace-go, ddtrace/tracer/log.go).
func startupText(c *config.Config) string {
	var o object
	o.text("lang", "go")
	o.text("lang_version", runtime.Version())
	o.text("version", Version)
	o.text("os_name", runtime.GOOS)
	o.text("architecture", runtime.GOARCH)
	o.text("service", c.Service)
	o.text("env", c.Env)
	o.text("dd_version", c.Version)
	o.text("agent_url", c.Agent.URL)
	if c.OTLP != nil {
		o.text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", c.OTLP.Address.URL)
	}
	o.raw("debug", strconv.FormatBool(c.Debug))
	o.raw("sample_rate_limit", number(c.RateLimit))
	o.raw("trace_sampling_rules", strconv.Itoa(len(c.Rules)))
	o.raw("span_sampling_rules", strconv.Itoa(len(c.SpanRules)))
	o.raw("partial_flush_min_spans", strconv.Itoa(c.ChunkSpans))
	o.text("propagation_style_inject", styles(c.Inject))
	o.text("propagation_style_extract", styles(c.Extract.Styles))
	return "DATADOG TRACER CONFIGURATION " + string(o) + "}"
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func styles(list []propagation.Style) string {
	var names []string
	for _, s := range list {
		names = append(names, s.String())
	}
	return strings.Join(names, ",")
}

// object is a JSON object that is being written.
type object []byte

func (o *object) raw(key, value string) {
	separator := byte(',')
	if len(*o) == 0 {
		separator = '{'
	}
	*o = append(append(appendJSON(append(*o, separator), key), ':'), value...)
}

func (o *object) text(key, value string) { o.raw(key, string(appendJSON(nil, value))) }
