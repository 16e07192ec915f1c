//go:build ignore

package nats

import (
	"context"

	ddconsume "github.com/ddinstrument/ddinstrument/runtime/libs/consume"
	ddinfo "github.com/ddinstrument/ddinstrument/runtime/libs/natsinfo"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// ddSpans are the spans of messages that a subscription has handed out.
type ddSpans = ddconsume.Spans

// ddPublish begins the span of a message that is sent, and puts the trace into its headers. What a request or JetStream
// sends has a span already.
func ddPublish(nc *Conn, subj string, hdr, data []byte) ([]byte, *ddtracer.Call) {
	if nc == nil || !ddtracer.On() || ddinfo.Internal(subj) {
		return hdr, nil
	}
	var call *ddtracer.Call
	if at := ddtracer.CurrentSpan(nil); at.Of(&ddinfo.Request) || at.Of(&ddinfo.Publish) {
		ddServer(nc, at)
	} else if call = ddinfo.Publish.EnterGoroutine(); call != nil {
		ddinfo.Describe((*ddtracer.Span)(call), subj, nc.Opts.InboxPrefix)
		ddServer(nc, (*ddtracer.Span)(call))
	} else {
		return hdr, nil
	}
	with := ddinfo.Headers(nil, hdr)
	if len(hdr) != len(with) && !ddTakes(nc, len(with)+len(data)) {
		return hdr, call
	}
	return with, call
}

// ddServer says where to something is sent.
func ddServer(nc *Conn, span *ddtracer.Span) {
	nc.mu.RLock()
	conn := nc.conn
	nc.mu.RUnlock()
	if conn != nil {
		ddinfo.Server(span, conn.RemoteAddr())
	}
}

// ddTakes reports whether the server takes a message of this size with headers. While there is no connection messages
// are kept for later, in a room of a certain size, which is the program's alone.
func ddTakes(nc *Conn, size int) bool {
	nc.mu.RLock()
	defer nc.mu.RUnlock()
	if nc.bw == nil || nc.bw.pending != nil {
		return false
	}
	return nc.info.Headers && int64(size) <= nc.info.MaxPayload
}

// ddRequest begins the span of a request, which lasts until there is an answer.
func ddRequest(nc *Conn, ctx context.Context, subj string) *ddtracer.Call {
	if nc == nil || !ddtracer.On() || ddinfo.Internal(subj) || ddtracer.CurrentSpan(nil).Of(&ddinfo.Publish) {
		return nil
	}
	call := ddinfo.Request.EnterFrom(ctx)
	ddinfo.Describe((*ddtracer.Span)(call), subj, nc.Opts.InboxPrefix)
	return call
}

// ddPublishMsg begins the span of a message for JetStream, which lasts until that has it.
func ddPublishMsg(m *Msg) *ddtracer.Call {
	if m == nil || ddinfo.Internal(m.Subject) {
		return nil
	}
	call := ddinfo.Publish.EnterGoroutine()
	ddinfo.Describe((*ddtracer.Span)(call), m.Subject, "")
	return call
}

// ddOwn reports whether a message is for the library itself: an answer, or one that says how a consumer is doing.
func ddOwn(nc *Conn, m *Msg) bool {
	prefix := ""
	if nc != nil {
		prefix = nc.Opts.InboxPrefix
	}
	return ddinfo.Internal(m.Subject) || ddinfo.Inbox(m.Subject, prefix) || len(m.Data) == 0 && len(m.Header[statusHdr]) > 0
}

// ddHandler has a span around what a subscription calls for each message.
func ddHandler(nc *Conn, subj, queue string, cb MsgHandler) MsgHandler {
	if cb == nil || nc == nil || subj == nc.respSub {
		return cb
	}
	return func(m *Msg) {
		if ddtracer.On() && !ddOwn(nc, m) {
			call := ddinfo.Consume.EnterFrom(ddinfo.Parent(m.Header))
			defer call.ExitNone()
			span := (*ddtracer.Span)(call)
			ddinfo.Describe(span, m.Subject, "")
			if queue != "" && span != nil {
				span.SetTag("messaging.consumer.group.name", queue)
			}
		}
		cb(m)
	}
}

// ddDelivered begins the span of a message that a subscription hands out. The goroutine works on it until it asks for
// the next one; where there won't be any, nobody can tell how long.
func ddDelivered(s *Subscription, m *Msg, err *error) {
	if *err != nil || !ddtracer.On() {
		return
	}
	s.mu.Lock()
	nc, last := s.conn, s.closed
	batch := s.jsi != nil && s.jsi.pull
	s.mu.Unlock()
	if batch || ddOwn(nc, m) {
		return
	}
	s.ddspans.Next()
	span := ddinfo.Start(m.Header, m.Subject, "")
	if last {
		span.Finish()
		return
	}
	span.Activate()
	s.ddspans.Add(span)
}

func ddFetching(s *Subscription) {
	if s != nil {
		s.ddspans.End()
	}
}

// ddFetched begins the spans of a batch of messages, which end when the next one is fetched. The goroutine works on the
// message if there is one only.
func ddFetched(s *Subscription, msgs *[]*Msg) {
	if !ddtracer.On() || len(*msgs) == 0 {
		return
	}
	spans := make([]*ddtracer.Span, len(*msgs))
	for i, m := range *msgs {
		spans[i] = ddinfo.Start(m.Header, m.Subject, "")
	}
	if len(spans) == 1 {
		spans[0].Activate()
	}
	s.ddspans.AddAll(spans)
}

// ddClosing ends the spans of all that has been handed out.
func ddClosing(nc *Conn) {
	if nc == nil {
		return
	}
	nc.subsMu.RLock()
	defer nc.subsMu.RUnlock()
	for _, s := range nc.subs {
		s.ddspans.End()
	}
}
