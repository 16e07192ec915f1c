//go:build go1.21

package tracer

import (
	"context"
	"sync"
	"time"
)

// unsent holds the traces that have finished spans while others of theirs are still open. Those spans would wait for
// the trace's end; a program that ends before, or is killed, must not lose them. So what has waited for a second is
// sent ahead, and at the program's end all of it. A trace is in here once, and only while it has something to send:
// the traces of a single span never are.
var unsent struct {
	shards [32]unsentShard
	alarm  alarm
	busy   sync.Mutex // held by sendAhead until the sender has what it takes from the traces
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
func (t *trace) list(now int64) {
	sh := t.shard()
	sh.Lock()
	t.after, t.before = sh.first, nil
	if sh.first != nil {
		sh.first.before = t
	}
	sh.first = t
	sh.Unlock()
	unsent.alarm.setAt(now, patience, sendAhead)
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

// sendAhead sends what has waited.
func sendAhead() {
	unsent.busy.Lock()
	set := sendUnsent(background)
	unsent.busy.Unlock()
	if set != nil {
		ctx, cancel := context.WithTimeout(background, patience)
		defer cancel()
		set.sender.Flush(ctx, true)
	}
}

// settleUnsent waits for a sendAhead that is under way: the sender does not have yet what it has taken from the traces. It
// does not wait for long, as a filter of the program's may be what calls it.
func settleUnsent(ctx context.Context) {
	for end := time.Now().Add(patience); !unsent.busy.TryLock(); {
		if ctx.Err() != nil || time.Now().After(end) {
			return
		}
		time.Sleep(time.Millisecond)
	}
	unsent.busy.Unlock()
}

// sendUnsent hands over what the traces have that are listed now, until ctx ends: a filter may take longer for each than the
// next one takes to be listed. It returns the settings of one of them, nil if there was none.
func sendUnsent(ctx context.Context) (set *settings) {
	var list []*trace
	for i := range unsent.shards {
		sh := &unsent.shards[i]
		sh.Lock()
		for t := sh.first; t != nil; t = t.after {
			list = append(list, t)
		}
		sh.Unlock()
	}
	for _, t := range list {
		if ctx.Err() != nil {
			break
		}
		t.unlist() // before it is sent: a span that finishes now lists it again
		set = t.root.set
		t.send(set, nil)
	}
	return set
}
