//go:build go1.21

package transport

import (
	"sync"
	"sync/atomic"
)

const (
	shards      = 8       // locks that callers are spread over
	segmentSize = 1 << 20 // bytes from which a further segment is begun
)

// segment is a run of encoded chunks.
type segment struct {
	data  []byte
	count int
}

// queue holds encoded chunks. size counts its bytes and those of the payloads taken and not yet settled.
type queue struct {
	size   atomic.Int64
	shards [shards]shard

	mu   sync.Mutex
	free [][]byte // sent, to be filled again
}

// maxFree is how many segments are kept to be filled again: not more than 4 MiB.
const maxFree = 4

type shard struct {
	mu   sync.Mutex
	runs []segment
	_    [64]byte // neighbours do not share a cache line
}

// push copies a chunk into the queue, and says whether there was room for it.
func (q *queue) push(spread uint64, chunk []byte) bool {
	if q.size.Add(int64(len(chunk))) > MaxQueue {
		q.size.Add(-int64(len(chunk)))
		return false
	}
	s := &q.shards[spread%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.runs); n == 0 || len(s.runs[n-1].data)+len(chunk) > segmentSize {
		s.runs = append(s.runs, segment{data: q.blank()})
	}
	run := &s.runs[len(s.runs)-1]
	run.data = append(run.data, chunk...)
	run.count++
	return true
}

// blank returns memory for a segment, nil if there is none to be used again.
func (q *queue) blank() []byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := len(q.free)
	if n == 0 {
		return nil
	}
	b := q.free[n-1]
	q.free = q.free[:n-1]
	return b
}

// settle takes a payload off the books.
func (q *queue) settle(p *payload) {
	q.size.Add(-int64(p.size))
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, run := range p.runs {
		if len(q.free) < maxFree && cap(run.data) <= segmentSize {
			q.free = append(q.free, run.data[:0])
		}
	}
}

// payload is what one request carries.
type payload struct {
	runs     []segment
	size     int // bytes
	count    int // chunks
	attempts int
}

// take removes segments of at most limit bytes in all from the queue; nil if it is empty.
func (q *queue) take(limit int) *payload {
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
	for len(s.runs) > 0 && (p.count == 0 || p.size+len(s.runs[0].data) <= limit) {
		p.runs = append(p.runs, s.runs[0])
		p.size += len(s.runs[0].data)
		p.count += s.runs[0].count
		s.runs = s.runs[1:]
	}
	if len(s.runs) == 0 {
		s.runs = nil
	}
}
