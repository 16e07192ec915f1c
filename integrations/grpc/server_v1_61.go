//go:build ignore

package grpc

import ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"

func ddServerMessage(ss *serverStream) *ddtracer.Call {
	return ddServedStreamMessage(ss.ctx, ss.s.Method())
}
