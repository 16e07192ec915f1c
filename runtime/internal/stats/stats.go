//go:build go1.21

// Package stats counts spans as the agent would: how many there are of each kind, how many have failed and how long they
// took, in pieces of ten seconds. That goes to /v0.6/stats, so that an agent which gets it needs no trace for its numbers.
//
// What counts, and what tells kinds apart, is that of datadog-agent's pkg/trace/stats at v0.85.1, which dd-trace-go v2.12
// uses, too. Resources go out as they are: the agent obfuscates and cuts those of a payload without the header
// Datadog-Obfuscation-Version (pkg/trace/agent, processStats), whatever version of that it names at /info. Names and services
// it normalises in any case. The container it learns from the headers.
package stats

import (
	"sync"
	"sync/atomic"
	"time"
)

const (
	period     = int64(10 * time.Second) // of one bucket
	maxKeys    = 2048                    // of one bucket, dd-trace-go's DD_TRACE_STATS_CARDINALITY_LIMIT
	maxBytes   = 8 << 20                 // of all buckets: keys, counters and sketches
	maxBuckets = 8                       // that nobody has fetched; what is younger is counted in the youngest
	maxTables  = 8                       // of a bucket, for goroutines that count at the same time
)

// Header is what every payload says of who sends it. What is empty is left out.
type Header struct {
	Hostname, Env, Version, Service          string
	Language, TracerVersion, RuntimeID       string
	ContainerID, GitCommit, Image, Processes string
}

// Options are for New.
type Options struct {
	Header Header
	Procs  int              // how many goroutines may run at a time
	Now    func() time.Time // nil: time.Now
	Opened func()           // if not nil, is called whenever a bucket is begun
}

// Concentrator counts spans. All of its methods may be called from any goroutine.
type Concentrator struct {
	header Header
	now    func() time.Time
	opened func()
	tables int
	limit  int64
	keys   int

	bytes atomic.Int64
	told  atomic.Uint32
	agent atomic.Pointer[wants]
	idle  sync.Pool    // of *Batch: a processor gets the table that it had before
	next  atomic.Int32 // the table of a new Batch

	mu       sync.Mutex
	live     atomic.Pointer[[]*bucket] // is changed under mu, by putting another one in its place
	oldest   int64                     // what has ended before is counted there
	sequence uint64
}

// wants is what the agent wants to know.
type wants struct {
	kinds uint8 // a bit for each of the kinds
	peers map[string]struct{}
}

// New makes a Concentrator that has counted nothing.
func New(o Options) *Concentrator {
	mantissaOnce.Do(fillMantissaBins)
	c := &Concentrator{header: o.Header, now: o.Now, opened: o.Opened, limit: maxBytes, keys: maxKeys}
	if c.now == nil {
		c.now = time.Now
	}
	for c.tables = 1; c.tables < o.Procs && c.tables < maxTables; {
		c.tables *= 2
	}
	c.oldest = align(c.now().UnixNano())
	c.live.Store(new([]*bucket))
	c.agent.Store(new(wants))
	return c
}

// Agent says what the agent has said at /info: the kinds of spans (span.kind) that are counted even if they are neither top
// level nor measured, and the tags by which spans are told apart that call others.
func (c *Concentrator) Agent(kinds, peers []string) {
	w := &wants{}
	for _, k := range kinds {
		w.kinds |= bit(k)
	}
	if len(peers) > 0 {
		w.peers = make(map[string]struct{}, len(peers))
		for _, p := range peers {
			w.peers[p] = struct{}{}
		}
	}
	c.agent.Store(w)
}

// Waiting tells whether there is anything that Flush could return.
func (c *Concentrator) Waiting() bool { return len(*c.live.Load()) > 0 }

// Flush takes out what has been counted and returns it as bodies of requests to /v0.6/stats; nothing, if that is so. It
// takes the buckets that ended at least another bucket's time ago, for spans come late, or all of them.
func (c *Concentrator) Flush(all bool) (payloads [][]byte) {
	list, sequence := c.takeOut(c.now().UnixNano(), all)
	if len(list) == 0 {
		return nil
	}
	e := encoder{header: &c.header, sequence: sequence}
	var counted []*group
	for _, b := range list {
		groups := b.close()
		e.add(b.start, groups)
		counted = append(counted, groups...)
		c.bytes.Add(-b.bytes.Load())
	}
	payloads = e.finish()
	for _, g := range counted {
		g.forget()
	}
	c.mu.Lock()
	c.sequence += uint64(len(payloads))
	c.mu.Unlock()
	return payloads
}

func (c *Concentrator) takeOut(now int64, all bool) (list []*bucket, sequence uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var left []*bucket
	for _, b := range *c.live.Load() {
		// One of the future is from before the clock was stepped back.
		if all || b.start <= now-2*period || b.start > now+period {
			list = append(list, b)
		} else {
			left = append(left, b)
		}
	}
	c.live.Store(&left)
	oldest := align(now) - period
	if oldest > c.oldest || oldest < c.oldest-2*period {
		c.oldest = oldest
	}
	return list, c.sequence
}

// bucketFor returns the bucket for what ended at a time.
func (c *Concentrator) bucketFor(end int64) *bucket {
	start := align(end)
	list := *c.live.Load()
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].start == start {
			return list[i]
		}
	}
	return c.open(start)
}

// open returns the bucket for a time that there is none of: a new one, unless it is too late for that, or too early.
func (c *Concentrator) open(start int64) *bucket {
	b, begun := c.reserve(start)
	if begun && c.opened != nil {
		c.opened()
	}
	return b
}

func (c *Concentrator) reserve(start int64) (b *bucket, begun bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if current := align(c.now().UnixNano()); start > current {
		start = current
	}
	if start < c.oldest {
		start = c.oldest
	}
	list := *c.live.Load()
	for _, b := range list {
		if b.start == start {
			return b, false
		}
	}
	if n := len(list); n == maxBuckets {
		return list[n-1], false
	}
	b = &bucket{c: c, start: start, tables: make([]table, c.tables)}
	list = append(list[:len(list):len(list)], b)
	c.live.Store(&list)
	return b, true
}

// align returns the start of the bucket that a time is in.
func align(t int64) int64 {
	if t < 0 {
		return 0
	}
	return t - t%period
}

// tell says whether something is to be told that has not been.
func (c *Concentrator) tell(bit uint32) bool {
	for {
		told := c.told.Load()
		if told&bit != 0 {
			return false
		}
		if c.told.CompareAndSwap(told, told|bit) {
			return true
		}
	}
}
