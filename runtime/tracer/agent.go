//go:build go1.21

package tracer

import (
	"sync/atomic"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/agentinfo"
	"github.com/ddinstrument/ddinstrument/runtime/internal/config"
	"github.com/ddinstrument/ddinstrument/runtime/internal/filter"
	"github.com/ddinstrument/ddinstrument/runtime/internal/sampling"
	"github.com/ddinstrument/ddinstrument/runtime/internal/stats"
	"github.com/ddinstrument/ddinstrument/runtime/internal/transport"
	"github.com/ddinstrument/ddinstrument/runtime/internal/v04"
	"github.com/ddinstrument/ddinstrument/runtime/internal/v1"
)

// Where agents take traces and statistics.
const (
	oldPath   = "/v0.4/traces" // all of them
	newPath   = "/v1.0/traces" // from 7.77 on
	statsPath = "/v0.6/stats"
)

// statsPeriod is how long statistics are counted before they go.
const statsPeriod = 10 * time.Second

// peer is what is known of the agent that a tracer sends to. All settings of one tracer share it.
type peer struct {
	forms  []transport.Form
	sender *transport.Sender
	wants  atomic.Pointer[wants] // nil: it has not been asked yet, or wants nothing but traces

	counts bool // DD_TRACE_STATS_COMPUTATION_ENABLED
	stats  *stats.Concentrator
	of     stats.Options // for stats, which is made when an agent takes statistics
	alarm  alarm
}

// wants is what an agent wants that takes statistics. It is never changed.
type wants struct {
	stats   *stats.Concentrator
	dropped bool           // traces that are not kept need not be sent
	filter  *filter.Filter // what the agent drops: it is not to count; nil: nothing
}

func newPeer(set *settings) *peer {
	p := &peer{forms: set.forms(), counts: set.Stats, of: set.statsOptions()}
	p.of.Opened = func() { p.alarm.set(statsPeriod, p.report) }
	p.sender = transport.New(transport.Options{
		Agent: set.Agent, Headers: headers(), Forms: p.forms, Choose: p.choose, Answer: set.sampler.Rates.Update,
	})
	return p
}

// forms are those in which traces are sent, the best one first.
func (set *settings) forms() []transport.Form {
	const kind = "application/msgpack"
	forms := []transport.Form{{Path: oldPath, Type: kind, Encoder: v04.Encoder{}}}
	if set.OldForm {
		return forms
	}
	id, _ := config.Container()
	encoder := v1.New(v1.Header{
		ContainerID: id, Language: language, LanguageVersion: languageVersion(), TracerVersion: Version,
		RuntimeID: set.runtimeID, Env: set.Env, Version: set.Version,
	})
	return append([]transport.Form{{Path: newPath, Type: kind, Encoder: encoder}}, forms...)
}

// report posts the statistics of what is over.
func (p *peer) report() {
	if w := p.wanted(); w != nil {
		p.post(false)
		if w.stats.Waiting() {
			p.alarm.set(statsPeriod, p.report)
		}
	}
}

// post hands statistics to the sender: all that there are, as the program ends, or those of what is over.
func (p *peer) post(all bool) {
	if w := p.wanted(); w != nil {
		for _, body := range w.stats.Flush(all) {
			p.sender.Post(statsPath, body)
		}
	}
}

// counting tells whether there are statistics that have not been posted.
func (p *peer) counting() bool {
	w := p.wanted()
	return w != nil && w.stats.Waiting()
}

// filter is what the agent drops, and wants to have dropped here, as it is not to count; nil: nothing.
func (p *peer) filter() *filter.Filter {
	if w := p.wanted(); w != nil {
		return w.filter
	}
	return nil
}

// choose takes what the agent says at /info, nil if it has nothing to say, and returns the form that it is to get.
func (p *peer) choose(body []byte) (form int) {
	info := agentinfo.Parse(body)
	var w *wants
	if p.counts && info.Offers(statsPath) {
		if p.stats == nil {
			p.stats = stats.New(p.of)
		}
		w = &wants{stats: p.stats, dropped: info.DropsP0}
		w.stats.Agent(info.SpanKinds, info.PeerTags)
		w.filter = filter.Lists(info.IgnoreResources, info.RejectTags, info.RejectPatterns, info.RequireTags, info.RequirePatterns)
		if w.filter.Empty() {
			w.filter = nil
		}
	}
	p.wants.Store(w)
	if last := len(p.forms) - 1; info.MiscountsV1() || !info.Offers(p.forms[0].Path) {
		return last
	}
	return 0
}

// keptOnly is what a receiver of OpenTelemetry's protocol gets.
var keptOnly = wants{dropped: true}

// account counts the spans of a trace, where the agent takes statistics, and returns those that it is to get, of which it
// need not count any. The others are let go.
func (set *settings) account(t *trace, spans []*Span) (kept []*Span, counted bool) {
	w := set.peer.wanted()
	switch {
	case set.OTLP != nil && t.root.set.recording == nil:
		w = &keptOnly
	case w == nil:
		return spans, false
	default:
		set.count(w.stats, t, spans)
	}
	kept = w.thin(t, spans)
	if n := len(spans) - len(kept); n > 0 {
		set.sender.Skip(n, len(kept) == 0)
		left := kept
		for i, s := range spans {
			if len(left) > 0 && left[0] == s {
				left = left[1:]
			} else {
				forgo(spans[i : i+1])
			}
		}
	}
	return kept, true
}

// wanted is what the agent wants besides traces; nil where there is no agent.
func (p *peer) wanted() *wants {
	if p == nil {
		return nil
	}
	return p.wants.Load()
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
		tags := s.own().tags
		for i := range tags {
			if tags[i].key == sampling.SingleMechanism {
				kept = append(kept, s)
				break
			}
		}
	}
	return kept
}
