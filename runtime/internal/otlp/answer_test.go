//go:build go1.21

package otlp

import (
	"strings"
	"testing"
)

func TestRejected(t *testing.T) {
	partial := func(n uint64, text string) []byte {
		return appendString(nil, 1, appendString(appendVarint(nil, 1, n), 2, text))
	}
	for _, c := range []struct {
		body    []byte
		spans   int64
		message string
	}{
		{nil, 0, ""},
		{partial(7, "too old"), 7, "too old"},
		{partial(0, "a warning"), 0, "a warning"},
		{partial(1<<63, "negative"), 0, "negative"},
		{append(appendFixed32(appendFixed64(nil, 9, 1), 8, 1), partial(2, "")...), 2, ""},
		{[]byte(`{"partialSuccess":{}}`), 0, ""},
		{partial(7, "x")[:3], 0, ""},
		{partial(1, strings.Repeat("ä", 1000)), 1, strings.Repeat("ä", maxMessage/2)},
		{partial(1, "\xff"), 1, ""},
	} {
		if spans, message := Rejected(c.body); spans != c.spans || message != c.message {
			t.Errorf("%q: %d, %q", c.body, spans, message)
		}
	}
	if got := Reason(appendString(appendVarint(nil, 1, 3), 2, "no trace id")); got != "no trace id" {
		t.Errorf("reason: %q", got)
	}
}

func TestFinal(t *testing.T) {
	for status, want := range map[int]bool{200: true, 202: true, 400: true, 404: true, 408: true, 413: true, 429: false, 500: true, 501: true, 502: false, 503: false, 504: false} {
		if Final(status) != want {
			t.Errorf("%d", status)
		}
	}
}
