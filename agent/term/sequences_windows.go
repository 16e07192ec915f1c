package term

import (
	"os"

	"golang.org/x/sys/windows"
)

// enableSequences has a console understand escape sequences.
func enableSequences(out *os.File) (undo func()) {
	console := windows.Handle(out.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil {
		return func() {}
	}
	windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING)
	return func() { windows.SetConsoleMode(console, mode) }
}
