//go:build ignore

package kafka

import (
	"context"
	"errors"
	"strings"

	ddconsume "github.com/ddinstrument/ddinstrument/runtime/libs/consume"
	ddinfo "github.com/ddinstrument/ddinstrument/runtime/libs/kafkainfo"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// ddSpans are the spans of messages that a reader has handed out.
type ddSpans = ddconsume.Spans

const ddComponent = "segmentio/kafka.go.v0"

var (
	ddProduced = ddinfo.Produced(ddComponent)
	ddConsumed = ddinfo.Consumed(ddComponent)
)

// ddWritten are the spans of messages that are being written.
type ddWritten []*ddtracer.Span

// ddProduce begins a span for each of the messages. What is written are copies of them that have the trace in their
// headers: the caller's stay as they are.
func ddProduce(ctx context.Context, w *Writer, msgs []Message) ([]Message, ddWritten) {
	if len(msgs) == 0 || !ddtracer.On() {
		return msgs, nil
	}
	spans := make(ddWritten, len(msgs))
	copies := make([]Message, len(msgs))
	for i := range msgs {
		copies[i] = msgs[i]
		spans[i] = ddProduceOne(ctx, w, &copies[i])
	}
	return copies, spans
}

func ddProduceOne(ctx context.Context, w *Writer, msg *Message) *ddtracer.Span {
	topic := w.Topic
	if topic == "" {
		topic = msg.Topic
	}
	in, span := ddProduced.Get(topic).Start(ctx)
	if span == nil {
		return nil
	}
	if w.Addr != nil {
		span.SetTag(ddinfo.Servers, w.Addr.String())
	}
	before := msg.Headers
	sent := make(ddSent, 0, 8)
	ddtracer.Propagate(in, ddtracer.Onto{There: (*ddReceived)(msg).Get, Add: sent.add})
	msg.Headers = ddWith(before, sent)
	if int64(msg.totalSize()) > w.batchBytes() {
		msg.Headers = before // it would be refused for what is ours
	}
	return span
}

// end ends the spans with what WriteMessages returns, which may say for each message what became of it.
func (spans ddWritten) end(err *error) {
	if spans == nil {
		return
	}
	var each WriteErrors
	if *err != nil && (!errors.As(*err, &each) || len(each) != len(spans)) {
		each = nil
	}
	for i, span := range spans {
		one := *err
		if each != nil {
			one = each[i]
		}
		if one != nil {
			span.SetError(one)
		}
		span.Finish()
	}
}

// ddConsume begins the span of a message that the reader hands out. The goroutine works on it until it asks for the
// next one.
func ddConsume(r *Reader, msg *Message, err *error) {
	if *err != nil || !ddtracer.On() {
		return
	}
	_, span := ddConsumed.Get(msg.Topic).Start(ddtracer.Extract((*ddReceived)(msg)).Context(nil))
	if span == nil {
		return
	}
	span.SetTag(ddinfo.Partition, msg.Partition)
	span.SetTag(ddinfo.Offset, msg.Offset)
	if len(r.config.Brokers) > 0 {
		span.SetTag(ddinfo.Servers, strings.Join(r.config.Brokers, ","))
	}
	span.Activate()
	r.ddspans.Add(span)
}

// ddSent are headers that are added.
type ddSent []Header

func (s *ddSent) add(key, value string) { *s = append(*s, Header{Key: key, Value: []byte(value)}) }

// ddWith returns a message's headers and ours. What it has of the kind, because somebody hands on what he has received,
// is replaced.
func ddWith(headers []Header, ours ddSent) []Header {
	list := make([]Header, 0, len(headers)+len(ours))
	for _, h := range headers {
		if !ours.has(h.Key) {
			list = append(list, h)
		}
	}
	return append(list, ours...)
}

func (s ddSent) has(key string) bool {
	for _, h := range s {
		if strings.EqualFold(h.Key, key) {
			return true
		}
	}
	return false
}

// ddReceived is a message as a carrier to read from.
type ddReceived Message

func (m *ddReceived) Get(key string) string {
	for _, h := range m.Headers {
		if strings.EqualFold(h.Key, key) {
			return string(h.Value)
		}
	}
	return ""
}

func (m *ddReceived) Set(key, value string) {}
