//go:build go1.21 && unix

package config

import "syscall"

// maxFile is more than any of the small files that are read here has.
const maxFile = 64 << 10

func socketExists(path string) bool {
	var st syscall.Stat_t
	return syscall.Stat(path, &st) == nil && st.Mode&syscall.S_IFMT == syscall.S_IFSOCK
}

// readFile returns the file's first 64 KiB, "" if it can't be read.
func readFile(path string) string {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return ""
	}
	defer syscall.Close(fd)
	var all []byte
	buf := make([]byte, 4096)
	for len(all) < maxFile {
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
