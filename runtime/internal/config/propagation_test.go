//go:build go1.21

package config

import (
	"fmt"
	"testing"
)

func TestPropagation(t *testing.T) {
	const prefix = "DD_TRACE_PROPAGATION_"
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{nil, "[datadog tracecontext baggage] [datadog tracecontext baggage] false 0"},
		{map[string]string{prefix + "STYLE": "b3", prefix + "EXTRACT_FIRST": "1"}, "[b3] [b3] true 0"},
		{map[string]string{prefix + "STYLE": "b3", prefix + "STYLE_INJECT": "none", prefix + "STYLE_EXTRACT": "TraceContext, x"}, "[] [tracecontext] false 0"},
		{map[string]string{"OTEL_PROPAGATORS": "tracecontext,b3"}, "[tracecontext b3] [tracecontext b3] false 0"},
		{map[string]string{"OTEL_PROPAGATORS": "b3", prefix + "STYLE": "datadog"}, "[datadog] [datadog] false 0"},
		{map[string]string{prefix + "STYLE_INJECT": "b3multi", prefix + "BEHAVIOR_EXTRACT": "Restart"}, "[b3multi] [datadog tracecontext baggage] false 1"},
	} {
		got := read(c.env)
		if text := fmt.Sprint(got.Inject, " ", got.Extract.Styles, " ", got.Extract.First, " ", got.Extract.Behavior); text != c.want {
			t.Errorf("%v: got %s, want %s", c.env, text, c.want)
		}
	}
}

func TestBaggageTags(t *testing.T) {
	for text, want := range map[string]string{"": "[user.id session.id account.id]", "a, b,": "[a b]", "*": "[*]", ",": "[]"} {
		if got := fmt.Sprint(read(map[string]string{"DD_TRACE_BAGGAGE_TAG_KEYS": text}).BaggageTags); got != want {
			t.Errorf("%q: %s, not %s", text, got, want)
		}
	}
}
