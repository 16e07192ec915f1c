//go:build go1.21

package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/agentaddr"
	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/dial"
	_ "github.com/ddinstrument/ddinstrument/runtime/withnet"
)

// bothWays runs a test with connections of package dial's own and with those of package net, which withnet, imported
// above, has registered.
func bothWays(t *testing.T, test func(t *testing.T, way string)) {
	t.Run("net", func(t *testing.T) { test(t, "net") })
	t.Run("plain", func(t *testing.T) {
		before := dial.Register(nil)
		if before == nil {
			t.Fatal("withnet has not registered anything")
		}
		defer dial.Register(before)
		test(t, "plain")
	})
}

// chunk is an encoded trace without spans.
var chunk = []byte{0x90}

func newSender(t testing.TB, url string) (*Sender, *bytes.Buffer) {
	t.Helper()
	a, err := agentaddr.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	log := new(bytes.Buffer)
	t.Cleanup(diag.Redirect(log))
	s := New(Options{Agent: a, Headers: []string{"Datadog-Meta-Lang: go"}, Forms: []Form{v04}, Choose: func([]byte) int { return 0 }})
	t.Cleanup(s.Close)
	return s, log
}

func flush(s *Sender, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return s.Flush(ctx, false)
}

// counter is an agent that counts traces by the header, and checks it against the body.
func counter(t testing.TB, status int) (*atomic.Int64, http.HandlerFunc) {
	n := new(atomic.Int64)
	return n, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/info") {
			http.NotFound(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || len(body) < 5 || body[0] != 0xdd || r.Header.Get("Datadog-Meta-Lang") != "go" {
			t.Errorf("a bad request: %v %x %v", err, body, r.Header)
		}
		count := int64(body[3])<<8 | int64(body[4])
		if got := r.Header.Get("X-Datadog-Trace-Count"); got != itoa(count) {
			t.Errorf("X-Datadog-Trace-Count %s of %d", got, count)
		}
		n.Add(count)
		w.WriteHeader(status)
		io.WriteString(w, `{"rate_by_service":{}}`)
	}
}

func itoa(n int64) string {
	var b []byte
	for ; n > 0 || b == nil; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(b)
}

func TestDelivery(t *testing.T) { bothWays(t, testDelivery) }

func testDelivery(t *testing.T, _ string) {
	n, handler := counter(t, 200)
	server := httptest.NewServer(handler)
	defer server.Close()
	s, log := newSender(t, server.URL+"/prefix/")
	for round := 0; round < 3; round++ { // the connection is kept, and replaced when the server has closed it
		for i := uint64(0); i < 100; i++ {
			s.Push(i, chunk, false)
		}
		if err := flush(s, 5*time.Second); err != nil {
			t.Fatal(err)
		}
		server.CloseClientConnections()
	}
	if n.Load() != 300 || s.queue.size.Load() != 0 || log.Len() > 0 {
		t.Errorf("%d traces came, %d bytes wait, log %q", n.Load(), s.queue.size.Load(), log)
	}
}

func TestUnixAndTLS(t *testing.T) { bothWays(t, testUnixAndTLS) }

func testUnixAndTLS(t *testing.T, way string) {
	n, handler := counter(t, 200)
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Skip(err)
	}
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: handler}}
	server.Start()
	defer server.Close()
	s, _ := newSender(t, "unix://"+path)
	s.Push(1, chunk, false)
	if err := flush(s, 5*time.Second); err != nil || n.Load() != 1 {
		t.Errorf("unix: %v, %d traces", err, n.Load())
	}

	n.Store(0)
	secure := httptest.NewUnstartedServer(handler)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	want := "certificate" // nobody vouches for it; that a good one is taken is tested in withnet
	if way == "plain" {
		want = "import _ "
	}
	s, said := newSender(t, secure.URL)
	s.Push(1, chunk, false)
	if err := flush(s, 5*time.Second); err == nil || strings.Count(said.String(), "\n") != 1 || !strings.Contains(said.String(), want) || n.Load() != 0 {
		t.Errorf("https: %v, log %q", err, said)
	}
}

func TestStatus(t *testing.T) { bothWays(t, testStatus) }

