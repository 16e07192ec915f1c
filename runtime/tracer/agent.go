//go:build go1.21

package tracer

import (
	"sync/atomic"

	"github.com/ddinstrument/ddinstrument/runtime/internal/agentinfo"
	"github.com/ddinstrument/ddinstrument/runtime/internal/filter"
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
