//go:build go1.21

package tracer

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestChainOfGoroutines has each goroutine start the next one inside a span. The earlier spans must not stay in memory.
func TestChainOfGoroutines(t *testing.T) {
	record(t, "DD_TRACE_AGENT_URL=http://127.0.0.1:1")
	const steps = 2000
	freed := make(chan bool, steps)
	done := make(chan bool)
	var step func(n int)
	step = func(n int) {
		_, s := Trace(nil, "step")
		runtime.SetFinalizer(s.trace.root, nil)
		if s != s.trace.root {
			runtime.SetFinalizer(s, func(*Span) { freed <- true })
		}
		if n == 0 {
			s.Finish()
			for i := 0; i < 20 && len(freed) < steps*9/10; i++ {
				runtime.GC()
				time.Sleep(5 * time.Millisecond)
			}
			close(done)
			return
		}
		ready := make(chan bool)
		go func() { <-ready; step(n - 1) }()
		s.Finish()
		close(ready)
	}
	go step(steps)
	<-done
	if n := len(freed); n < steps*9/10 {
		t.Errorf("only %d of %d spans were freed while the last goroutine runs", n, steps)
	}
}

// TestOpenTrace finishes very many spans below one that stays open.
func TestOpenTrace(t *testing.T) {
	r := record(t)
	ctx, root := Trace(bg, "root")
	for i := 0; i < 1000; i++ {
		_, s := Trace(ctx, "s")
		s.Finish()
	}
	if n := root.trace.waiting.Load(); n >= 300 {
		t.Errorf("%d finished spans wait", n)
	}
	root.Finish()
	chunks := r.traces(t)
	equal(t, "chunks", len(chunks), 4)
	total := 0
	for _, c := range chunks {
		total += len(c)
		equal(t, "priority", c[0].Metrics["_sampling_priority_v1"], 1)
		equal(t, "high half", c[0].Meta["_dd.p.tid"], fmt.Sprintf("%016x", root.trace.high))
	}
	equal(t, "spans", total, 1001)
}

// TestBigSpans makes a trace that does not fit in one chunk.
func TestBigSpans(t *testing.T) {
	r := record(t)
	ctx, root := Trace(bg, "root")
	text := strings.Repeat("x", 100000)
	for i := 0; i < 20; i++ {
		_, s := Trace(ctx, "s")
		for j := 0; j < 10; j++ {
			s.SetTag(fmt.Sprint(j), text)
		}
		s.Finish()
	}
	root.Finish()
	total := 0
	for _, c := range r.traces(t) {
		total += len(c)
	}
	equal(t, "spans", total, 21)
	_, s := Trace(bg, "many")
	for i := 0; i < 2*maxTags; i++ {
		s.SetTag(fmt.Sprint("tag", i), 1)
	}
	s.Finish()
	if n := len(r.span(t).Metrics); n < maxTags || n > maxTags+5 {
		t.Errorf("%d tags", n)
	}
	if log := r.log.String(); strings.Count(log, "\n") != 1 {
		t.Errorf("the log: %s", log)
	}
}

// TestNoGoroutine looks for goroutines of ours that stay, while a timer is set and after everything has been sent. The
// timer's own is seen at times, and soon gone.
func TestNoGoroutine(t *testing.T) {
	r := record(t)
	check := func(when string) {
		t.Helper()
		var all string
		for i := 0; i < 100; i++ {
			buf := make([]byte, 1<<20)
			all = string(buf[:runtime.Stack(buf, true)])
			if !strings.Contains(all, "runtime/internal/") && !strings.Contains(all, "runtime/tracer.(*") {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Errorf("%s:\n%s", when, all)
	}
	for i := 0; i < 3; i++ {
		for j := 0; j < 10; j++ {
			_, s := Trace(bg, "s")
			s.Finish()
		}
		check("while a timer is set")
		r.traces(t)
		check("after Flush")
	}
}

// TestTimer waits for spans that nobody flushes.
func TestTimer(t *testing.T) {
	r := record(t)
	_, s := Trace(bg, "s")
	s.Finish()
	for i := 0; i < 300; i++ {
		time.Sleep(10 * time.Millisecond)
		r.mu.Lock()
		n := len(r.chunks)
		r.mu.Unlock()
		if n == 1 {
			return
		}
	}
	t.Error("nothing came within 3 s")
}

// TestSurvivor panics again and again where something unknown recovers: only the first time costs a flush.
func TestSurvivor(t *testing.T) {
	survivors.flushed = nil // of earlier runs
	r := record(t)
	ctx, batch := Trace(bg, "batch")
	worker := func() {
		done := make(chan bool)
		go func() {
			defer close(done)
			defer func() { recover() }()
			traced(ctx, &siteA, func(context.Context) error { panic("job") })
		}()
		<-done
	}
	worker()
	time.Sleep(deathTime + 50*time.Millisecond)
	began := time.Now()
	for i := 0; i < 100; i++ {
		worker()
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("100 recovered panics took %v", took)
	}
	batch.Finish()
	byID, snapshots := map[uint64]int{}, 0
	for _, c := range r.traces(t) {
		for _, s := range c {
			if _, snapshot := s.Metrics[snapshotTag]; snapshot {
				equal(t, "snapshot", s.Name, "batch")
				snapshots++
			} else {
				byID[s.ID]++
			}
		}
	}
	equal(t, "snapshots", snapshots, 1)
	equal(t, "spans", len(byID), 102)
	for id, n := range byID {
		if n != 1 {
			t.Errorf("span %d came %d times", id, n)
		}
	}
}
