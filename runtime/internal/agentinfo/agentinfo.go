//go:build go1.21

// Package agentinfo reads what an agent says of itself at /info
// (https://github.com/DataDog/datadog-agent, pkg/trace/api/info.go).
package agentinfo

import (
	"strconv"
	"strings"

	"github.com/ddinstrument/ddinstrument/runtime/internal/json"
)

// Info is what an agent offers and wants. The zero Info is that of an agent that does not know /info.
type Info struct {
	Version   string   // "7.85.1"
	Endpoints []string // paths, as "/v0.4/traces"
	DropsP0   bool     // it need not get traces that are not kept, if their statistics come
	PeerTags  []string // tags by which statistics are told apart, of spans that call others
	SpanKinds []string // values of span.kind whose spans are in the statistics

	// What it drops of itself, which is not to be in the statistics either: resources of local roots (regular expressions),
	// and tags, "key" or "key:value", where the value is a regular expression in the patterns.
	IgnoreResources                 []string
	RequireTags, RejectTags         []string
	RequirePatterns, RejectPatterns []string
}

// Parse reads an answer. What is not as expected is as if it had not been said.
func Parse(body []byte) *Info {
	v, err := json.Parse(string(body))
	object, _ := v.(map[string]any)
	if err != nil || object == nil {
		return new(Info)
	}
	exact, _ := object["filter_tags"].(map[string]any)
	patterns, _ := object["filter_tags_regex"].(map[string]any)
	drops, _ := object["client_drop_p0s"].(bool)
	version, _ := object["version"].(string)
	return &Info{
		Version:         version,
		Endpoints:       texts(object["endpoints"]),
		DropsP0:         drops,
		PeerTags:        texts(object["peer_tags"]),
		SpanKinds:       texts(object["span_kinds_stats_computed"]),
		IgnoreResources: texts(object["ignore_resources"]),
		RequireTags:     texts(exact["require"]),
		RejectTags:      texts(exact["reject"]),
		RequirePatterns: texts(patterns["require"]),
		RejectPatterns:  texts(patterns["reject"]),
	}
}

// Offers tells whether there is such a path.
func (i *Info) Offers(path string) bool {
	for _, e := range i.Endpoints {
		if e == path {
			return true
		}
	}
	return false
}

// MiscountsV1 tells whether the agent loses the language of what it counts itself of v1.0 payloads, as 7.73 to 7.78 do
// (dd-trace-go v2.12, ddtrace/tracer/doc.go).
func (i *Info) MiscountsV1() bool {
	minor, _, ok := strings.Cut(strings.TrimPrefix(i.Version, "7."), ".")
	n, err := strconv.Atoi(minor)
	return ok && err == nil && strings.HasPrefix(i.Version, "7.") && n >= 73 && n <= 78
}

func texts(v any) (list []string) {
	array, _ := v.([]any)
	for _, e := range array {
		if s, ok := e.(string); ok {
			list = append(list, s)
		}
	}
	return list
}
