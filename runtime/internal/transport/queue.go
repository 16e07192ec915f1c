//go:build go1.21

package transport

import (
	"sync"
	"sync/atomic"
)

const (
	shards      = 8        // locks that callers are spread over
	segmentSize = 32 << 10 // bytes of memory that a segment has, of mapped; one for a larger chunk has as many as that, of the heap
	maxFree     = 128      // segments that are kept to be filled again, as long as there is much to send: 4 MiB
	idleFree    = 16       // and when there is not
)

// segment is a run of encoded chunks. Its memory does not grow: what that would leave behind is as much again.
type segment struct {
	data    []byte
	count   int
	counted bool // in the statistics that are sent beside: the agent is not to count them
}

// queue holds encoded chunks. size counts its bytes and those of the payloads taken and not yet settled.
type queue struct {
	size   atomic.Int64
	shards [shards]shard

	mu    sync.Mutex
	free  [][]byte   // sent, to be filled again
	posts []*payload // what is not chunks
}

type shard struct {
	mu   sync.Mutex
	runs []segment
	_    [64]byte // neighbours do not share a cache line
}

// push copies a chunk into the queue, and says whether there was room for it, and whether it is time to see whether a
// timer is set.
func (q *queue) push(spread uint64, chunk []byte, counted bool) (ok, look bool) {
	if !q.room(len(chunk)) {
		return false, true
	}
	s := &q.shards[spread%shards]
	s.mu.Lock()
	n := len(s.runs)
	if n == 0 || cap(s.runs[n-1].data)-len(s.runs[n-1].data) < len(chunk) || s.runs[n-1].counted != counted {
		s.runs = append(s.runs, segment{data: q.blank(len(chunk)), counted: counted})
		n++
	}
	run := &s.runs[n-1]
	run.data = append(run.data, chunk...)
	look = run.count%64 == 0
	run.count++
	s.mu.Unlock()
	return true, look
}

// room takes n bytes of what may wait, if there are as many.
func (q *queue) room(n int) bool {
	if q.size.Add(int64(n)) > MaxQueue {
		q.size.Add(-int64(n))
		return false
	}
	return true
}

// maxPosts is how many payloads that are no chunks may wait.
const maxPosts = 16

// post queues a body that is sent as it is; it is not copied.
func (q *queue) post(path string, body []byte) bool {
	if !q.room(len(body)) {
		return false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.posts) == maxPosts {
		q.size.Add(-int64(len(body)))
		return false
	}
	q.posts = append(q.posts, &payload{path: path, runs: []segment{{data: body}}, size: len(body)})
	return true
}

// nextPost takes the oldest one, nil if there is none.
func (q *queue) nextPost() *payload {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.posts) == 0 {
		return nil
	}
	p := q.posts[0]
	q.posts = append(q.posts[:0], q.posts[1:]...)
	return p
}

// blank returns memory for a segment that begins with n bytes.
func (q *queue) blank(n int) []byte {
	if n > segmentSize {
		return make([]byte, 0, n)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	last := len(q.free) - 1
	if last < 0 {
		return mapped(segmentSize)
	}
	b := q.free[last]
	q.free = q.free[:last]
	return b
}

// settle takes a payload off the books.
func (q *queue) settle(p *payload) {
	q.size.Add(-int64(p.size))
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, run := range p.runs {
		switch {
		case p.path != "" || cap(run.data) != segmentSize:
		case len(q.free) < maxFree:
			q.free = append(q.free, run.data[:0])
		default:
			unmap(run.data)
		}
	}
	p.runs = nil // nobody may look at that memory any more
}

// empty drops what waits.
func (q *queue) empty() {
	for p := q.take(MaxQueue); p != nil; p = q.take(MaxQueue) {
		q.settle(p)
	}
}

// trim lets go of memory that nothing is in, but for so many segments.
func (q *queue) trim(keep int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for n := len(q.free); n > keep; n-- {
		unmap(q.free[n-1])
		q.free = q.free[:n-1]
	}
}

// payload is what one request carries.
type payload struct {
	path     string // that it is sent to; "": where chunks go
	runs     []segment
	size     int  // bytes
	count    int  // chunks
	counted  bool // as of the segments
	attempts int
	dropped  tally // what has been said with it
}

// take removes segments of at most limit bytes in all from the queue, all of them counted or none; nil if it is empty.
func (q *queue) take(limit int) *payload {
	if p := q.nextPost(); p != nil {
		return p
	}
	p := new(payload)
	for i := range q.shards {
		q.shards[i].take(p, limit)
	}
	if p.count == 0 {
		return nil
	}
	return p
}

func (s *shard) take(p *payload, limit int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.runs) > 0 && (p.count == 0 || p.size+len(s.runs[0].data) <= limit && p.counted == s.runs[0].counted) {
		p.counted = s.runs[0].counted
		p.runs = append(p.runs, s.runs[0])
		p.size += len(s.runs[0].data)
		p.count += s.runs[0].count
		s.runs = s.runs[1:]
	}
	if len(s.runs) == 0 {
		s.runs = nil
	}
}
