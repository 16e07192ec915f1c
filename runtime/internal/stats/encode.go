//go:build go1.21

package stats

import (
	"encoding/binary"
	"sort"
	"unicode/utf8"

	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

// The format is the agent's ClientStatsPayload in MessagePack, a map of names to values in which what is missing is empty
// (https://github.com/DataDog/datadog-agent, pkg/proto/pbgo/trace/stats.proto and stats_gen.go).

// maxGroups is how many groups a payload has at most.
const maxGroups = 1000

// encoder makes payloads of buckets: of each version of the program's one or more.
type encoder struct {
	header   *Header
	sequence uint64
	parts    map[string][]part
}

// part is a bucket of a payload.
type part struct {
	start  int64
	groups []*group
}

func (e *encoder) add(start int64, groups []*group) {
	of := map[string][]*group{}
	for _, g := range groups {
		of[g.key.Version] = append(of[g.key.Version], g)
	}
	if e.parts == nil {
		e.parts = map[string][]part{}
	}
	for version, groups := range of {
		e.parts[version] = append(e.parts[version], part{start, groups})
	}
}

// finish returns the payloads.
func (e *encoder) finish() (payloads [][]byte) {
	var versions []string
	for v := range e.parts {
		versions = append(versions, v)
	}
	sort.Strings(versions)
	for _, v := range versions {
		parts := e.parts[v]
		for len(parts) > 0 {
			var some []part
			some, parts = split(parts)
			payloads = append(payloads, e.payload(v, some))
		}
	}
	return payloads
}

// split takes as many groups as go into one payload.
func split(parts []part) (some, rest []part) {
	room := maxGroups
	for len(parts) > 0 && room > 0 {
		p := parts[0]
		if len(p.groups) > room {
			rest = append([]part{{p.start, p.groups[room:]}}, parts[1:]...)
			return append(some, part{p.start, p.groups[:room]}), rest
		}
		room -= len(p.groups)
		some, parts = append(some, p), parts[1:]
	}
	return some, parts
}

func (e *encoder) payload(version string, parts []part) []byte {
	h := e.header
	if version == "" {
		version = h.Version
	}
	e.sequence++
	texts := make([][2]string, 0, 16)
	for _, t := range [][2]string{
		{"Hostname", h.Hostname}, {"Env", h.Env}, {"Version", version}, {"Lang", h.Language}, {"TracerVersion", h.TracerVersion},
		{"RuntimeID", h.RuntimeID}, {"Service", h.Service}, {"ContainerID", h.ContainerID}, {"GitCommitSha", h.GitCommit},
		{"ImageTag", h.Image}, {"ProcessTags", h.Processes},
	} {
		if t[1] != "" {
			texts = append(texts, t)
		}
	}
	b := msgpack.AppendMap(nil, len(texts)+2)
	for _, t := range texts {
		b = msgpack.AppendString(msgpack.AppendString(b, t[0]), t[1])
	}
	b = msgpack.AppendUint(msgpack.AppendString(b, "Sequence"), e.sequence)
	b = msgpack.AppendArray(msgpack.AppendString(b, "Stats"), len(parts))
	for _, p := range parts {
		b = msgpack.AppendMap(b, 3)
		b = msgpack.AppendUint(msgpack.AppendString(b, "Start"), uint64(p.start))
		b = msgpack.AppendUint(msgpack.AppendString(b, "Duration"), uint64(period))
		b = msgpack.AppendArray(msgpack.AppendString(b, "Stats"), len(p.groups))
		for _, g := range p.groups {
			b = g.appendTo(b)
		}
	}
	return b
}

func (g *group) appendTo(b []byte) []byte {
	k := &g.key
	texts := [...]struct{ name, value string }{
		{"Service", k.Service}, {"Name", k.Name}, {"Resource", k.Resource}, {"Type", k.Type}, {"SpanKind", k.Kind},
		{"GRPCStatusCode", k.GRPC}, {"HTTPMethod", k.Method}, {"HTTPEndpoint", k.Endpoint}, {"srv_src", k.Source},
	}
	numbers := [...]struct {
		name  string
		value uint64
	}{
		{"HTTPStatusCode", uint64(k.Status)}, {"IsTraceRoot", uint64(k.Root)},
		{"Hits", g.hits}, {"Errors", g.errors}, {"TopLevelHits", g.top}, {"Duration", g.duration},
	}
	peers := countStrings(k.Peers)
	fields := 2 + len(numbers)
	for _, t := range texts {
		if t.value != "" {
			fields++
		}
	}
	if k.Synthetics {
		fields++
	}
	if peers > 0 {
		fields++
	}
	b = msgpack.AppendMap(b, fields)
	for _, t := range texts {
		if t.value != "" {
			b = msgpack.AppendString(msgpack.AppendString(b, t.name), valid(t.value))
		}
	}
	for _, n := range numbers {
		b = msgpack.AppendUint(msgpack.AppendString(b, n.name), n.value)
	}
	if k.Synthetics {
		b = append(msgpack.AppendString(b, "Synthetics"), 0xc3)
	}
	if peers > 0 {
		b = msgpack.AppendArray(msgpack.AppendString(b, "PeerTags"), peers)
		b = append(b, k.Peers...)
	}
	b = appendBinary(msgpack.AppendString(b, "OkSummary"), &g.ok)
	return appendBinary(msgpack.AppendString(b, "ErrorSummary"), &g.failed)
}

// valid replaces what is not UTF-8, as the agent does in spans, but not in statistics.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s))
}

// countStrings returns how many strings in MessagePack there are.
func countStrings(list string) (n int) {
	r := msgpack.Reader{Rest: []byte(list)}
	for len(r.Rest) > 0 {
		r.Skip()
		n++
	}
	return n
}

// appendBinary appends a sketch as bytes, with a length that is written when it is known.
func appendBinary(b []byte, s *sketch) []byte {
	b = append(b, 0xc6, 0, 0, 0, 0)
	at := len(b)
	b = s.appendTo(b)
	binary.BigEndian.PutUint32(b[at-4:], uint32(len(b)-at)) // at most some 16 KiB
	return b
}
