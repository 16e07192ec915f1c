//go:build go1.21

package config

import (
	"fmt"
	"strings"

	"github.com/ddinstrument/ddinstrument/runtime/internal/propagation"
)

// propagation reads which headers are written and read, and what is done with a trace that comes.
func (r *reader) propagation() (inject []propagation.Style, extract propagation.Options) {
	both := r.styles("DD_TRACE_PROPAGATION_STYLE", r.styles("OTEL_PROPAGATORS", propagation.Standard()))
	inject = r.styles("DD_TRACE_PROPAGATION_STYLE_INJECT", both)
	extract.Styles = r.styles("DD_TRACE_PROPAGATION_STYLE_EXTRACT", both)
	extract.First = r.flag("DD_TRACE_PROPAGATION_EXTRACT_FIRST", false)
	const behavior = "DD_TRACE_PROPAGATION_BEHAVIOR_EXTRACT"
	switch text := r.getenv(behavior); strings.ToLower(strings.TrimSpace(text)) {
	case "", "continue":
	case "restart":
		extract.Behavior = propagation.Restart
	case "ignore":
		extract.Behavior = propagation.Ignore
	default:
		r.bad(behavior, text, "none of continue, restart and ignore", "continue")
	}
	return inject, extract
}

// defaultBaggageTags are those of Datadog's other tracers.
var defaultBaggageTags = []string{"user.id", "session.id", "account.id"}

// baggageTags reads which items of the baggage that comes become tags of the local root: "*" is all of them.
func (r *reader) baggageTags() []string {
	text := r.getenv("DD_TRACE_BAGGAGE_TAG_KEYS")
	if text == "" {
		return defaultBaggageTags
	}
	var keys []string
	for _, key := range strings.Split(text, ",") {
		if key = strings.TrimSpace(key); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

func (r *reader) styles(name string, standard []propagation.Style) []propagation.Style {
	text := r.getenv(name)
	if strings.TrimSpace(text) == "" {
		return standard
	}
	styles, bad := propagation.ParseStyles(text)
	if len(bad) > 0 {
		r.bad(name, text, fmt.Sprintf("%q is none of %s", bad[0], propagation.Known), styles)
	}
	return styles
}
