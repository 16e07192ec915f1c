//go:build go1.21

package natsinfo

import (
	"context"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"github.com/ddinstrument/ddinstrument/runtime/tracetest"
)

func TestHeaders(t *testing.T) {
	rec := tracetest.Start(t)
	for _, header := range []string{"", "NATS/1.0\r\n\r\n", "NATS/1.0\r\nA: traceparent: 1\r\nTraceParent: stale\r\nB: \r\n\r\n", "odd"} {
		if got := Headers(context.Background(), []byte(header)); string(got) != header {
			t.Errorf("without a span %q becomes %q", header, got)
		}
		ctx, span := Request.Start(nil)
		if !span.Of(&Request) || span.Of(&Publish) || (*tracer.Span)(nil).Of(&Request) {
			t.Error("a span is not of its site")
		}
		got := string(Headers(ctx, []byte(header)))
		span.Finish()
		if header == "odd" {
			if got != header {
				t.Errorf("%q becomes %q", header, got)
			}
			continue
		}
		kept := header
		kept = strings.Replace(kept, "TraceParent: stale\r\n", "", 1)
		if kept == "" {
			kept = "NATS/1.0\r\n\r\n"
		}
		if !strings.HasPrefix(got, strings.TrimSuffix(kept, "\r\n")) || !strings.HasSuffix(got, "\r\n\r\n") ||
			strings.Count(strings.ToLower(got), "traceparent: 00-") != 1 || strings.Contains(got, "stale") {
			t.Errorf("%q becomes %q", header, got)
		}
		received := map[string][]string{}
		for _, line := range strings.Split(got, "\r\n") {
			if key, value, ok := strings.Cut(line, ": "); ok {
				received[strings.ToUpper(key)] = append(received[key], value)
			}
		}
		Start(received, "a", "").Finish()
	}
	spans := rec.Spans()
	for i := 0; i+1 < len(spans); i += 2 {
		sent, received := spans[i], spans[i+1]
		if sent.Name == "nats.consume" {
			sent, received = received, sent
		}
		if i < 6 && (received.ParentID != sent.ID || received.TraceID != sent.TraceID) {
			t.Errorf("%v is not the parent of %v", sent, received)
		}
	}
}

func TestDescribe(t *testing.T) {
	rec := tracetest.Start(t)
	for subject, want := range map[string]string{"orders.new": "orders.new", "_INBOX.x.y": "_INBOX", "mine.x": "_INBOX", "mines.x": "mines.x", "mine": "mine"} {
		span := Start(nil, subject, "mine")
		span.Finish()
		all := rec.Spans()
		if last := all[len(all)-1]; last.Resource != want || last.Tag("messaging.destination.name") != want {
			t.Errorf("%s is described as %s", subject, last.Resource)
		}
	}
	if !Internal("$JS.API.INFO") || Internal("JS") || Internal("") {
		t.Error("Internal is wrong")
	}
}
