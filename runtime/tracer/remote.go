//go:build go1.21

package tracer

import (
	"context"
	"strings"

	"github.com/ddinstrument/ddinstrument/runtime/internal/config"
	"github.com/ddinstrument/ddinstrument/runtime/internal/otlp"
	"github.com/ddinstrument/ddinstrument/runtime/internal/propagation"
	"github.com/ddinstrument/ddinstrument/runtime/internal/sampling"
)

// Carrier is what brings the ids of a span from one process to another: the header of a request (http.Header is one), or
// of a message.
type Carrier interface {
	Get(key string) string
	Set(key, value string)
}

// TextMap is a Carrier in memory.
type TextMap map[string]string

// Get returns the value of a key, "" if there is none. It may be written in upper or lower case.
func (m TextMap) Get(key string) string {
	if value, ok := m[key]; ok {
		return value
	}
	for k, value := range m {
		if strings.EqualFold(k, key) {
			return value
		}
	}
	return ""
}

// Set sets the value of a key.
func (m TextMap) Set(key, value string) { m[key] = value }

// highKey, mechanismKey and rateKey are tags of the first span of a chunk, too; stateKey, the rest of a tracestate that has
// come, is one where OTLP has a field for it.
const (
	highKey      = propagation.HighKey
	mechanismKey = propagation.MechanismKey
	rateKey      = propagation.RateKey
	stateKey     = otlp.StateKey
)

// Remote is the active span of another process, as a carrier has brought it.
type Remote struct {
	span  Span // stands in the context, as a span that has finished
	trace trace
	came  *propagation.Context
	tags  []tag // came.Tags
}

// Extract reads what Inject has written in another process, or what another tracer has, in the styles of
// DD_TRACE_PROPAGATION_STYLE_EXTRACT: where two are there that disagree, the first one counts, and the other becomes a
// link. It returns nil if there is nothing, or nothing that makes sense.
func Extract(c Carrier) (r *Remote) {
	if c == nil {
		return nil
	}
	set := current.Load()
	if set == nil {
		set = startFromEnvironment()
	}
	protect("Extract", func() { r = extract(c, set.Config) })
	return r
}

func extract(c Carrier, set *config.Config) *Remote {
	came := propagation.Extract(c, set.Extract)
	if came == nil {
		return nil
	}
	r := newRemote(came)
	if came.State != "" && set.OTLP != nil {
		r.tags = append(r.tags, tag{key: stateKey, text: came.State})
	}
	return r
}

func newRemote(came *propagation.Context) *Remote {
	r := &Remote{came: came}
	r.span.id = came.Span
	r.span.trace, r.span.flags = &r.trace, flagRemote
	r.span.finished.Store(true)
	r.trace.root, r.trace.remote, r.trace.high, r.trace.low = &r.span, r, came.High, came.Low
	if came.Decided {
		r.trace.decision.Store(sampling.Elsewhere(int32(came.Priority)))
	}
	if len(came.Baggage) > 0 {
		r.trace.baggage.Store(&r.came.Baggage)
	}
	if len(came.Tags) > 0 {
		r.tags = make([]tag, 0, len(came.Tags)+1) // and one for its state
	}
	for _, t := range came.Tags {
		r.tags = append(r.tags, tag{key: t.Key, text: t.Value})
	}
	return r
}

// Context returns a context in which r is active: spans that are started in it are children of r, and local roots. Of a
// nil Remote it returns ctx itself.
func (r *Remote) Context(ctx context.Context) context.Context {
	if r == nil {
		return ctx
	}
	if ctx == nil {
		ctx = background
	}
	return context.WithValue(ctx, spanKey{}, &r.span)
}

// continues makes t the part that this process has of the trace of a remote span.
func (t *trace) continues(remote *Span) {
	r := remote.trace.remote
	t.remote = r
	t.baggage.Store(r.trace.baggage.Load())
	if r.trace.low != 0 { // else it has brought no trace to continue
		t.low, t.high = r.trace.low, r.trace.high
	}
	t.decision.Store(r.trace.decision.Load())
}

// arrive gives a local root what has come along with its parent.
func (s *Span) arrive(set *settings, r *Remote) {
	if id := r.came.Reported; id != 0 {
		s.add(tag{key: reportedKey, text: string(appendHex16(nil, id)[1:])})
	}
	for _, item := range r.came.Baggage {
		for _, key := range set.BaggageTags {
			if item.Key == key || key == "*" {
				d := s.details()
				d.tags = withTag(d.tags, tag{key: "baggage." + item.Key, text: clip(item.Value)})
			}
		}
	}
	for i := range r.came.Links {
		s.extras().links = append(s.extras().links, cameWith(&r.came.Links[i]))
	}
}

// reportedKey is where Datadog looks for the parent when it was told of no span with the parent's id.
const reportedKey = "_dd.parent_id"

// decidedElsewhere tells whether the sampling priority is the one that came with the trace.
func (t *trace) decidedElsewhere() bool {
	return t.remote != nil && t.remote.came.Decided && t.decision.Load() == t.remote.trace.decision.Load()
}

// handedOn returns the tags that the trace has brought along, and takes on to the next process. Who has decided is not
// among them once this one has.
func (t *trace) handedOn() (list []tag) {
	if t.remote == nil {
		return nil
	}
	if t.decidedElsewhere() {
		return t.remote.tags
	}
	for _, tag := range t.remote.tags {
		if tag.key != mechanismKey && tag.key != rateKey {
			list = append(list, tag)
		}
	}
	return list
}

func (t *trace) origin() string {
	if t.remote == nil {
		return ""
	}
	return t.remote.came.Origin
}

// Inject writes the active span's ids, its trace's sampling priority and baggage into a carrier, for the process that a
// request goes to, in the styles of DD_TRACE_PROPAGATION_STYLE_INJECT. Where no span is active, what ctx has brought from
// another process is handed on.
func Inject(ctx context.Context, c Carrier) {
	set := current.Load()
	if c == nil || set == nil {
		return
	}
	s := CurrentSpan(ctx)
	if s == nil {
		if s = fromContext(ctx); s == nil || !s.has(flagRemote) {
			return
		}
	}
	going := s.going()
	protect("Inject", func() { propagation.Inject(c, set.Inject, &going) })
}

// going is what the next process is told.
func (s *Span) going() (c propagation.Context) {
	t := s.trace
	if s.has(flagRemote) {
		return *t.remote.came
	}
	d := t.decide(true)
	c = propagation.Context{
		High: t.high, Low: t.low, Span: s.id, Local: true, Priority: int(d.Priority), Decided: true, Origin: t.origin(), Baggage: t.items(),
	}
	if t.remote != nil {
		c.State = t.remote.came.State
	}
	brought := t.handedOn()
	c.Tags = make([]propagation.Pair, 0, 2+len(brought))
	if d.Mechanism != "" && d.Priority > 0 { // who keeps it; who drops it is nobody's business
		c.Tags = append(c.Tags, propagation.Pair{Key: mechanismKey, Value: d.Mechanism})
	}
	if d.Rate != "" {
		c.Tags = append(c.Tags, propagation.Pair{Key: rateKey, Value: d.Rate})
	}
	for _, tag := range brought {
		if tag.key != stateKey { // c.State is that
			c.Tags = append(c.Tags, propagation.Pair{Key: tag.key, Value: tag.text})
		}
	}
	return c
}
