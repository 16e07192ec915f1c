//go:build go1.21

package tracer

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"sort"
	"strings"
	"testing"
)

// naively are the counts of spans that have arrived, as counts has them, by what is in the spans alone.
func naively(chunks [][]recorded, version string) map[string]int {
	type kind struct{ words, of string }
	hits, failed, top := map[kind]int{}, map[kind]int{}, map[kind]int{}
	for _, c := range chunks {
		for _, s := range c {
			if !naivelyCounts(s) {
				continue
			}
			k := kind{naiveWords(s), version}
			if v := s.Meta["version"]; v != "" {
				k.of = v
			}
			hits[k]++
			failed[k] += int(s.Error)
			top[k] += int(s.Metrics[topTag])
		}
	}
	lines := map[string]int{}
	for k, n := range hits {
		words := append(strings.Split(k.words, "\t"), fmt.Sprint("Hits=", n))
		if n := failed[k]; n > 0 {
			words = append(words, fmt.Sprint("Errors=", n))
		}
		if n := top[k]; n > 0 {
			words = append(words, fmt.Sprint("TopLevelHits=", n))
		}
		sort.Strings(words)
		if k.of != "" {
			words = append(words, "of "+k.of)
		}
		lines[strings.Join(words, " ")]++
	}
	return lines
}

func naivelyCounts(s recorded) bool {
	kind := s.Meta["span.kind"]
	return s.Metrics[topTag] == 1 || s.Metrics[measuredTag] == 1 || kind == "server" || kind == "client"
}

// naiveWords are what tells kinds of spans apart, but for the version.
func naiveWords(s recorded) string {
	kind, root := s.Meta["span.kind"], 2
	if s.Parent == 0 {
		root = 1
	}
	words := []string{fmt.Sprint("IsTraceRoot=", root), "Name=" + s.Name, "Resource=" + s.Resource, "Service=" + s.Service}
	if s.Type != "" {
		words = append(words, "Type="+s.Type)
	}
	if kind != "" {
		words = append(words, "SpanKind="+kind)
	}
	if code := s.Metrics["http.status_code"]; code != 0 {
		words = append(words, fmt.Sprint("HTTPStatusCode=", code))
	}
	var peers []string
	if base := s.Meta[baseTag]; base != "" && kind != "server" {
		peers = append(peers, baseTag+":"+base)
	}
	if peer := s.Meta["peer.service"]; peer != "" && kind == "client" {
		peers = append(peers, "peer.service:"+peer)
	}
	if len(peers) > 0 {
		words = append(words, fmt.Sprint("PeerTags=", peers))
	}
	return strings.Join(words, "\t")
}

// naiveSites are what the programs below trace.
var naiveSites = []*Site{
	{Name: "plain"},
	{Name: "same", Resource: "same"},
	{Name: "measured", Measured: true},
	{Name: "served", Service: "db", Type: "sql", Resource: "SELECT"},
	{Name: "mapped", Service: "from"},
	{Name: "kind", Tags: []SiteTag{{"span.kind", "client"}, {"peer.service", "p"}}},
	{Name: "versioned", Measured: true, Tags: []SiteTag{{"version", "site"}}},
	{Name: "root", Root: true},
}

// naiveProgram traces something, and sets this and that.
func naiveProgram(ctx context.Context, r *rand.Rand, depth int) {
	ctx, c := naiveSites[r.Intn(len(naiveSites))].Enter(ctx)
	defer c.ExitNone()
	s := (*Span)(c)
	pick := func(list ...string) string { return list[r.Intn(len(list))] }
	for n := r.Intn(4) - 2; n > 0; n-- {
		switch r.Intn(9) {
		case 0:
			s.SetService(pick("conf", "CONF", "db", "from", "to"))
		case 1:
			s.SetResource(pick("a", "b"))
		case 2:
			s.SetName(pick("plain", "other"))
		case 3:
			s.SetError(errors.New("boo"))
		case 4:
			s.SetTag("span.kind", pick("server", "client", "internal"))
		case 5:
			s.SetTag("http.status_code", 200+r.Intn(3))
		case 6:
			s.SetTag(pick("version", "service.version"), pick("1.2", "own"))
		case 7:
			s.SetTag(pick("a", "peer.service"), "b")
		case 8:
			SetTags(map[string]any{pick("x", "x", "x", "version", "peer.service"): pick("1", "1.2")})
		}
	}
	for n := r.Intn(4); n > 0 && depth > 0; n-- {
		naiveProgram(ctx, r, depth-1)
	}
}

// TestCountNaively runs random programs and counts what has arrived of them.
func TestCountNaively(t *testing.T) {
	for seed := int64(0); seed < 8; seed++ {
		version := []string{"", "1.2"}[seed%2]
		env := []string{"DD_SERVICE_MAPPING=from:to", "DD_VERSION=" + version, "DD_TAGS="}
		if seed%4 >= 2 {
			env[2] = "DD_TAGS=peer.service:all,team:t"
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rec := record(t, env...)
			c := counting()
			r := rand.New(rand.NewSource(seed))
			for i := 0; i < 400; i++ {
				naiveProgram(context.Background(), r, 3)
			}
			want := naively(rec.traces(t), version)
			for _, line := range counts(t, c.Flush(true)) {
				want[line]--
			}
			for line, n := range want {
				if n != 0 {
					t.Errorf("%+d %s", n, line)
				}
			}
		})
	}
}
