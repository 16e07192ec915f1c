//go:build go1.21

package stats

import (
	"fmt"
	"testing"
	"time"
)

var benchKeys = func() (keys []Key) {
	for i := 0; i < 20; i++ {
		keys = append(keys, Key{
			Service: "shop", Name: "shop.Handler.ServeHTTP", Resource: fmt.Sprintf("GET /articles/{id}/part%d", i), Type: "web", Kind: "server",
			Status: 200, Root: True, Method: "GET",
		})
	}
	return keys
}()

func benchAdd(c *Concentrator, i int, end int64) {
	b := c.Begin()
	p := &b.Point
	p.Key = benchKeys[i%len(benchKeys)]
	p.Top, p.End, p.Duration = true, end, int64(100000+i*7919%1000000)
	b.Add()
	b.End()
}

// BenchmarkAdd is one span in a trace.
func BenchmarkAdd(b *testing.B) {
	c := New(Options{Procs: 2})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		end := time.Now().UnixNano()
		for i := 0; pb.Next(); i++ {
			benchAdd(c, i, end)
		}
	})
}

// BenchmarkAddSecond is each further span.
func BenchmarkAddSecond(b *testing.B) {
	c := New(Options{Procs: 2})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		end := time.Now().UnixNano()
		batch := c.Begin()
		defer batch.End()
		for i := 0; pb.Next(); i++ {
			p := &batch.Point
			p.Key = benchKeys[i%len(benchKeys)]
			p.Top, p.End, p.Duration = true, end, int64(100000+i*7919%1000000)
			batch.Add()
		}
	})
}
