//go:build go1.21

package tracer

import (
	"context"
	"testing"
)

// TestReplacedAtEnd starts again while spans wait, finished and in open traces: whatever asks for all to be sent means those
// of the tracer before, too.
func TestReplacedAtEnd(t *testing.T) {
	for name, end := range map[string]func(){
		"Flush": func() { Flush(context.Background()) },
		"Stop":  Stop,
		"main":  ProgramEnd{}.Main,
	} {
		t.Run(name, func(t *testing.T) {
			rec := record(t)
			_, first := Trace(context.Background(), "first")
			first.Finish()
			ctx, open := Trace(context.Background(), "open")
			_, child := Trace(ctx, "child")
			child.Finish()
			for i := 0; i < 20; i++ {
				Start()
			}
			if name == "main" {
				_, last := Trace(context.Background(), "last")
				last.Finish()
			}
			end()
			rec.mu.Lock()
			defer rec.mu.Unlock()
			found := map[string]bool{}
			for _, c := range rec.chunks {
				for _, s := range c {
					found[s.Name] = true
				}
			}
			if !found["first"] || name != "Flush" && !found["child"] {
				t.Errorf("only %v arrived", found)
			}
			_ = open
		})
	}
}
