//go:build go1.21

package tracer

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestStartupLogs(t *testing.T) {
	r := record(t, "DD_TRACE_STARTUP_LOGS=true", "DD_ENV=\"e\"", "DD_VERSION=1", "DD_TRACE_SAMPLE_RATE=0.5", "DD_TRACE_PROPAGATION_STYLE=datadog,b3")
	Start() // says it no second time
	text, ok := strings.CutPrefix(r.log.String(), "ddinstrument: DATADOG TRACER CONFIGURATION ")
	var got map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil || !ok {
		t.Fatalf("%v: %s", err, r.log.String())
	}
	for key, want := range map[string]any{
		"service": "conf", "env": `"e"`, "dd_version": "1", "agent_url": r.URL, "debug": false, "sample_rate_limit": 100, "trace_sampling_rules": 1,
		"partial_flush_min_spans": 300, "propagation_style_inject": "datadog,b3", "version": Version,
	} {
		equal(t, key, fmt.Sprint(got[key]), fmt.Sprint(want))
	}
}