func testStatus(t *testing.T, _ string) {
	for _, c := range []struct {
		status  int
		dropped bool // at once, rather than kept for another attempt
	}{{404, true}, {413, true}, {301, true}, {500, false}, {429, false}} {
		_, handler := counter(t, c.status)
		server := httptest.NewServer(handler)
		s, log := newSender(t, server.URL)
		for i := 0; i < 5; i++ {
			s.Push(1, chunk, false)
			flush(s, 5*time.Second)
		}
		if kept := s.pending != nil; kept == c.dropped || (s.Lost() == 5) != c.dropped {
			t.Errorf("%d: kept %v, lost %d", c.status, kept, s.Lost())
		}
		if lines := strings.Count(log.String(), "\n"); lines != 1 {
			t.Errorf("%d: %d lines: %s", c.status, lines, log)
		}
		server.Close()
	}
}

// TestRefused pushes more than the queue holds while nobody listens: bounded, one line, and all is well once there is
// an agent.
func TestRefused(t *testing.T) { bothWays(t, testRefused) }

func testRefused(t *testing.T, _ string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	s, log := newSender(t, "http://"+address)
	s.Push(1, chunk, false)
	if err := flush(s, 5*time.Second); err == nil {
		t.Fatal("no error")
	}
	began := time.Now()
	if err := s.Flush(context.Background(), true); !errors.Is(err, ErrDown) || time.Since(began) > 100*time.Millisecond || !s.Down() {
		t.Errorf("while the agent is down: %v after %v", err, time.Since(began))
	}
	big := make([]byte, 1<<20)
	for i := uint64(0); i < 20; i++ {
		s.Push(i, big, false)
	}
	if size := s.queue.size.Load(); size > MaxQueue {
		t.Errorf("%d bytes wait", size)
	}
	for i := 0; i < 3; i++ {
		flush(s, 5*time.Second)
	}
	if s.Lost() < 13 {
		t.Errorf("%d traces counted as lost", s.Lost())
	}
	if lines := strings.Count(log.String(), "\n"); lines != 1 || !strings.Contains(log.String(), "connection refused") {
		t.Errorf("%d lines: %s", lines, log)
	}
	n := new(atomic.Int64)
	if l, err = net.Listen("tcp", address); err != nil {
		t.Skip(err)
	}
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: anything(n)}}
	server.Start()
	defer server.Close()
	if err := flush(s, 5*time.Second); err != nil || s.Down() {
		t.Errorf("with an agent again: %v", err)
	}
}

// anything takes requests without a look at them.
func anything(n *atomic.Int64) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); n.Add(1) }
}

func TestQueue(t *testing.T) {
	q := new(queue)
	for ok, i := true, uint64(0); ok; i++ {
		ok, _ = q.push(i, make([]byte, 300<<10), false)
	}
	if ok, _ := q.push(0, make([]byte, MaxQueue), false); ok {
		t.Error("more than the limit")
	}
	total := 0
	for {
		p := q.take(MaxChunk)
		if p == nil {
			break
		}
		if p.size > MaxChunk {
			t.Errorf("a request of %d bytes", p.size)
		}
		total += p.count
	}
	if want := MaxQueue / (300 << 10); total != want {
		t.Errorf("%d chunks, %d expected", total, want)
	}
}

// TestMemory: what has been sent, or given up, does not stay.
func TestMemory(t *testing.T) {
	q := new(queue)
	for round := 0; round < 3; round++ {
		for i := uint64(0); i < 1000; i++ {
			q.push(i, make([]byte, 7000), i%3 == 0)
		}
		q.push(0, make([]byte, 2*segmentSize), false)
		q.empty()
		if len(q.free) > maxFree || q.size.Load() != 0 {
			t.Errorf("%d segments are kept, %d bytes wait", len(q.free), q.size.Load())
		}
	}
	q.trim(idleFree)
	if len(q.free) != idleFree {
		t.Errorf("%d segments are kept", len(q.free))
	}
	b := mapped(segmentSize)
	if len(b) != 0 || cap(b) != segmentSize {
		t.Errorf("%d bytes of %d", len(b), cap(b))
	}
	unmap(append(b, make([]byte, segmentSize)...))
}
