//go:build ignore

package jetstream

import (
	"bytes"
	"context"

	ddconsume "github.com/ddinstrument/ddinstrument/runtime/libs/consume"
	ddinfo "github.com/ddinstrument/ddinstrument/runtime/libs/natsinfo"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
	"github.com/nats-io/nats.go"
)

type (
	// ddSpans are the spans of messages that a consumer has handed out.
	ddSpans = ddconsume.Spans
	ddSpan  = ddtracer.Span
)

// ddPublish begins the span of a message, which lasts until JetStream has it.
func ddPublish(ctx context.Context, m *nats.Msg) (context.Context, *ddtracer.Call) {
	if m == nil || ddinfo.Internal(m.Subject) {
		return ctx, nil
	}
	in, call := ddinfo.Publish.Enter(ctx)
	ddinfo.Describe((*ddtracer.Span)(call), m.Subject, "")
	return in, call
}

// ddReceived begins the span of a message that was received, which ends when it is acknowledged. Where a handler is
// called with it there is one already.
func ddReceived(m **jetStreamMsg) {
	if msg := (*m).msg; msg != nil && ddtracer.On() && !ddinfo.Internal(msg.Subject) && !ddtracer.CurrentSpan(nil).Of(&ddinfo.Consume) {
		(*m).ddspan = ddinfo.Start(msg.Header, msg.Subject, "")
	}
}

// ddAcked ends a message's span, unless all that is said is that it is being worked on.
func ddAcked(m *jetStreamMsg, kind ackType) {
	if !bytes.Equal(kind, ackProgress) {
		m.ddspan.Finish()
	}
}

// ddNext has the goroutine work on a message that it is handed until it asks for the next one, or acknowledges it.
func ddNext(spans *ddSpans, m *Msg) {
	msg, ok := (*m).(*jetStreamMsg)
	if !ok || msg == nil {
		return
	}
	if msg.ddspan == nil && msg.msg != nil && ddtracer.On() && !ddinfo.Internal(msg.msg.Subject) {
		msg.ddspan = ddinfo.Start(msg.msg.Header, msg.msg.Subject, "")
	}
	if msg.ddspan != nil {
		msg.ddspan.Activate()
		spans.Add(msg.ddspan)
	}
}
