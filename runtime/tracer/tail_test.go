//go:build go1.21

package tracer

import (
	"bytes"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/internal/sampling"
)

// TestTails compares what has been remembered of spans with what they are encoded to afresh, while all that it depends on
// changes: services, tags of all spans, the sampling decision, whether trace ids are wide, and what spans have of their own.
func TestTails(t *testing.T) {
	bench(t)
	site := &Site{Name: "tails", Type: "web", Tags: []SiteTag{{"component", "c"}}}
	decisions := []*sampling.Decision{sampling.Standard(true), sampling.ByProgram(true), sampling.Elsewhere(2)}
	hits := 0
	for round := 0; round < 200; round++ {
		if round%40 == 39 {
			SetTags(map[string]any{"round": round})
		}
		ctx, root := site.Enter(bg)
		_, child := site.Enter(ctx)
		spans := []*Span{(*Span)(root), (*Span)(child)}
		spans[0].trace.high *= uint64(round / 50 % 2)
		switch round % 5 {
		case 3:
			spans[0].SetService("other")
			spans[1].SetService("other")
		case 4:
			spans[round/5%2].SetTag("own", round)
		}
		e := encoder{trace: spans[0].trace, decision: decisions[round/7%3]}
		for i, s := range spans {
			st, service := s.site.encoded(), s.service.Load()
			for _, at := range []*tail{st.tails.root.Load(), st.tails.inner.Load()} {
				if at != nil {
					at.made = 0 // so that the next one replaces it
				}
			}
			if at := e.tailOf(st, s, service, i == 0); at != nil && at.Load().fits(&e, s, *service, i == 0) {
				hits++
			}
			for again := 0; again < 2; again++ {
				got, want := e.span(nil, s, i == 0), e.tail(nil, st, s, service, i == 0)
				if !bytes.HasSuffix(got, want) {
					t.Fatalf("round %d, span %d, time %d:\n%q does not end in\n%q", round, i, again, got, want)
				}
			}
		}
		child.ExitNone()
		root.ExitNone()
	}
	if hits < 50 {
		t.Errorf("%d of 400 spans were remembered", hits)
	}
}
