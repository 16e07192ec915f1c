//go:build go1.21

package tracer

import (
	"sync/atomic"

	"github.com/ddinstrument/ddinstrument/runtime/internal/agentinfo"
	"github.com/ddinstrument/ddinstrument/runtime/internal/filter"
	"github.com/ddinstrument/ddinstrument/runtime/internal/sampling"
	"github.com/ddinstrument/ddinstrument/runtime/internal/transport"
)

// statsPath is where an agent takes statistics.
const statsPath = "/v0.6/stats"

// peer is what is known of the agent that a tracer sends to. All settings of one tracer share it.
type peer struct {
	forms []transport.Form
	wants atomic.Pointer[wants] // nil: it has not been asked yet, or wants nothing but traces
}

// wants is what an agent wants that takes statistics. It is never changed.
type wants struct {
	dropped bool // traces that are not kept need not be sent
	info    *agentinfo.Info
	filter  *filter.Filter // what the agent drops: it is not to count; nil: nothing
}

func newPeer() *peer { return &peer{forms: []transport.Form{transport.V04}} }

// choose takes what the agent says at /info, nil if it has nothing to say, and returns the form that it is to get.
func (p *peer) choose(body []byte) (form int) {
	info := agentinfo.Parse(body)
	var w *wants
	if info.Offers(statsPath) {
		w = &wants{dropped: info.DropsP0, info: info}
		w.filter = filter.Lists(info.IgnoreResources, info.RejectTags, info.RejectPatterns, info.RequireTags, info.RequirePatterns)
		if w.filter.Empty() {
			w.filter = nil
		}
	}
	p.wants.Store(w)
	for i := range p.forms {
		if info.Offers(p.forms[i].Path) {
			return i
		}
	}
	return len(p.forms) - 1
}

// thin takes out of the spans of a trace, which are in the statistics, what the agent need not get: all of them if the
// trace is not kept, but for traces with errors, which the agent has a sampler of its own for, and single spans that are
// kept (dd-trace-go, ddtrace/tracer/span.go, shouldKeep).
func (w *wants) thin(t *trace, spans []*Span) (kept []*Span) {
	if !w.dropped || t.decide(true).Priority > 0 {
		return spans
	}
	for _, s := range spans {
		if s.failed {
			return spans
		}
	}
	if len(t.root.set.SpanRules) == 0 {
		return nil
	}
	for _, s := range spans {
		for i := range s.tags {
			if s.tags[i].key == sampling.SingleMechanism {
				kept = append(kept, s)
				break
			}
		}
	}
	return kept
}
