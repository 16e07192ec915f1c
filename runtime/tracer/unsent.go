//go:build go1.21

package tracer

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// unsent holds the traces that have finished spans while others of theirs are still open. Those spans would wait for
// the trace's end; a program that ends before, or is killed, must not lose them. So what has waited for a second is
// sent ahead, and at the program's end all of it. A trace is in here once, and only while it has something to send:
// the traces of a single span never are.
var unsent struct {
	shards [32]unsentShard
	timed  atomic.Int64 // when the timer that is set fires, in nanoseconds since epoch; 0: none is set
}

type unsentShard struct {
	sync.Mutex
	first *trace
	_     [40]byte // a cache line each
}

// patience is how long a finished span waits for the rest of its trace.
const patience = time.Second

func (t *trace) shard() *unsentShard { return &unsent.shards[t.low%uint64(len(unsent.shards))] }

// list puts the trace into unsent. Only one of those that finish spans at the same time gets here.
func (t *trace) list() {
	sh := t.shard()
	sh.Lock()
	t.after, t.before = sh.first, nil
	if sh.first != nil {
		sh.first.before = t
	}
	sh.first = t
	sh.Unlock()
	watch()
}

// unlist takes the trace out, if it is in.
func (t *trace) unlist() {
	if !t.listed.Load() {
		return
	}
	sh := t.shard()
	sh.Lock()
	defer sh.Unlock()
	switch {
	case t.before != nil:
		t.before.after = t.after
	case sh.first == t:
		sh.first = t.after
	default:
		return // not in yet: whoever lists it comes later, and the timer takes it out
	}
	if t.after != nil {
		t.after.before = t.before
	}
	t.after, t.before = nil, nil
	t.listed.Store(false)
}

// watch sets the timer unless it is set. One that is long overdue belonged to a synctest bubble that is gone.
func watch() {
	now := now() | 1
	due := unsent.timed.Load()
	if due != 0 && now-due < int64(5*patience) {
		return
	}
	if unsent.timed.CompareAndSwap(due, now+int64(patience)) {
		time.AfterFunc(patience, sendAhead)
	}
}

// sendAhead is the timer's goroutine.
func sendAhead() {
	slot.Put(nil) // a timer's goroutine starts with the labels of whoever happened to run
	unsent.timed.Store(0)
	if set := sendUnsent(); set != nil {
		ctx, cancel := context.WithTimeout(background, patience)
		defer cancel()
		set.sender.Flush(ctx, false)
	}
}

// sendUnsent hands over what the listed traces have, and returns the settings of one of them, nil if there was none.
func sendUnsent() (set *settings) {
	for i := range unsent.shards {
		sh := &unsent.shards[i]
		for {
			sh.Lock()
			t := sh.first
			sh.Unlock()
			if t == nil {
				break
			}
			t.unlist() // before it is sent: a span that finishes now lists it again
			set = t.root.set
			t.send(set, nil)
		}
	}
	return set
}
