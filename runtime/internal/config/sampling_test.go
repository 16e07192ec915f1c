//go:build go1.21

package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSampling(t *testing.T) {
	c := read(nil)
	if c.Rules != nil || c.SpanRules != nil || c.RateLimit != 100 || c.Filter != nil {
		t.Errorf("by default: %+v", c)
	}
	c = read(map[string]string{
		"DD_TRACE_SAMPLING_RULES": `[{"service":"a","sample_rate":0.1},{"service":"b","sample_rate":0.2}]`, "DD_TRACE_SAMPLE_RATE": " 0.3",
		"DD_TRACE_RATE_LIMIT": "-1", "DD_SPAN_SAMPLING_RULES": `[{"service":"a","max_per_second":7}]`, "DD_APM_FILTER_TAGS_REQUIRE": "a",
	})
	if len(c.Problems) > 0 || len(c.Rules) != 3 || c.Rules[0].Rate != 0.1 || c.Rules[2].Rate != 0.3 || c.RateLimit != -1 ||
		len(c.SpanRules) != 1 || c.SpanRules[0].MaxPerSecond != 7 || c.Filter == nil {
		t.Errorf("%+v", c)
	}
	c = read(map[string]string{"DD_TRACE_SAMPLING_RULES": `[{"service":"a"},{"sample_rate":0.2}]`})
	want := `DD_TRACE_SAMPLING_RULES="[{\"service\":\"a\"},{\"sample_rate\":0.2}]": rule 1: there is no sample_rate; using the rest`
	if len(c.Rules) != 1 || len(c.Problems) != 1 || c.Problems[0] != want {
		t.Errorf("%+v", c)
	}
}

func TestRulesFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rules.json")
	if err := os.WriteFile(path, []byte(`[{"service":"a","sample_rate":0.5}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	const name = "DD_SPAN_SAMPLING_RULES"
	c := read(map[string]string{name + "_FILE": path})
	if len(c.SpanRules) != 1 || c.SpanRules[0].Rate != 0.5 || len(c.Problems) > 0 {
		t.Errorf("%+v", c)
	}
	c = read(map[string]string{name + "_FILE": path, name: `[{"name":"b"},{"name":"c"}]`})
	if len(c.SpanRules) != 2 || len(c.Problems) > 0 {
		t.Errorf("%+v", c)
	}
	for file, want := range map[string]string{path + "x": "can't be read", "sampling_test.go": "using no rule"} {
		c = read(map[string]string{name + "_FILE": file})
		if len(c.SpanRules) > 0 || len(c.Problems) != 1 || !strings.HasPrefix(c.Problems[0], name+"_FILE=") || !strings.Contains(c.Problems[0], want) {
			t.Errorf("%s: %q", file, c.Problems)
		}
	}
}

func TestOTelSampler(t *testing.T) {
	const name = "OTEL_TRACES_SAMPLER"
	for _, c := range []struct{ sampler, argument, own, want string }{
		{"always_on", "", "", "[1] 0"}, {"parentbased_always_off", "", "", "[0] 0"}, {" ParentBased_TraceIDRatio", "0.25", "", "[0.25] 0"},
		{"traceidratio", "", "", "[1] 0"}, {"traceidratio", "many", "", "[] 1"}, {"jaeger_remote", "", "", "[] 1"}, {"always_off", "", "0.5", "[0.5] 0"},
	} {
		got := read(map[string]string{name: c.sampler, name + "_ARG": c.argument, "DD_TRACE_SAMPLE_RATE": c.own})
		rates := []float64{}
		for _, r := range got.Rules {
			rates = append(rates, r.Rate)
		}
		if text := fmt.Sprint(rates, " ", len(got.Problems)); text != c.want {
			t.Errorf("%+v: %s, %q", c, text, got.Problems)
		}
	}
	if read(map[string]string{"OTEL_TRACES_EXPORTER": "none"}).Enabled || !read(map[string]string{"OTEL_TRACES_EXPORTER": "none", "DD_TRACE_ENABLED": "1"}).Enabled {
		t.Error("OTEL_TRACES_EXPORTER=none")
	}
}
