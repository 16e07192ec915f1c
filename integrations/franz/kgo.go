//go:build ignore

package kgo

import (
	"context"
	"strings"

	ddconsume "github.com/ddinstrument/ddinstrument/runtime/libs/consume"
	ddinfo "github.com/ddinstrument/ddinstrument/runtime/libs/kafkainfo"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// ddSpans are the spans of records that a client has handed out.
type ddSpans = ddconsume.Spans

const ddComponent = "twmb/franz-go"

var (
	ddProduced = ddinfo.Produced(ddComponent)
	ddConsumed = ddinfo.Consumed(ddComponent)
)

// ddProduce begins the span of a record that is produced, which is in the record's context from now on. The promise
// that it returns ends it.
func ddProduce(cl *Client, ctx context.Context, r *Record, promise func(*Record, error)) func(*Record, error) {
	if !ddtracer.On() {
		return promise
	}
	topic := r.Topic
	if topic == "" {
		topic = cl.cfg.defaultProduceTopic
	}
	if r.Context != nil {
		ctx = r.Context
	}
	in, span := ddProduced.Get(topic).Start(ctx)
	if span == nil {
		return promise
	}
	r.Context = in
	ddSend(cl, r, in)
	return func(r *Record, err error) {
		if r.Topic != topic {
			span.SetResource("Produce Topic " + r.Topic)
			span.SetTag(ddinfo.Topic, r.Topic)
		}
		if err == nil {
			span.SetTag(ddinfo.Partition, r.Partition)
			span.SetTag(ddinfo.Offset, r.Offset)
		}
		span.Finish(&err)
		if promise != nil {
			promise(r, err)
		}
	}
}

// ddSend gives a record headers with the trace, in a list of their own: others may have the one that was there. What it
// has of the kind, because somebody hands on what he has received, is replaced. A record that is as large as can be
// has none.
func ddSend(cl *Client, r *Record, ctx context.Context) {
	ours := make(ddSent, 0, 8)
	ddtracer.Propagate(ctx, ddtracer.Onto{There: (*ddReceived)(r).Get, Add: ours.add})
	list := make([]RecordHeader, 0, len(r.Headers)+len(ours))
	for _, h := range r.Headers {
		if !ours.has(h.Key) {
			list = append(list, h)
		}
	}
	before := r.Headers
	r.Headers = append(list, ours...)
	const batch = 128 // what a batch has besides its records, and a record besides its own
	if size := r.userSize() + batch; size > ddLimit(cl, r) || cl.cfg.maxBufferedBytes > 0 && size > cl.cfg.maxBufferedBytes {
		r.Headers = before
	}
}

// ddLimit is the size of a batch. It was a number once.
func ddLimit(cl *Client, r *Record) int64 {
	switch limit := any(cl.cfg.maxRecordBatchBytes).(type) {
	case int32:
		return int64(limit)
	case func(string) int32:
		return int64(limit(r.Topic))
	}
	return 1 << 20
}

// ddPolled begins a span for each record that is handed out, which is in the record's context then. They end with the
// next poll.
func ddPolled(cl *Client, fetches *Fetches) {
	if !ddtracer.On() {
		return
	}
	var spans []*ddtracer.Span
	for _, f := range *fetches {
		for t := range f.Topics {
			site := ddConsumed.Get(f.Topics[t].Topic)
			for p := range f.Topics[t].Partitions {
				for _, r := range f.Topics[t].Partitions[p].Records {
					in, span := site.Start(ddtracer.Extract((*ddReceived)(r)).Context(r.Context))
					if span == nil {
						continue
					}
					span.SetTag(ddinfo.Partition, r.Partition)
					span.SetTag(ddinfo.Offset, r.Offset)
					r.Context = in
					spans = append(spans, span)
				}
			}
		}
	}
	if len(spans) > 0 {
		cl.ddspans.AddAll(spans)
	}
}

// ddAt is the span of the record that an iterator has handed out last.
type ddAt struct{ span *ddtracer.Span }

func (a *ddAt) leave() {
	a.span.Deactivate()
	a.span = nil
}

func (a *ddAt) enter(r **Record) {
	a.leave()
	if *r != nil {
		a.span = ddtracer.Carried((*r).Context)
		a.span.Activate()
	}
}

// ddEach has a record's span active while fn is called with it.
func ddEach(fn func(*Record)) func(*Record) {
	if fn == nil || !ddtracer.On() {
		return fn
	}
	return func(r *Record) {
		var at ddAt
		at.enter(&r)
		defer at.leave()
		fn(r)
	}
}

// ddSent are headers that are added.
type ddSent []RecordHeader

func (s *ddSent) add(key, value string) {
	*s = append(*s, RecordHeader{Key: key, Value: []byte(value)})
}

func (s ddSent) has(key string) bool {
	for _, h := range s {
		if strings.EqualFold(h.Key, key) {
			return true
		}
	}
	return false
}

// ddReceived is a record as a carrier to read from.
type ddReceived Record

func (r *ddReceived) Get(key string) string {
	for _, h := range r.Headers {
		if strings.EqualFold(h.Key, key) {
			return string(h.Value)
		}
	}
	return ""
}

func (r *ddReceived) Set(key, value string) {}
