//go:build ignore

package redis

import ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"

// This file is for the versions that have AutoPipeline.

// ddAlone is for the goroutines of an AutoPipeliner: they send the commands of everybody together, so what was active where
// the first one came from has nothing to do with it. What they send are traces of their own.
func ddAlone() ddtracer.Visit { return ddtracer.Detach() }

// ddErr is a command's error. Err waits for a command that an AutoPipeliner has to send, and that is just being sent here.
func ddErr(cmd Cmder) error { return cmd.rawErr() }
