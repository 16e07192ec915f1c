//go:build ignore

package grpc

import (
	"context"

	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
	"google.golang.org/grpc/metadata"
)

// ddServe begins the span of a call that is served: a child of the one in the metadata. In a server that is a handler of
// net/http's, whose span has that parent already, it is a child of that.
func ddServe(ctx context.Context, method string, clientStreams, serverStreams bool) (context.Context, *ddtracer.Call) {
	if !ddtracer.On() {
		return ctx, nil
	}
	kind := ddMethodKind(clientStreams, serverStreams)
	if ddtracer.Carried(ctx) != nil {
		return ddSite(ddInside+kind, method).Enter(ctx)
	}
	return ddSite(ddServer+kind, method).Enter(ddtracer.Extract(ddIncoming{ctx}).Context(ctx))
}

// ddIncoming is the metadata that has come with a call.
type ddIncoming struct{ ctx context.Context }

// Get returns the last value of a key: a proxy that hands on what it was sent adds its own behind that.
func (c ddIncoming) Get(key string) string {
	if list := metadata.ValueFromIncomingContext(c.ctx, key); len(list) > 0 {
		return list[len(list)-1]
	}
	return ""
}

// Set does nothing: nothing is sent here.
func (ddIncoming) Set(key, value string) {}

// ddServedStreamMessage begins the span of a message of a stream that is served. It has none where the stream has none.
func ddServedStreamMessage(ctx context.Context, method string) *ddtracer.Call {
	if !ddtracer.On() || ddtracer.Carried(ctx) == nil {
		return nil
	}
	return ddSite(ddServedMessage, method).EnterFrom(ctx)
}
