//go:build go1.21 && !unix

// Package files reads the few small files that the runtime needs to know about.
package files

import (
	"io"
	"os"
)

// IsSocket knows of no sockets on this system.
func IsSocket(string) bool { return false }

// Read returns the file's first bytes, at most limit, and "" if it can't be read.
func Read(path string, limit int) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, int64(limit)))
	if err != nil {
		return ""
	}
	return string(b)
}
