package main

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/tinylib/msgp/msgp"

	"github.com/ddinstrument/ddinstrument/agent"
)

// A testSpan is the one that doctor sends.
type testSpan struct {
	trace agent.TraceID
	start time.Time
}

func newTestSpan(now time.Time) testSpan {
	return testSpan{agent.TraceID{Low: rand.Uint64()>>1 | 1}, now}
}

// payload is the span as the agent's v0.4 has it: a list of traces, each a list
// of spans. Its sampling priority says that the user does not want it kept, so
// that the real agent drops it.
func (s testSpan) payload() io.Reader {
	const userReject = -1
	b := msgp.AppendArrayHeader(nil, 1)
	b = msgp.AppendArrayHeader(b, 1)
	b = msgp.AppendMapHeader(b, 10)
	text := func(key, value string) { b = msgp.AppendString(msgp.AppendString(b, key), value) }
	number := func(key string, value int64) { b = msgp.AppendInt64(msgp.AppendString(b, key), value) }
	text("service", "ddinstrument-doctor")
	text("name", "doctor.test")
	text("resource", "doctor.test")
	text("type", "custom")
	b = msgp.AppendUint64(msgp.AppendString(b, "trace_id"), s.trace.Low)
	b = msgp.AppendUint64(msgp.AppendString(b, "span_id"), s.trace.Low)
	number("start", s.start.UnixNano())
	number("duration", int64(time.Millisecond))
	number("error", 0)
	b = msgp.AppendString(b, "metrics")
	b = msgp.AppendMapHeader(b, 1)
	b = msgp.AppendFloat64(msgp.AppendString(b, "_sampling_priority_v1"), userReject)
	return bytes.NewReader(b)
}

// header says, besides, that its numbers are counted elsewhere: so that the
// agent does not count them either (pkg/trace/api: headerTrue).
func (s testSpan) header() http.Header {
	h := http.Header{}
	h.Set("Content-Type", "application/msgpack")
	h.Set("X-Datadog-Trace-Count", "1")
	h.Set("Datadog-Meta-Lang", "go")
	h.Set("Datadog-Client-Computed-Stats", "true")
	h.Set("Datadog-Client-Computed-Top-Level", "true")
	return h
}
