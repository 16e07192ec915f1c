//go:build go1.25

package tracetest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"github.com/ddinstrument/ddinstrument/runtime/tracetest"
)

// TestBubble records where time stands still: the order is that of the starts all the same, and Wait lets time pass.
func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rec := tracetest.Start(t)
		ctx, root := tracer.Trace(bg, "root")
		for _, name := range []string{"c", "a", "b"} {
			go func() {
				_, s := tracer.Trace(ctx, name)
				time.Sleep(time.Minute)
				s.Finish()
			}()
			synctest.Wait()
		}
		root.Finish()
		go func() {
			time.Sleep(5 * time.Second)
			work(bg, "last")
		}()
		began := time.Now()
		rec.Wait(3)
		time.Sleep(time.Minute)
		wantTree(t, rec, "root\n  c\n  a\n  b\n"+tree("last"))
		if took := time.Since(began); took < 5*time.Second {
			t.Error("it took", took)
		}
	})
}

// TestFallback records where the layout of label sets is not known: one test at a time.
func TestFallback(t *testing.T) {
	slot.ForceFallback(true)
	defer slot.ForceFallback(false)
	t.Run("test", func(t *testing.T) {
		rec := tracetest.Start(t)
		work(bg, "a")
		t.Run("inner", func(t *testing.T) {
			rec := tracetest.Start(t)
			work(bg, "b")
			wantTree(t, rec, tree("b"))
		})
		work(bg, "c")
		wantTree(t, rec, tree("a")+tree("c"))
	})
}

// TestDecided records what sampling and filters have made of traces.
func TestDecided(t *testing.T) {
	t.Setenv("DD_TRACE_SAMPLING_RULES", `[{"resource":"GET /health*","sample_rate":0}]`)
	t.Setenv("DD_APM_IGNORE_RESOURCES", "^GET /ignored$")
	rec := tracetest.Start(t)
	tracer.AddFilter(func(trace tracer.TraceView) tracer.Decision {
		trace.Root().SetTag("filtered", true)
		return tracer.Keep
	})
	for _, resource := range []string{"GET /health/a", "GET /ignored", "GET /"} {
		_, s := tracer.Trace(bg, "request", tracer.Resource(resource))
		s.Finish()
	}
	wantTree(t, rec, "request resource=\"GET /health/a\" filtered=true\nrequest resource=\"GET /\" filtered=true\n")
	if got := rec.Spans()[0].Tag("_sampling_priority_v1"); got != "-1" {
		t.Errorf("the priority of what no sampling rule keeps is %s", got)
	}
	t.Run("inner", func(t *testing.T) { // what the program has set is in force
		rec := tracetest.Start(t)
		_, s := tracer.Trace(bg, "a")
		s.Finish()
		wantTree(t, rec, "a filtered=true\n")
	})
}
