//go:build ignore

package grpc

import ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"

// ddWrappedMessage begins the span of a message of the stream that the caller has been handed. What that wraps may
// receive twice for one message.
func ddWrappedMessage(w *clientStreamWrapper) *ddtracer.Call {
	if cs, ok := w.ClientStream.(*clientStream); ok {
		return ddClientMessage(cs)
	}
	return nil
}
