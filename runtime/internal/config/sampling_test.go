//go:build go1.21

package config

import "testing"

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
