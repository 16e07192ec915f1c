package overlay

import (
	"os"
	"os/exec"
	"os/signal"
)

// handOn catches the signals that ddinstrument gets, from before a process
// starts. The function that it returns hands them to the process and waits for
// its end. Signals that the terminal sends to both are not sent twice.
func handOn(c *exec.Cmd) func(*os.Process) error {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, handedOn...)
	return func(p *os.Process) error {
		defer signal.Stop(signals)
		if p == nil {
			return nil
		}
		done := make(chan error, 1)
		go func() { done <- c.Wait() }()
		for {
			select {
			case err := <-done:
				return err
			case s := <-signals:
				if !fromTerminal(s) {
					p.Signal(s) // it may have ended meanwhile
				}
			}
		}
	}
}
