package main

import (
	"math/rand/v2"
	"time"
)

// What a span can't do without: its start and end on the monotonic clock, an id, a place in memory, and its bytes in a
// buffer.

var (
	epoch     = time.Now()
	line      [150]byte
	floorSink *floorSpan
	floorBuf  = make([]byte, 0, 1<<20)
)

type floorSpan struct {
	start, end time.Duration
	id         uint64
	_          [3]uint64
}

func floorOp() {
	s := &floorSpan{start: time.Since(epoch), id: rand.Uint64()}
	floorSink = s
	if len(floorBuf)+len(line) > cap(floorBuf) {
		floorBuf = floorBuf[:0]
	}
	floorBuf = append(floorBuf, line[:]...)
	s.end = time.Since(epoch)
}

// ownFloor is the same with a buffer of the goroutine's own.
func ownFloor(buf []byte) ([]byte, *floorSpan) {
	s := &floorSpan{start: time.Since(epoch), id: rand.Uint64()}
	if len(buf)+len(line) > cap(buf) {
		buf = buf[:0]
	}
	buf = append(buf, line[:]...)
	s.end = time.Since(epoch)
	return buf, s
}
