package agents

import (
	"encoding/binary"
	"fmt"
	"maps"
	"strconv"

	pb "github.com/DataDog/datadog-agent/pkg/proto/pbgo/trace"
	"github.com/DataDog/datadog-agent/pkg/proto/pbgo/trace/idx"
)

// chunk is part of a trace, the same whether it comes in the form of v0.4 (which the agent sends on if it is told not to
// convert it) or in that of v1.0. What v1.0 says once of the whole chunk is here, and no tag of a span.
type chunk struct {
	high      uint64 // upper half of the trace id
	low       uint64
	priority  int
	mechanism int // who has decided
	origin    string
	spans     map[uint64]span
}

type span struct {
	name, service, resource, typ string

	parent          uint64
	start, duration int64
	failed          bool
	meta            map[string]string
	metrics         map[string]float64
	links           string // all of them, as text
}

// The tags of v0.4 for which v1.0 has fields of a chunk or payload.
const (
	highKey      = "_dd.p.tid"
	mechanismKey = "_dd.p.dm"
	priorityKey  = "_sampling_priority_v1"
	originKey    = "_dd.origin"
)

func fromSpans(list []*pb.Span) chunk {
	c := chunk{spans: map[uint64]span{}}
	for _, s := range list {
		c.low = s.TraceID
		n := span{s.Name, s.Service, s.Resource, s.Type, s.ParentID, s.Start, s.Duration, s.Error != 0,
			maps.Clone(s.Meta), maps.Clone(s.Metrics), ""}
		for _, l := range s.SpanLinks {
			n.links += fmt.Sprintf("%x %x %x %q %x %q\n", l.TraceIDHigh, l.TraceID, l.SpanID, l.Tracestate, l.Flags, l.Attributes)
		}
		if v, ok := n.meta[highKey]; ok {
			c.high, _ = strconv.ParseUint(v, 16, 64)
		}
		if v, ok := n.meta[mechanismKey]; ok {
			c.mechanism, _ = strconv.Atoi(v)
			c.mechanism = -c.mechanism
		}
		if v, ok := n.metrics[priorityKey]; ok {
			c.priority = int(v)
		}
		if v, ok := n.meta[originKey]; ok {
			c.origin = v
		}
		n.lift()
		c.spans[s.SpanID] = n
	}
	return c
}

// lift takes out of a span's tags what is said of its chunk or of who sends it.
func (s *span) lift() {
	for _, key := range []string{highKey, mechanismKey, originKey, "language", "runtime-id"} {
		delete(s.meta, key)
	}
	delete(s.metrics, priorityKey)
}

func fromIndexed(in *idx.InternalTraceChunk) chunk {
	c := chunk{
		high: in.TraceIDHigh(), low: in.LegacyTraceID(), priority: int(in.Priority), mechanism: int(in.SamplingMechanism()),
		origin: in.Origin(), spans: map[uint64]span{},
	}
	for _, s := range in.Spans {
		n := span{s.Name(), s.Service(), s.Resource(), s.Type(), s.ParentID(), int64(s.Start()), int64(s.Duration()), s.Error(),
			map[string]string{}, map[string]float64{}, ""}
		for _, l := range s.Links() {
			high, low := binary.BigEndian.Uint64(l.TraceID()), binary.BigEndian.Uint64(l.TraceID()[8:])
			n.links += fmt.Sprintf("%x %x %x %q %x %q\n", high, low, l.SpanID(), l.Tracestate(), l.Flags(), texts(in.Strings, l.Attributes()))
		}
		for _, e := range s.Events() {
			n.meta["events"] += fmt.Sprintf("%d %q %q\n", e.Time(), e.Name(), texts(in.Strings, e.Attributes()))
		}
		for ref, v := range s.Attributes() {
			key := in.Strings.Get(ref)
			switch v.Value.(type) {
			case *idx.AnyValue_DoubleValue, *idx.AnyValue_IntValue:
				f, err := v.AsDoubleValue(in.Strings)
				if err != nil {
					n.meta[key] = fmt.Sprint("no number: ", err)
				}
				n.metrics[key] = f
			default:
				n.meta[key] = v.AsString(in.Strings)
			}
		}
		for key, value := range map[string]string{"env": s.Env(), "version": s.Version(), "component": s.Component()} {
			if value != "" {
				n.meta[key] = value
			}
		}
		if kind := s.SpanKind(); s.Kind() > idx.SpanKind_SPAN_KIND_INTERNAL {
			n.meta["span.kind"] = kind
		}
		n.lift()
		c.spans[s.SpanID()] = n
	}
	return c
}

// texts are attributes with their values as texts, and with their types, unless that is string.
func texts(strings *idx.StringTable, list map[uint32]*idx.AnyValue) map[string]string {
	m := map[string]string{}
	for ref, v := range list {
		m[strings.Get(ref)] = v.AsString(strings)
		if _, ok := v.Value.(*idx.AnyValue_StringValueRef); !ok {
			m[strings.Get(ref)] += fmt.Sprintf(" %T", v.Value)
		}
	}
	return m
}

// sender is what a payload says of who sends it.
type sender struct{ language, tracer, env, version, languageVersion string }

func senderOf(p any) sender {
	switch p := p.(type) {
	case *pb.TracerPayload:
		return sender{p.LanguageName, p.TracerVersion, p.Env, p.AppVersion, p.LanguageVersion}
	case *idx.InternalTracerPayload:
		return sender{p.LanguageName(), p.TracerVersion(), p.Env(), p.AppVersion(), p.LanguageVersion()}
	}
	return sender{}
}
