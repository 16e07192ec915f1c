//go:build go1.21 && !wasm

package slot

// G returns a number that tells the calling goroutine from all others that live at the same time: the address
// of the runtime's record of it. It is compared and never followed. A later goroutine may get the same one.
func G() uintptr
