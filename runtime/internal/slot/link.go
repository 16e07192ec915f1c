//go:build go1.21

package slot

import "unsafe"

// The Go project keeps these two working for such use: golang.org/issue/67401.

//go:linkname getProfLabel runtime/pprof.runtime_getProfLabel
func getProfLabel() unsafe.Pointer

//go:linkname setProfLabel runtime/pprof.runtime_setProfLabel
func setProfLabel(labels unsafe.Pointer)
