//go:build unix

package overlay

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// handedOn are the signals that a program may be waiting for.
var handedOn = []os.Signal{
	syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH,
}

// fromTerminal reports whether the terminal has sent a signal to the program
// too: it sends them to its whole foreground process group, which we are in
// with the program, or else we are in none.
func fromTerminal(s os.Signal) bool {
	switch s {
	case syscall.SIGINT, syscall.SIGQUIT, syscall.SIGWINCH:
	default:
		return false
	}
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

func statusOf(e *exec.ExitError) Status {
	if ws, ok := e.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return Status{Code: 128 + int(ws.Signal()), Signal: ws.Signal()}
	}
	return Status{Code: e.ExitCode()}
}

// Die ends this process as another one has ended: by the same signal, so that
// a shell sees what it would have seen without us.
func (s Status) Die() {
	switch sig, _ := s.Signal.(syscall.Signal); sig {
	case syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGKILL, syscall.SIGPIPE:
		signal.Reset(sig)
		syscall.Kill(syscall.Getpid(), sig)
		time.Sleep(time.Second) // it takes a moment to arrive
	}
	os.Exit(s.Code) // by any other, Go would print our own stacks
}
