//go:build go1.21

// Package diag is the one place where the runtime says something to the person who runs the program: lines on standard
// error that begin with "ddinstrument: ". It says nothing twice about one cause.
package diag

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// maxCauses bounds what is remembered; with so many different causes told, a further one is not news.
const maxCauses = 256

var state struct {
	sync.Mutex
	told map[string]time.Time
	out  io.Writer // nil: standard error
}

// stderr is what os.Stderr is when the program starts. The program may give os.Stderr another value, as package testing
// does, while a goroutine of the runtime's has something to say: to read it then would be a race.
var stderr = os.Stderr

// Once prints a line unless there has been one about the same cause.
func Once(cause, format string, args ...any) { Every(0, cause, format, args...) }

// Every prints a line unless there has been one about the same cause within the period; 0 means ever.
func Every(period time.Duration, cause, format string, args ...any) {
	state.Lock()
	defer state.Unlock()
	now := time.Now()
	last, known := state.told[cause]
	switch {
	case known && (period == 0 || now.Sub(last) < period):
		return
	case !known && len(state.told) >= maxCauses:
		return
	}
	if state.told == nil {
		state.told = make(map[string]time.Time)
	}
	state.told[cause] = now
	out := state.out
	if out == nil {
		out = stderr
	}
	line := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", " ")
	io.WriteString(out, "ddinstrument: "+line+"\n") // one write, so that lines of several goroutines do not mix
}

// Redirect sends the lines to w and forgets what has been told; the function it returns undoes both. For tests.
func Redirect(w io.Writer) (undo func()) {
	state.Lock()
	defer state.Unlock()
	told, out := state.told, state.out
	state.told, state.out = nil, w
	return func() {
		state.Lock()
		defer state.Unlock()
		state.told, state.out = told, out
	}
}
