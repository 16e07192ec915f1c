//go:build go1.21

package stats

import (
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
)

// bucket is what has been counted of the spans that ended in one piece of time. Each goroutine that counts has one of its
// tables for itself as long as it does, and may lock the first one besides.
type bucket struct {
	c      *Concentrator
	start  int64
	tables []table
	bytes  atomic.Int64 // what it has taken of the concentrator's

	mu    sync.Mutex
	known map[uint64]struct{} // the hashes of the keys in any of the tables
}

// table is a hash table with open addressing. At least half of its slots are free.
type table struct {
	sync.Mutex
	closed bool // it has been flushed
	slots  []*group
	groups []*group // the same, in order
	rest   *group   // spans whose keys are beyond the limit
	_      [40]byte // a cache line each
}

// group is what is known of the spans of one key.
type group struct {
	hash uint64
	key  Key

	hits, errors, top uint64
	duration          uint64 // nanoseconds, in all
	ok, failed        sketch
}

// groupBytes is what a group takes besides texts and bins, with its share of the tables.
const groupBytes = int64(unsafe.Sizeof(group{})) + 64

const firstSlots = 16

// take asks for n bytes more. What must be is counted, even beyond the limit.
func (b *bucket) take(n int64, must bool) bool {
	if b.c.bytes.Add(n) > b.c.limit && !must {
		b.c.bytes.Add(-n)
		if b.c.tell(1) {
			diag.Once("stats bytes", "the statistics of spans take %d bytes: what they say of durations gets less precise, and "+
				"further kinds of spans are counted together, as %s", b.c.limit, blocked)
		}
		return false
	}
	b.bytes.Add(n)
	return true
}

// crowded tells whether so much room is taken that the same key should not be in several tables.
func (b *bucket) crowded() bool { return b.c.bytes.Load() > b.c.limit/2 }

// admit says whether there may be one more key.
func (b *bucket) admit(hash uint64, k *Key) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.known[hash]; !ok {
		if len(b.known) >= b.c.keys {
			if b.c.tell(2) {
				diag.Once("stats keys", "more than %d kinds of spans (service, name, resource and so on) in %v: the statistics count "+
					"further ones together, as %s", b.c.keys, time.Duration(period), blocked)
			}
			return false
		}
		if b.known == nil {
			b.known = make(map[uint64]struct{})
		}
		b.known[hash] = struct{}{}
	}
	return b.take(groupBytes+k.bytes(), false)
}

// find returns the group of a key, nil if there is none.
func (t *table) find(hash uint64, k *Key) *group {
	if len(t.slots) == 0 {
		return nil
	}
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		g := t.slots[i]
		if g == nil || g.hash == hash && g.key == *k {
			return g
		}
	}
}

// make makes the group of a key that there is none of, if it may be.
func (t *table) make(hash uint64, k *Key, b *bucket) *group {
	if !b.admit(hash, k) {
		if t.rest == nil {
			t.rest = &group{key: blockedKey()}
		}
		return t.rest
	}
	g := &group{hash: hash, key: k.own()}
	t.insert(g)
	return g
}

// insert puts a group in whose key is not there.
func (t *table) insert(g *group) {
	t.groups = append(t.groups, g)
	if 2*len(t.groups) <= len(t.slots) {
		t.place(g)
		return
	}
	n := 2 * len(t.slots)
	if n == 0 {
		n = firstSlots
	}
	t.slots = make([]*group, n)
	for _, g := range t.groups {
		t.place(g)
	}
}

func (t *table) place(g *group) {
	mask := uint64(len(t.slots) - 1)
	i := g.hash & mask
	for t.slots[i] != nil {
		i = (i + 1) & mask
	}
	t.slots[i] = g
}

func (g *group) add(p *Point, b *bucket) {
	g.hits++
	g.duration += uint64(p.Duration)
	if p.Top {
		g.top++
	}
	if p.Failed {
		g.errors++
		g.failed.add(p.Duration, b)
	} else {
		g.ok.add(p.Duration, b)
	}
}

func (g *group) merge(o *group, b *bucket) {
	g.hits += o.hits
	g.errors += o.errors
	g.top += o.top
	g.duration += o.duration
	g.ok.merge(&o.ok, b)
	g.failed.merge(&o.failed, b)
}

// forget lets go of what takes most of a group's memory, once it is needed no more.
func (g *group) forget() { g.ok, g.failed = sketch{}, sketch{} }

// close returns what all of the tables have. Nothing is added to them any more, and they let go of it: sites that are not
// called again may keep one in memory for good, see Known.
func (b *bucket) close() (groups []*group) {
	for i := len(b.tables) - 1; i >= 0; i-- { // the shared one last: who has another one may be about to use it
		b.tables[i].Lock()
		b.tables[i].closed = true
		b.tables[i].Unlock()
	}
	all := new(table)
	for i := range b.tables {
		t := &b.tables[i]
		for _, g := range t.groups {
			all.join(g, b)
		}
		switch {
		case t.rest == nil:
		case all.rest == nil:
			all.rest = t.rest
		default:
			all.rest.merge(t.rest, b)
			t.rest.forget()
		}
		t.slots, t.groups, t.rest = nil, nil, nil
	}
	if all.rest != nil {
		all.groups = append(all.groups, all.rest)
	}
	return all.groups
}

// join puts a group in, or adds it to one of the same key.
func (t *table) join(g *group, b *bucket) {
	if o := t.find(g.hash, &g.key); o != nil {
		o.merge(g, b)
		g.forget()
	} else {
		t.insert(g)
	}
}
