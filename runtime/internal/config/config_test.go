//go:build go1.21

package config

import (
	"fmt"
	"strings"
	"testing"
)

func read(env map[string]string) *Config {
	return Read(func(n string) string { return env[n] }, nil, "prog")
}

func TestDefaults(t *testing.T) {
	c := read(nil)
	if !c.Enabled || c.Service != "prog" || c.Env != "" || !c.WideIDs || c.StackDepth != 30 || c.ChunkSpans != 300 ||
		c.Agent.URL != "http://localhost:8126" || len(c.Problems) != 0 {
		t.Errorf("%+v", c)
	}
}

func TestValues(t *testing.T) {
	c := read(map[string]string{
		"DD_TRACE_ENABLED": "False", "DD_TRACE_PARTIAL_FLUSH_ENABLED": "0", "DD_TRACE_SPAN_TRACEBACK_MAX_SIZE": "5",
		"DD_TAGS": "a:1, b:x:y ,c,a:2,env:e", "DD_ENV": "prod",
	})
	if c.Enabled || c.ChunkSpans != 0 || c.StackDepth != 5 || c.Env != "prod" || len(c.Problems) != 0 {
		t.Errorf("%+v", c)
	}
	if got := fmt.Sprint(c.Tags); got != "[{a 2} {b x:y} {c }]" {
		t.Errorf("DD_TAGS: %s", got)
	}
}

// TestProblems gives every variable a value that does not parse: each is named once, with what is used instead.
func TestProblems(t *testing.T) {
	env := map[string]string{
		"DD_TRACE_ENABLED": "maybe", "DD_TRACE_STARTUP_LOGS": "2", "DD_TRACE_128_BIT_TRACEID_GENERATION_ENABLED": "2", "DD_TRACE_SPAN_TRACEBACK_MAX_SIZE": "-1",
		"DD_TRACE_PARTIAL_FLUSH_ENABLED": "x", "DD_TRACE_PARTIAL_FLUSH_MIN_SPANS": "0", "DD_SERVICE_MAPPING": "a;b",
		"DD_TAGS": ":v", "DD_TRACE_AGENT_URL": "gopher://x", "DD_TRACE_PROPAGATION_STYLE": "jaeger", "DD_TRACE_PROPAGATION_STYLE_INJECT": "b3,x",
		"DD_TRACE_PROPAGATION_EXTRACT_FIRST": "x", "DD_TRACE_PROPAGATION_BEHAVIOR_EXTRACT": "stop", "DD_LOGS_INJECTION": "x",
		"DD_TRACE_SAMPLING_RULES": "[1,2]", "DD_TRACE_SAMPLE_RATE": "1.5", "DD_TRACE_RATE_LIMIT": "NaN", "DD_SPAN_SAMPLING_RULES": "{}", "DD_TRACE_FILTERING_RULES": "{}",
		"DD_APM_IGNORE_RESOURCES": "(,a,[", "DD_APM_FILTER_TAGS_REJECT": "[1]", "DD_APM_FILTER_TAGS_REGEX_REJECT": "a:( b:(",
		"DD_APM_FILTER_TAGS_REQUIRE": "[", "DD_APM_FILTER_TAGS_REGEX_REQUIRE": "a:)",
	}
	c := read(env)
	if len(c.Problems) != len(env) {
		t.Errorf("%d problems: %s", len(c.Problems), strings.Join(c.Problems, "\n"))
	}
	for name, value := range env {
		found := 0
		for _, p := range c.Problems {
			if strings.Contains(p, fmt.Sprintf("%s=%q", name, value)) && strings.Contains(p, "; using ") {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s is named %d times", name, found)
		}
	}
	if !c.Enabled || c.StackDepth != 30 || c.ChunkSpans != 300 {
		t.Errorf("%+v", c)
	}
}
