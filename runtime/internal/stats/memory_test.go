//go:build go1.21

package stats

import (
	"fmt"
	"runtime"
	"testing"
)

// TestKnownMemory: a site that is called now and then remembers where it was counted, and keeps nothing in memory of the
// others that were counted there, long after that has been sent.
func TestKnownMemory(t *testing.T) {
	const sites, others = 100, 500
	c, set := clockAt(1000)
	var known [sites]Known
	service := "s"
	used := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := used()
	for i := range known {
		at := 1000 + 10*float64(i)
		set(at)
		for j := 0; j < others; j++ {
			addAt(c, fmt.Sprint("other ", j), at)
		}
		b := c.Begin()
		b.Point = Point{Key: Key{Service: service, Name: "n"}, End: int64(at * 1e9), Duration: 1000}
		if b.AddKnown(&known[i], &service) {
			t.Error("it is known where nothing has been counted")
		}
		b.AddAs(&known[i], &service)
		b.End()
		c.Flush(true)
	}
	if n := int64(used()-before) / sites; n > 4<<10 {
		t.Errorf("each site keeps %d bytes", n)
	}
	runtime.KeepAlive(&known)
}
