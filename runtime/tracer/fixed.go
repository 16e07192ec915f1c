//go:build go1.21

package tracer

import (
	"math/bits"
	"strings"

	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
	"github.com/ddinstrument/ddinstrument/runtime/internal/stack"
)

// Keys of tags that the runtime itself sets.
const (
	eventsTag   = "events"
	originTag   = "_dd.origin"
	priorityTag = "_sampling_priority_v1"
	topTag      = "_dd.top_level"
	measuredTag = "_dd.measured"

	// baseTag is, on spans of a service of their own, the program's (dd-trace-py, BaseServiceProcessor). It is a tag like
	// the program's, and stands in lists.
	baseTag = "_dd.base_service"
)

// place is where a span stands, by which it has certain tags besides those in lists.
type place struct {
	s           *Span
	more        *extra
	first       bool // of its chunk
	root        bool // of its trace, in this process
	top         bool // of its service
	thePrograms given
}

// given are tags of the runtime's that give way to the program's own of the same name.
type given uint8

const (
	givenType given = 1 << iota
	givenMessage
	givenStack
	givenLanguage
	givenRuntimeID
	givenProcessID // the only number
)

// givesWay finds the tag of the runtime's that gives way to one of the program's of this name; 0: there is none.
func givesWay(key string) given {
	switch key {
	case "error.type":
		return givenType
	case "error.message":
		return givenMessage
	case "error.stack":
		return givenStack
	case "language":
		return givenLanguage
	case "runtime-id":
		return givenRuntimeID
	case "process_id":
		return givenProcessID
	}
	return 0
}

// alike tells whether a tag in the list is named as one of the runtime's may be.
func alike(list []tag) bool {
	for i := range list {
		key := list[i].key
		if key == "" {
			continue
		}
		switch key[0] { // most keys are out at once
		case '_':
			if strings.HasPrefix(key, "_dd.") && key != baseTag || key == priorityTag {
				return true
			}
		case 'e', 'l', 'p', 'r':
			if key == eventsTag || givesWay(key) != 0 {
				return true
			}
		}
	}
	return false
}

// settle sees to it that each key is there once where the program has tags with the names of the runtime's. The
// program's count, as in Datadog's tracers, but for those that Datadog's own processing goes by.
func (e *encoder) settle(p *place, common, site *tagList, own []tag) (_, _ *tagList, _ []tag) {
	replaced := false
	for _, list := range [...][]tag{common.list, site.list, own} {
		for i := range list {
			p.thePrograms |= givesWay(list[i].key)
			replaced = replaced || e.sets(p, list[i].key)
		}
	}
	if f := p.more.failure; f == nil || f.bare {
		p.thePrograms &^= givenType | givenMessage
	}
	if f := p.more.failure; f == nil || len(f.pcs) == 0 {
		p.thePrograms &^= givenStack
	}
	if !p.root {
		p.thePrograms &^= givenLanguage | givenRuntimeID | givenProcessID
	}
	if !replaced {
		return common, site, own
	}
	common = newTagList(e.without(p, override(common.list, site.list, own)))
	return common, &noTags, e.without(p, own)
}

// without returns the tags whose keys the runtime does not set.
func (e *encoder) without(p *place, list []tag) (rest []tag) {
	for _, t := range list {
		if !e.sets(p, t.key) {
			rest = append(rest, t)
		}
	}
	return rest
}

// sets tells whether the span is to have a tag of this name that the runtime sets, whatever the program does.
func (e *encoder) sets(p *place, key string) bool {
	switch key {
	case eventsTag:
		return len(p.more.events) > 0
	case originTag:
		return (p.root || p.first) && e.trace.origin() != ""
	case priorityTag:
		return p.first
	case topTag:
		return p.top
	case measuredTag:
		return p.s.site.Measured
	}
	if p.root {
		for _, m := range e.decision.Metrics {
			if m.Name == key {
				return true
			}
		}
	}
	return p.first && (key == highKey && e.trace.high != 0 || key == mechanismKey && e.decision.Mechanism != "" ||
		key == rateKey && e.decision.Rate != "" || has(e.handedOn, key))
}

// fixed are counts of the tags that a span has besides those in lists.
type fixed struct{ meta, metrics int }

// count says how many entries fixedMeta and fixedMetrics will append.
func (e *encoder) count(p *place) (n fixed) {
	if f := p.more.failure; f != nil {
		if !f.bare {
			n.meta += 2
		}
		if len(f.pcs) > 0 {
			n.meta++
		}
	}
	if len(p.more.events) > 0 {
		n.meta++
	}
	if p.root {
		n.meta += 2
		n.metrics += 1 + len(e.decision.Metrics)
	}
	if p.first {
		n.metrics++
		if e.trace.high != 0 {
			n.meta++
		}
		if e.decision.Mechanism != "" {
			n.meta++
		}
		if e.decision.Rate != "" {
			n.meta++
		}
		n.meta += len(e.handedOn)
	}
	if (p.root || p.first) && e.trace.origin() != "" {
		n.meta++
	}
	if p.top {
		n.metrics++
	}
	if p.s.site.Measured {
		n.metrics++
	}
	if g := p.thePrograms; g != 0 {
		n.meta -= bits.OnesCount8(uint8(g &^ givenProcessID))
		n.metrics -= bits.OnesCount8(uint8(g & givenProcessID))
	}
	return n
}

func (e *encoder) fixedMeta(b []byte, p *place) []byte {
	depth := p.s.set.StackDepth
	if f := p.more.failure; f != nil {
		if !f.bare {
			b = p.pair(b, givenType, "error.type", f.typ)
			b = p.pair(b, givenMessage, "error.message", f.msg)
		}
		if len(f.pcs) > 0 && p.thePrograms&givenStack == 0 {
			b = appendPair(b, "error.stack", stack.Text(f.pcs, depth))
		}
	}
	if len(p.more.events) > 0 {
		b = appendPair(b, eventsTag, eventsText(p.more.events, depth))
	}
	if p.root {
		b = p.pair(b, givenLanguage, "language", "go")
		b = p.pair(b, givenRuntimeID, "runtime-id", p.s.set.runtimeID)
	}
	if o := e.trace.origin(); (p.root || p.first) && o != "" {
		b = appendPair(b, originTag, o)
	}
	if !p.first {
		return b
	}
	if e.trace.high != 0 {
		b = msgpack.AppendString(b, highKey)
		b = appendHex16(b, e.trace.high)
		e.high = len(b) - 16
	}
	if m := e.decision.Mechanism; m != "" {
		b = appendPair(b, mechanismKey, m)
	}
	if r := e.decision.Rate; r != "" {
		b = appendPair(b, rateKey, r)
	}
	for _, t := range e.handedOn {
		b = appendPair(b, t.key, t.text)
	}
	return b
}

// pair appends a tag unless it gives way to one of the program's.
func (p *place) pair(b []byte, g given, key, value string) []byte {
	if p.thePrograms&g != 0 {
		return b
	}
	return appendPair(b, key, value)
}

func (e *encoder) fixedMetrics(b []byte, p *place) []byte {
	if p.root {
		if p.thePrograms&givenProcessID == 0 {
			b = appendNumber(b, "process_id", p.s.set.processID)
		}
		for _, m := range e.decision.Metrics {
			b = appendNumber(b, m.Name, m.Value)
		}
	}
	if p.first {
		b = appendNumber(b, priorityTag, float64(e.decision.Priority))
	}
	if p.top {
		b = appendNumber(b, topTag, 1)
	}
	if p.s.site.Measured {
		b = appendNumber(b, measuredTag, 1)
	}
	return b
}
