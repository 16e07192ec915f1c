//go:build go1.21

package tracer

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// chunkNames waits until n chunks have arrived and returns their spans' names.
func chunkNames(t *testing.T, r *recorder, n int) []string {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		r.mu.Lock()
		var list []string
		for _, c := range r.chunks {
			list = append(list, names(c))
		}
		r.mu.Unlock()
		if len(list) >= n {
			return list
		}
		if time.Now().After(deadline) {
			t.Fatalf("only %d chunks arrived: %q", len(list), list)
		}
	}
}

// TestUnsentAtEnd: what has finished goes out when the program ends, though its trace is open in another goroutine.
func TestUnsentAtEnd(t *testing.T) {
	rec := record(t)
	opened, end := make(chan bool), make(chan bool)
	var worker sync.WaitGroup
	worker.Add(1)
	go func() {
		defer worker.Done()
		ctx, root := Trace(context.Background(), "root")
		_, child := Trace(ctx, "child")
		child.Finish()
		close(opened)
		<-end
		root.Finish()
	}()
	<-opened
	ProgramEnd{}.Main()
	equal(t, "chunk", chunkNames(t, rec, 1)[0], "child")
	close(end)
	worker.Wait()
	chunks := rec.traces(t)
	equal(t, "chunk", names(chunks[len(chunks)-1]), "root")
}

// TestUnsentAhead: spans do not wait much longer than a second for a trace that stays open, and each is sent once.
func TestUnsentAhead(t *testing.T) {
	rec := record(t)
	ctx, root := Trace(context.Background(), "root")
	for _, name := range []string{"first", "second"} {
		_, child := Trace(ctx, name)
		child.Finish()
	}
	equal(t, "chunk", chunkNames(t, rec, 1)[0], "first second")
	_, child := Trace(ctx, "third")
	child.Finish()
	root.Finish()
	chunks := rec.traces(t)
	equal(t, "chunk", names(chunks[len(chunks)-1]), "root root>third")
}

// TestUnsentFlush flushes while the timer's goroutine has taken spans and not handed them over yet.
func TestUnsentFlush(t *testing.T) {
	rec := record(t)
	taken := make(chan bool, 10)
	AddFilter(func(TraceView) Decision {
		taken <- true
		time.Sleep(200 * time.Millisecond)
		return Keep
	})
	ctx, root := Trace(context.Background(), "root")
	_, child := Trace(ctx, "child")
	child.Finish()
	<-taken
	equal(t, "chunk", names(rec.one(t)), "child")
	root.Finish()
	equal(t, "chunk", names(rec.one(t)), "root")
}

// TestUnsentFilter has a filter flush, which waits for what the filter is part of.
func TestUnsentFilter(t *testing.T) {
	rec := record(t)
	done := make(chan error, 10)
	AddFilter(func(TraceView) Decision {
		done <- Flush(context.Background())
		return Keep
	})
	ctx, root := Trace(context.Background(), "root")
	defer root.Finish()
	_, child := Trace(ctx, "child")
	child.Finish()
	select {
	case err := <-done:
		equal(t, "error", err, nil)
	case <-time.After(10 * time.Second):
		t.Fatal("Flush does not return")
	}
	equal(t, "chunk", chunkNames(t, rec, 1)[0], "child")
}

// TestUnsentForgets: traces that have ended are not kept.
func TestUnsentForgets(t *testing.T) {
	rec := record(t)
	var all sync.WaitGroup
	for i := 0; i < 8; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := 0; i < 200; i++ {
				ctx, root := Trace(context.Background(), "root")
				var both sync.WaitGroup
				for k := 0; k < 2; k++ {
					both.Add(1)
					go func() {
						defer both.Done()
						_, child := Trace(ctx, "child")
						child.Finish()
					}()
				}
				root.Finish()
				both.Wait()
			}
		}()
	}
	all.Wait()
	sendUnsent(background)
	for i := range unsent.shards {
		if unsent.shards[i].first != nil {
			t.Error("a trace is left")
		}
	}
	n := 0
	for _, c := range rec.traces(t) {
		n += len(c)
	}
	equal(t, "spans", n, 8*200*3)
}

// TestUnsentBusy: the program's end does not wait for filters that are slower than traces come.
func TestUnsentBusy(t *testing.T) {
	record(t)
	var over atomic.Bool
	AddFilter(func(TraceView) Decision {
		if !over.Load() {
			time.Sleep(5 * time.Millisecond)
		}
		return Drop
	})
	began := time.Now()
	var busy sync.WaitGroup
	busy.Add(1)
	go func() {
		defer busy.Done()
		for !over.Load() && time.Since(began) < 3*ending {
			ctx, _ := Trace(context.Background(), "root", ChildOf(nil))
			_, child := Trace(ctx, "child")
			child.Finish()
			time.Sleep(time.Millisecond)
		}
	}()
	time.Sleep(100 * time.Millisecond)
	ProgramEnd{}.Main()
	over.Store(true)
	if took := time.Since(began); took > 2*ending {
		t.Errorf("the end took %v", took)
	}
	busy.Wait()
}
