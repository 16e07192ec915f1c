//go:build !unix

package overlay

import (
	"os"
	"os/exec"
)

var handedOn = []os.Signal{os.Interrupt}

// fromTerminal reports whether the program has got the signal too: an
// interrupt goes to every process of the console.
func fromTerminal(os.Signal) bool { return true }

func statusOf(e *exec.ExitError) Status { return Status{Code: e.ExitCode()} }

// Die ends this process with the exit status of another.
func (s Status) Die() { os.Exit(s.Code) }
