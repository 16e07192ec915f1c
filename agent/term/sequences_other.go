//go:build !windows

package term

import "os"

// enableSequences has a terminal understand escape sequences: all do.
func enableSequences(*os.File) (undo func()) { return func() {} }
