//go:build ignore

package grpc

import (
	"context"
	"net"
	"strings"
	"sync/atomic"

	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
)

// ddInvoke begins the span of a unary call. Interceptors of the program have been called already: what they do to the
// metadata is done, and each time that one of them tries again is a call of its own.
func ddInvoke(ctx context.Context, method string, cc *ClientConn, opts []CallOption) (context.Context, []CallOption, *ddtracer.Call) {
	if ctx == nil || !ddtracer.On() {
		return ctx, opts, nil
	}
	in, call := ddSite(ddClient, method).Enter(ctx)
	if call == nil {
		return ctx, opts, nil
	}
	span := (*ddtracer.Span)(call)
	ddTarget(span, cc)
	return ddOutgoing(in), append(opts[:len(opts):len(opts)], (*ddPeer)(span)), call
}

// ddOutgoing adds to the metadata that goes out what the server needs to go on with the trace. What it has of the kind,
// because somebody hands on what he was sent, is replaced, but not what another tracer has put there; all else stays as it is, what is wrong with it included.
func ddOutgoing(ctx context.Context) context.Context {
	md, added, ok := metadataFromOutgoingContextRaw(ctx)
	out := ddOut{pairs: make(ddPairs, 0, 16), md: md, added: added}
	ddtracer.Propagate(ctx, &out)
	pairs := out.pairs
	if len(pairs) == 0 {
		return ctx
	}
	if ok && pairs.among(md, added) {
		clean := make(metadata.MD, len(md))
		for k, v := range md {
			if !pairs.has(k) {
				clean[k] = v
			}
		}
		var kept ddPairs
		for _, list := range added {
			for i := 0; i+1 < len(list); i += 2 {
				if !pairs.has(list[i]) {
					kept = append(kept, list[i], list[i+1])
				}
			}
		}
		ctx, pairs = metadata.NewOutgoingContext(ctx, clean), append(kept, pairs...)
	}
	return metadata.AppendToOutgoingContext(ctx, pairs...)
}

// ddOut is the metadata that goes out, as a carrier: what is there already, and the pairs that are to be added.
type ddOut struct {
	pairs ddPairs
	md    metadata.MD
	added [][]string
}

func (o *ddOut) Get(key string) string {
	if list := o.md[key]; len(list) > 0 {
		return list[0]
	}
	for _, list := range o.added {
		for i := 0; i+1 < len(list); i += 2 {
			if strings.EqualFold(list[i], key) {
				return list[i+1]
			}
		}
	}
	return ""
}

func (o *ddOut) Set(key, value string) { o.pairs = append(o.pairs, strings.ToLower(key), value) }

// ddPairs are keys and values of metadata.
type ddPairs []string

func (p ddPairs) has(key string) bool {
	for i := 0; i < len(p); i += 2 {
		if strings.EqualFold(p[i], key) {
			return true
		}
	}
	return false
}

// among reports whether metadata has any of the keys.
func (p ddPairs) among(md metadata.MD, added [][]string) bool {
	for k := range md {
		if p.has(k) {
			return true
		}
	}
	for _, list := range added {
		for i := 0; i < len(list); i += 2 {
			if p.has(list[i]) {
				return true
			}
		}
	}
	return false
}

// ddTarget names the host that a connection is for, if it is for one.
func ddTarget(span *ddtracer.Span, cc *ClientConn) {
	if cc == nil {
		return
	}
	if host, _, err := net.SplitHostPort(cc.parsedTarget.Endpoint()); err == nil && host != "" {
		span.SetTag("peer.hostname", host)
	}
}

// ddPeer is a span as an option of its call that learns who has answered.
type ddPeer ddtracer.Span

func (p *ddPeer) before(*callInfo) error { return nil }

func (p *ddPeer) after(c *callInfo, attempt *csAttempt) {
	var from peer.Peer
	PeerCallOption{PeerAddr: &from}.after(c, attempt)
	if from.Addr == nil {
		return
	}
	host, port, err := net.SplitHostPort(from.Addr.String())
	if err != nil {
		return
	}
	span := (*ddtracer.Span)(p)
	if host != "" {
		var value any = host
		span.SetTag("out.host", value)
		span.SetTag("network.destination.name", value)
	}
	var value any = port
	span.SetTag("out.port", value)
	span.SetTag("network.destination.port", value)
}

// ddStream is the span of a stream, as an option of its call. It is active in the stream's context only: the caller
// goes on with something else while the stream is open.
type ddStream struct {
	ddPeer *ddPeer
	method string
	ended  atomic.Bool
}

func (s *ddStream) before(*callInfo) error                { return nil }
func (s *ddStream) after(c *callInfo, attempt *csAttempt) { s.ddPeer.after(c, attempt) }

// ddOpen begins the span of a stream. A unary call comes by, too; it has its span.
func ddOpen(ctx context.Context, desc *StreamDesc, cc *ClientConn, method string, opts []CallOption) (context.Context, []CallOption, *ddStream) {
	if ctx == nil || desc == nil || desc == unaryStreamDesc || !ddtracer.On() {
		return ctx, opts, nil
	}
	in, span := ddSite(ddClient+ddMethodKind(desc.ClientStreams, desc.ServerStreams), method).Start(ctx)
	if span == nil {
		return ctx, opts, nil
	}
	ddTarget(span, cc)
	s := &ddStream{ddPeer: (*ddPeer)(span), method: method}
	return ddOutgoing(in), append(opts[:len(opts):len(opts)], s), s
}

// opened is called when the stream is there, or could not be opened.
func (s *ddStream) opened(err *error) {
	if s != nil && *err != nil && s.ended.CompareAndSwap(false, true) {
		s.end(*err)
	}
}

// ddStreamOf returns the span of a stream that the library has.
func ddStreamOf(cs *clientStream) *ddStream {
	for i := len(cs.opts) - 1; i >= 0; i-- {
		if s, ok := cs.opts[i].(*ddStream); ok {
			return s
		}
	}
	return nil
}

// ddEnding returns the span of a stream to the first one who says that the stream has ended. The end of a stream is told
// again when its context is canceled for that.
func ddEnding(cs *clientStream) *ddStream {
	if s := ddStreamOf(cs); s != nil && s.ended.CompareAndSwap(false, true) {
		return s
	}
	return nil
}

func (s *ddStream) end(err error) {
	if s != nil {
		ddCode((*ddtracer.Call)(s.ddPeer), err)
		(*ddtracer.Span)(s.ddPeer).Finish()
	}
}

// ddClientMessage begins the span of a message of a stream.
func ddClientMessage(cs *clientStream) *ddtracer.Call {
	if s := ddStreamOf(cs); s != nil {
		return ddSite(ddSentReceived, s.method).EnterFrom(cs.ctx)
	}
	return nil
}
