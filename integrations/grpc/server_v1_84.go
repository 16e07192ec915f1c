//go:build ignore

package grpc

import ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"

// ddServerMessage begins the span of a message; the one message of a unary call has none.
func ddServerMessage(ss *serverStream) *ddtracer.Call {
	if !ss.desc.ClientStreams && !ss.desc.ServerStreams {
		return nil
	}
	return ddServedStreamMessage(ss.ctx, ss.s.Method())
}
