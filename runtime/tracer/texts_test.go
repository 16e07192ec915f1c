//go:build go1.21

package tracer

import (
	"context"
	"strings"
	"testing"
)

func TestSetTexts(t *testing.T) {
	r := record(t)
	_, s := Trace(context.Background(), "command", Tag("host", "a"), Tag("other", "x"))
	s.SetTexts(SiteTag{"host", "b"}, SiteTag{"port", "6379"}, SiteTag{"empty", ""}, SiteTag{"long", strings.Repeat("x", 2*maxText)})
	s.Finish()
	s.SetTexts(SiteTag{"late", "x"})
	(*Span)(nil).SetTexts(SiteTag{"none", "x"})
	got := r.span(t).Meta
	for key, want := range map[string]string{"host": "b", "other": "x", "port": "6379"} {
		equal(t, key, got[key], want)
	}
	for _, key := range []string{"empty", "late"} {
		if v, ok := got[key]; ok {
			t.Errorf("%s is %q", key, v)
		}
	}
	equal(t, "length", len(got["long"]), maxText)
}

func TestSetTextsAllocatesOnce(t *testing.T) {
	record(t)
	host := strings.Repeat("h", 3)
	plain := testing.AllocsPerRun(100, func() {
		_, s := Trace(context.Background(), "command")
		s.Finish()
	})
	tagged := testing.AllocsPerRun(100, func() {
		_, s := Trace(context.Background(), "command")
		s.SetTexts(SiteTag{"a", host}, SiteTag{"b", host}, SiteTag{"c", host}, SiteTag{"d", host}, SiteTag{"e", host}, SiteTag{"f", host})
		s.Finish()
	})
	if tagged > plain+2.5 { // the detail, and room for the tags
		t.Errorf("%v allocations with tags, %v without", tagged, plain)
	}
}
