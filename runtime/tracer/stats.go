//go:build go1.21

package tracer

import (
	"runtime"
	"strings"

	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/stats"
)

// statsOptions are for the Concentrator of this tracer.
func (set *settings) statsOptions() stats.Options {
	return stats.Options{
		Header: stats.Header{
			Env: set.Env, Version: set.Version, Service: *set.service,
			Language: language, TracerVersion: Version, RuntimeID: set.runtimeID,
		},
		Procs: runtime.GOMAXPROCS(0),
	}
}

// count counts spans in the agent's statistics that are about to be sent, or would be if the trace were kept. Each span
// comes by here once in full, and is not counted where it is only shown: see copyOnce.
func (set *settings) count(c *stats.Concentrator, t *trace, spans []*Span) {
	b := c.Begin()
	defer func() {
		if v := recover(); v != nil { // a fault of ours costs some numbers and nothing else
			diag.Once("count", "spans could not be counted: %v", v)
		}
		b.End()
	}()
	b.Point.Synthetics = strings.HasPrefix(t.origin(), "synthetics")
	for _, s := range spans {
		s.count(b)
	}
}

// count counts the span if it is one that counts: of the top level, measured, or of a kind that the agent has named.
func (s *Span) count(b *stats.Batch) {
	service := s.service.Load()
	top := s.topLevel(service)
	common, site := s.set.common(*service), &s.site.encoded().tags
	plain := len(s.own().tags) == 0 && common.counted == nil && site.counted == nil
	if plain && !top && !s.site.Measured {
		return // as most spans
	}
	b.Point.Top, b.Point.Failed, b.Point.Duration, b.Point.End = top, s.failed, s.dur, s.start+s.dur
	if plain && site.version == "" && (common.version == "" || common.version == s.set.Version) && s.own().resource == "" && (s.more == nil || s.more.name == "" && s.more.typ == "") {
		s.countPlain(b, service)
		return
	}
	var own counted
	tags := s.countedTags(&own, common, site)
	top = top || tags.top
	if !top && !s.site.Measured && !tags.measured && !b.Counts(tags.kind) || tags.snapshot {
		return
	}
	s.point(b, tags, *service)
	p := &b.Point
	p.Top = top
	p.Version = firstText(tags.version, site.version, common.version)
	if p.Version == s.set.Version {
		p.Version = ""
	}
	if b.WantsPeers() {
		s.peers(b, tags, common, site)
	}
	b.Add()
}

// point fills the Point that the span is.
func (s *Span) point(b *stats.Batch, tags *counted, service string) {
	p, of := &b.Point, subject{s}
	p.Service, p.Name, p.Resource, p.Type = service, of.Name(), of.Resource(), of.Type()
	p.Kind, p.Method, p.Endpoint, p.Source = tags.kind, tags.method, tags.endpoint, tags.source
	p.Status, p.GRPC, p.Peers = tags.httpStatus(), tags.grpcStatus(), ""
	p.Root = stats.False
	if s.parentID == 0 {
		p.Root = stats.True
	}
}

// countPlain counts a span for which nothing has been set by which statistics tell it from others of its site.
func (s *Span) countPlain(b *stats.Batch, service *string) {
	st := s.site.encoded()
	known := &st.inner
	if s.parentID == 0 {
		known = &st.first
	}
	if !b.AddKnown(known, service) {
		s.point(b, &noCounted, *service)
		b.Point.Version = ""
		b.AddAs(known, service)
	}
}

// peers tells who the span calls.
func (s *Span) peers(b *stats.Batch, tags *counted, common, site *tagList) {
	if !stats.Calls(tags.kind) {
		// A span that is no call has one, if code of the program's has given it a service of its own.
		if tags.base != "" && (tags.kind == "" || strings.EqualFold(tags.kind, "internal")) {
			b.Peers()
			b.AddPeer("_dd.base_service", tags.base)
		}
		return
	}
	var room [16]*tag
	found := room[:0]
	for i, list := range [...][]tag{s.own().tags, site.list, common.list} {
		for j := range list {
			t := &list[j]
			if t.isNum || t.text == "" || !b.IsPeer(t.key) || i > 0 && has(s.own().tags, t.key) || i > 1 && has(site.list, t.key) {
				continue
			}
			at := len(found)
			found = append(found, nil)
			for ; at > 0 && found[at-1].key > t.key; at-- {
				found[at] = found[at-1]
			}
			found[at] = t
		}
	}
	b.Peers()
	for _, t := range found {
		b.AddPeer(t.key, t.text)
	}
}

// topLevel tells whether the span is the first one of its service: the local root, or one whose parent is another service's.
func (s *Span) topLevel(service *string) bool {
	return s.has(flagRoot) || s.above != nil && s.above != service && *s.above != *service
}

func firstText(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
