//go:build go1.21

package stats

import (
	"strings"
	"unsafe"
)

// Point is one span that counts.
type Point struct {
	Key
	Top           bool  // it is top level
	Failed        bool  // it has an error
	End, Duration int64 // nanoseconds, since 1970 and in all
}

// Batch adds spans, one after the other. It is one goroutine's, from Begin to End, which must be soon: others may be
// waiting.
type Batch struct {
	// Point is for the caller to fill and add, so that it need not be allocated.
	Point Point

	c     *Concentrator
	wants *wants
	index int // of its table
	peers []byte

	b *bucket
	t *table // locked; nil if there is none
}

// Begin begins to count spans.
func (c *Concentrator) Begin() *Batch {
	b, _ := c.idle.Get().(*Batch)
	if b == nil {
		b = &Batch{c: c, index: int(uint32(c.next.Add(1)) % uint32(c.tables))}
	}
	b.wants = c.agent.Load()
	return b
}

// End ends what Begin has begun.
func (b *Batch) End() {
	b.leave()
	if cap(b.peers) > 4096 {
		b.peers = nil
	}
	b.c.idle.Put(b)
}

// Add counts Point.
func (b *Batch) Add() { b.add() }

// prepare sees to it that there is a table for Point.
func (b *Batch) prepare() {
	p := &b.Point
	if p.Duration < 0 {
		p.Duration = 0
	}
	if b.t == nil || uint64(p.End-b.b.start) >= uint64(period) {
		b.enter(p.End)
	}
}

// add counts Point and returns its group in the batch's table; nil if it is in the shared one.
func (b *Batch) add() *group {
	b.prepare()
	p := &b.Point
	hash := p.Key.hash()
	g := b.t.find(hash, &p.Key)
	switch {
	case g != nil:
	case b.index > 0 && b.b.crowded():
		b.addShared(hash)
		return nil
	default:
		g = b.t.make(hash, &p.Key, b.b)
	}
	g.add(p, b.b)
	return g
}

// addShared counts Point in the table that all share: where there is little room left, each processor cannot have a group
// of its own.
func (b *Batch) addShared(hash uint64) {
	t := &b.b.tables[0]
	t.Lock()
	defer t.Unlock()
	g := t.find(hash, &b.Point.Key)
	if g == nil {
		g = t.make(hash, &b.Point.Key, b.b)
	}
	g.add(&b.Point, b.b)
}

// enter gets a table for what ended at a time.
func (b *Batch) enter(end int64) {
	b.leave()
	for {
		bucket := b.c.bucketFor(end)
		t := &bucket.tables[b.index]
		if !t.TryLock() { // it is another processor's, too
			b.index = (b.index + 1) % len(bucket.tables)
			t = &bucket.tables[b.index]
			t.Lock()
		}
		if !t.closed {
			b.b, b.t = bucket, t
			return
		}
		t.Unlock() // it has been flushed in the meantime, and is not live any more
	}
}

func (b *Batch) leave() {
	if b.t != nil {
		b.t.Unlock()
		b.b, b.t = nil, nil
	}
}

// Counts tells whether spans of a kind are counted even if they are neither top level nor measured.
func (b *Batch) Counts(kind string) bool { return kind != "" && b.wants.kinds&bit(kind) != 0 }

// WantsPeers tells whether the agent wants to know of any peer tags.
func (b *Batch) WantsPeers() bool { return len(b.wants.peers) > 0 }

// IsPeer tells whether it wants to know of this one.
func (b *Batch) IsPeer(key string) bool {
	_, ok := b.wants.peers[key]
	return ok
}

// Peers makes Point tell the peer tags that are added with AddPeer next.
func (b *Batch) Peers() { b.peers = b.peers[:0] }

// AddPeer adds a peer tag. They are to come in an order that is the same for all spans.
func (b *Batch) AddPeer(key, value string) {
	b.peers = appendPeer(b.peers, key, value)
	// Until the next span: who keeps the key makes a copy.
	b.Point.Peers = unsafe.String(&b.peers[0], len(b.peers))
}

// The kinds that agents count (pkg/trace/stats, KindsComputed), of the bits of wants.kinds.
const (
	server = 1 << iota
	client
	producer
	consumer
)

// bit returns the bit of a kind of span, 0 if it has none.
func bit(kind string) uint8 {
	switch kind {
	case "server":
		return server
	case "client":
		return client
	case "producer":
		return producer
	case "consumer":
		return consumer
	}
	if lower := strings.ToLower(kind); lower != kind {
		return bit(lower)
	}
	return 0
}

// Calls tells whether spans of a kind call others, which peer tags are about.
func Calls(kind string) bool { return bit(kind)&(client|producer|consumer) != 0 }
