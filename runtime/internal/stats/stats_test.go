//go:build go1.21

package stats

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
)

// clockAt is a Concentrator whose clock the test sets, in seconds.
func clockAt(seconds float64) (c *Concentrator, set func(seconds float64)) {
	var now time.Time
	set = func(seconds float64) { now = time.Unix(0, int64(seconds*1e9)) }
	set(seconds)
	return New(Options{Procs: 2, Now: func() time.Time { return now }}), set
}

// addAt counts a span of a resource that ended at a time, in seconds.
func addAt(c *Concentrator, resource string, end float64) {
	b := c.Begin()
	defer b.End()
	b.Point = Point{Key: Key{Service: "s", Name: "n", Resource: resource}, End: int64(end * 1e9), Duration: 1000}
	b.Add()
}

// counts are the hits by "start resource".
func counts(t testing.TB, payloads [][]byte) map[string]uint64 {
	m := map[string]uint64{}
	for _, p := range decode(t, payloads) {
		for _, b := range p.buckets {
			for _, g := range b.groups {
				m[fmt.Sprint(b.start/1e9, " ", g.texts["Resource"])] += g.numbers["Hits"]
			}
		}
	}
	return m
}

func expect(t testing.TB, when string, got map[string]uint64, want string) {
	t.Helper()
	text := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(got), "map["), "]")
	if text != want {
		t.Errorf("%s: %s, not %s", when, text, want)
	}
}

func TestBuckets(t *testing.T) {
	c, set := clockAt(1000.5)
	addAt(c, "a", 1000)
	addAt(c, "a", 1009.999999999)
	addAt(c, "late", 940) // before there was a bucket
	set(1010)
	addAt(c, "a", 1010)
	addAt(c, "early", 5000) // of the future
	set(1019.9)
	expect(t, "too early", counts(t, c.Flush(false)), "")
	set(1020)
	expect(t, "20 s after the start", counts(t, c.Flush(false)), "1000 a:2 1000 late:1")
	addAt(c, "late", 1005) // its bucket has gone
	expect(t, "now", counts(t, c.Flush(true)), "1010 a:1 1010 early:1 1010 late:1")
	if c.Waiting() || c.Flush(true) != nil {
		t.Error("there is more")
	}
	if n := c.bytes.Load(); n != 0 {
		t.Errorf("%d bytes are still counted", n)
	}
}

func TestClockBack(t *testing.T) {
	c, set := clockAt(100000)
	addAt(c, "before", 100000)
	set(50000)
	addAt(c, "back", 50000)
	expect(t, "from before", counts(t, c.Flush(false)), "100000 back:1 100000 before:1")
	addAt(c, "back", 50001)
	set(50021)
	expect(t, "since", counts(t, c.Flush(false)), "50000 back:1")
	set(-5)
	c.Flush(true)
	addAt(c, "before 1970", -3)
	expect(t, "at the beginning", counts(t, c.Flush(true)), "0 before 1970:1")
}

// TestUnfetched: nobody fetches what is counted.
func TestUnfetched(t *testing.T) {
	c, set := clockAt(0)
	for i := 0; i < 100; i++ {
		set(float64(10 * i))
		addAt(c, "a", float64(10*i))
	}
	expect(t, "in the end", counts(t, c.Flush(true)), "0 a:1 10 a:1 20 a:1 30 a:1 40 a:1 50 a:1 60 a:1 70 a:93")
}

func TestPayload(t *testing.T) {
	c := New(Options{Header: Header{Env: "e", Version: "1", Service: "shop", Language: "go", RuntimeID: "id"}})
	c.Agent([]string{"server", "CLIENT"}, []string{"peer.service", "out.host"})
	b := c.Begin()
	for kind, want := range map[string]bool{"server": true, "Server": true, "client": true, "producer": false, "internal": false, "": false} {
		if b.Counts(kind) != want {
			t.Errorf("whether %q counts is %v", kind, !want)
		}
	}
	p := &b.Point
	p.Key = Key{Service: "db", Name: "query", Resource: "SELECT \xff", Type: "sql", Kind: "client", GRPC: "4", Method: "GET", Endpoint: "/a", Source: "m",
		Status: 404, Synthetics: true, Root: False}
	p.End, p.Duration, p.Top = time.Now().UnixNano(), 5, true
	b.Peers()
	b.AddPeer("out.host", "10.0.0.1:5432")
	b.AddPeer("peer.service", "pg")
	b.Add()
	p.Failed, p.Top, p.Duration = true, false, -1
	b.Add()
	p.Version, p.Peers = "2", ""
	b.Add()
	b.End()
	list := decode(t, c.Flush(true))
	if len(list) != 2 || list[0].sequence != 1 || list[1].sequence != 2 || list[1].texts["Version"] != "2" {
		t.Fatalf("%+v", list)
	}
	if got := fmt.Sprint(list[0].texts); got != "map[Env:e Lang:go RuntimeID:id Service:shop Version:1]" {
		t.Error(got)
	}
	g := list[0].buckets[0].groups[0]
	if got := fmt.Sprint(g.texts, g.numbers, g.synthetics, g.peers); got != "map[GRPCStatusCode:4 HTTPEndpoint:/a HTTPMethod:GET Name:query "+
		"Resource:SELECT \ufffd Service:db SpanKind:client Type:sql srv_src:m] map[Duration:5 Errors:1 HTTPStatusCode:404 Hits:2 IsTraceRoot:2 TopLevelHits:1] "+
		"true [out.host:blocked-ip-address:5432 peer.service:pg]" {
		t.Error(got)
	}
	if g.failed.zero != 1 || len(g.ok.bins) != 1 || g.ok.bins[0] != 1 {
		t.Errorf("%+v %+v", g.ok, g.failed)
	}
}

