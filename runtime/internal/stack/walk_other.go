//go:build go1.21 && !amd64 && !arm64

package stack

// walk would follow the frame pointers; here there are none.
func walk(*uintptr, int) (n int) { return 0 }
