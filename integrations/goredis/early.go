//go:build ignore

package redis

// ddErr is a command's error, in the versions without AutoPipeline.
func ddErr(cmd Cmder) error { return cmd.Err() }
