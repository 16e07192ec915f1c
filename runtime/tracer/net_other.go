//go:build go1.21 && !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package tracer

// On these systems net needs no C library, and package dial has no other way.
import _ "github.com/ddinstrument/ddinstrument/runtime/withnet"
