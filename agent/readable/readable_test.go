package readable

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode"
)

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"GET /":                   "GET /",
		" a \t\r\n b ":            "a b",
		"\x1b[2J\x07\u009b\u202e": `\x1b[2J\a\u009b\u202e`,
		"\xff日\x00":               `\xff日\x00`,
		strings.Repeat("x", 2000): strings.Repeat("x", textLimit) + "…",
	} {
		if got := Clean(text); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b]0;title\x07", 5)
	f.Add("日本\u200b\u0301", 3)
	f.Fuzz(func(t *testing.T, s string, w int) {
		w %= 200
		clean := Clean(s)
		if i := strings.IndexFunc(clean, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%q has %q", clean, clean[i:])
		}
		if w >= 0 && Width(Fit(clean, w)) != w {
			t.Errorf("%q is not %d columns wide", Fit(clean, w), w)
		}
		if over := TruncateLeft(clean, w); Width(over) > max(w, 0) {
			t.Errorf("%q is wider than %d columns", over, w)
		}
	})
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-1: "0ns", 999: "999ns", 12400 * time.Microsecond: "12.4ms", 999_499: "999µs", 999_500: "1.00ms",
		999_500 * time.Microsecond: "1.00s", 187 * time.Second: "3m07s", 312 * time.Minute: "5h12m", math.MaxInt64: "106751d",
	} {
		if got := Duration(int64(d)); got != want || Width(got) > 7 {
			t.Errorf("%d: %s, not %s", d, got, want)
		}
	}
}

func TestPlural(t *testing.T) {
	if got := Plural(1, "span") + Plural(0, "span") + Plural(uint64(12345), "span"); got != "1 span0 spans12,345 spans" {
		t.Error(got)
	}
}
