//go:build go1.21 && unix

package transport

import "syscall"

// Segments are not in Go's heap, where what waits for an agent that is down would count twice: the collector lets the heap
// grow to twice of what is in use, and all of the program's.

// mapped returns n bytes, of the heap if the system has none.
func mapped(n int) []byte {
	b, err := syscall.Mmap(-1, 0, n, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return make([]byte, 0, n)
	}
	return b[:0]
}

// unmap gives back what mapped has returned. Nobody may look at it any more.
func unmap(b []byte) { _ = syscall.Munmap(b[:cap(b)]) } // it fails for what is of the heap, and does nothing