// TestManyKeys: what is beyond the limit is counted together, and told once.
func TestManyKeys(t *testing.T) {
	var told bytes.Buffer
	defer diag.Redirect(&told)()
	c, _ := clockAt(1000)
	for round := 0; round < 2; round++ {
		for i := 0; i < maxKeys+1000; i++ {
			addAt(c, fmt.Sprint("resource ", i), 1001)
		}
	}
	payloads := c.Flush(true)
	m := counts(t, payloads)
	if len(m) != maxKeys+1 || m["1000 resource 0"] != 2 || m["1000 "+blocked] != 2000 || len(payloads) != 3 {
		t.Errorf("%d keys, %d times none, %d payloads", len(m), m["1000 "+blocked], len(payloads))
	}
	for _, p := range decode(t, payloads) {
		for _, g := range p.buckets[0].groups {
			if g.texts["Resource"] == blocked && fmt.Sprint(g.texts, g.peers) != "map[HTTPEndpoint:"+blocked+" HTTPMethod:"+blocked+" Name:"+blocked+
				" Resource:"+blocked+" Service:"+blocked+" SpanKind:"+blocked+" Type:"+blocked+" srv_src:"+blocked+"] ["+blocked+"]" {
				t.Errorf("%s %q", g.texts, g.peers)
			}
		}
	}
	if strings.Count(told.String(), "\n") != 1 || !strings.Contains(told.String(), "2048 kinds of spans") {
		t.Errorf("told: %s", &told)
	}
}

// TestManyBytes: long resources and durations of all lengths.
func TestManyBytes(t *testing.T) {
	var told bytes.Buffer
	defer diag.Redirect(&told)()
	c, _ := clockAt(1000)
	hits := uint64(0)
	for i := 0; i < 600; i++ {
		b := c.Begin()
		for d := int64(1); d > 0; d *= 2 {
			b.Point = Point{Key: Key{Resource: strings.Repeat("x", 25000) + fmt.Sprint(i)}, End: 1001e9, Duration: d, Failed: d&0x55555555 == 0}
			b.Add()
			hits++
		}
		b.End()
	}
	if n := c.bytes.Load(); n > maxBytes+1<<20 || n < maxBytes/2 {
		t.Errorf("%d bytes", n)
	}
	sum := uint64(0)
	for _, n := range counts(t, c.Flush(true)) {
		sum += n
	}
	if sum != hits {
		t.Errorf("%d hits, not %d", sum, hits)
	}
	if strings.Count(told.String(), "\n") != 1 || !strings.Contains(told.String(), "8388608 bytes") {
		t.Errorf("told: %s", &told)
	}
}

// TestCrowded: many keys on many processors.
func TestCrowded(t *testing.T) {
	var told bytes.Buffer
	defer diag.Redirect(&told)()
	c := New(Options{Procs: 64})
	c.limit = 2 << 20
	end := time.Now().UnixNano()
	batches := make([]*Batch, maxTables)
	for i := range batches {
		batches[i] = c.Begin()
	}
	const keys = 1500
	for round := 0; round < 2; round++ {
		for i := 0; i < keys; i++ {
			for _, b := range batches {
				b.Point = Point{Key: Key{Service: "s", Resource: fmt.Sprint("resource ", i)}, End: end, Duration: int64(1000 + i)}
				b.Add()
				b.leave()
			}
		}
	}
	for _, b := range batches {
		b.End()
	}
	if n := c.bytes.Load(); n < 1<<20 || n > 2<<20 {
		t.Errorf("%d bytes", n)
	}
	m := counts(t, c.Flush(true))
	for key, n := range m {
		if n != 2*maxTables {
			t.Errorf("%s: %d", key, n)
		}
	}
	if len(m) != keys || told.Len() > 0 {
		t.Errorf("%d keys; told: %s", len(m), &told)
	}
}

// TestTogether has goroutines count while others flush.
func TestTogether(t *testing.T) {
	defer diag.Redirect(io.Discard)()
	c := New(Options{Procs: 4})
	c.limit = 20000 // crowded, now and then
	const goroutines, each = 8, 3000
	var adding, flushing sync.WaitGroup
	done := make(chan struct{})
	sum := uint64(0)
	flush := func() {
		for _, n := range counts(t, c.Flush(true)) {
			sum += n
		}
	}
	flushing.Add(1)
	go func() {
		defer flushing.Done()
		for {
			select {
			case <-done:
				return
			default:
				flush()
				c.Agent([]string{"server"}, []string{"a"})
				c.Waiting()
			}
		}
	}()
	for g := 0; g < goroutines; g++ {
		adding.Add(1)
		go func() {
			defer adding.Done()
			for i := 0; i < each; i++ {
				benchAdd(c, i, time.Now().UnixNano())
			}
		}()
	}
	adding.Wait()
	close(done)
	flushing.Wait()
	flush()
	if sum != goroutines*each || c.bytes.Load() != 0 {
		t.Errorf("%d hits, not %d; %d bytes are still counted", sum, goroutines*each, c.bytes.Load())
	}
}

func TestNoAllocation(t *testing.T) {
	c := New(Options{})
	end := time.Now().UnixNano()
	i := 0
	add := func() { benchAdd(c, i, end); i++ }
	for i < 2000 {
		add()
	}
	if n := testing.AllocsPerRun(1000, add); n > 0.1 {
		t.Errorf("%v allocations", n)
	}
}
