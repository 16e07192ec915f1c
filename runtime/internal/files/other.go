//go:build go1.21 && !unix

// Package files has nothing to read on this system.
package files

// IsSocket knows of no sockets on this system.
func IsSocket(string) bool { return false }
