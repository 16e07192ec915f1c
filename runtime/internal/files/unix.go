//go:build go1.21 && unix

// Package files reads the few small files that the runtime needs to know about. It goes past the os package on
// purpose: the go command records which files a test asks os for, to decide whether a cached result is still good,
// and tracing must not change that.
package files

import "syscall"

// IsSocket tells whether there is a unix socket.
func IsSocket(path string) bool {
	var st syscall.Stat_t
	return syscall.Stat(path, &st) == nil && st.Mode&syscall.S_IFMT == syscall.S_IFSOCK
}

// Read returns the file's first bytes, about as many as limit, and "" if it can't be read.
func Read(path string, limit int) string {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return ""
	}
	defer syscall.Close(fd)
	var all []byte
	buf := make([]byte, 4096)
	for len(all) < limit {
		n, err := syscall.Read(fd, buf)
		if err == syscall.EINTR {
			continue
		}
		if n <= 0 || err != nil {
			break
		}
		all = append(all, buf[:n]...)
	}
	return string(all)
}
