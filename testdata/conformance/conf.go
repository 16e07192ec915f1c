// Package conf is the program of TestConformance: a function for each row of the conformance table. It is built by
// ddinstrument build, which also gives it the tracer. What a row prints and sends, the test compares.
package conf

import (
	"context"
	"fmt"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// Rows are the rows by id; the program runs the one that its first argument names.
var Rows = map[string]func(){}

func add(more map[string]func()) {
	for id, row := range more {
		if Rows[id] != nil {
			panic("row " + id + " is there twice")
		}
		Rows[id] = row
	}
}

var bg = context.Background()

// catch runs f and returns what it panics with.
func catch(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// inGoroutine runs f in a goroutine of its own and waits for it.
func inGoroutine(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

// whoami prints which spans are active, by the names that the row has given them.
func whoami(where string, ctx context.Context, names map[*tracer.Span]string) {
	name := func(s *tracer.Span) string {
		if s == nil {
			return "none"
		}
		return names[s]
	}
	fmt.Printf("%s: current %s, root %s\n", where, name(tracer.CurrentSpan(ctx)), name(tracer.CurrentRootSpan(ctx)))
}

const tick = 10 * time.Millisecond
