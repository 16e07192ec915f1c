//go:build go1.21 && (amd64 || arm64)

package stack

// walk follows the frame pointers of the calling goroutine's stack and stores the return addresses that it finds, the
// innermost first: at most so many, and fewer where the chain ends. The addresses are those of frames as the processor
// has them; what is inlined there has none.
//
//go:noescape
func walk(pcs *uintptr, most int) (n int)
