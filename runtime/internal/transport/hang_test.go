//go:build go1.21

package transport

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/dial"
)

// noting remembers the last deadline.
type noting struct {
	dial.Conn
	last time.Time
}

func (n *noting) SetDeadline(t time.Time) error {
	n.last = t
	return n.Conn.SetDeadline(t)
}

// TestNoTimer: a kept connection has no deadline, which would be a timer, while nothing is sent.
func TestNoTimer(t *testing.T) {
	server := httptest.NewServer(anything(new(atomic.Int64)))
	defer server.Close()
	var conns []*noting
	before := dial.Register(nil)
	defer dial.Register(before)
	note := dial.Func(func(network, address string, secure bool, limit time.Time) (dial.Conn, error) {
		conn, err := (*before)(network, address, secure, limit)
		conns = append(conns, &noting{Conn: conn})
		return conns[len(conns)-1], err
	})
	dial.Register(&note)
	s, _ := newSender(t, server.URL)
	for i := 0; i < 2; i++ {
		s.Push(1, chunk, false)
		if err := flush(s, 5*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	if len(conns) != 1 || !conns[0].last.IsZero() {
		t.Errorf("%d connections, the first one's deadline is %v", len(conns), conns[0].last)
	}
}

// rude listens and does as told with each connection.
func rude(t *testing.T, do func(net.Conn)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { l.Close(); wg.Wait() })
	wg.Add(1)
	go func() {
		defer wg.Done()
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Add(1)
			go func() { defer wg.Done(); defer conn.Close(); do(conn) }()
		}
	}()
	return "http://" + l.Addr().String()
}

// TestLateInterrupt: what ends one flush does not end the next one, even if it comes late.
func TestLateInterrupt(t *testing.T) {
	one, other := net.Pipe()
	defer one.Close()
	defer other.Close()
	n := &noting{Conn: one}
	c := &client{live: n}
	turn := c.begin()
	c.interrupt(turn)
	if n.last.IsZero() {
		t.Error("not interrupted")
	}
	c.end()
	n.last = time.Time{}
	c.interrupt(turn)
	if !n.last.IsZero() {
		t.Error("interrupted too late")
	}
}

func TestHang(t *testing.T) { bothWays(t, testHang) }

func testHang(t *testing.T, _ string) {
	release := make(chan bool)
	url := rude(t, func(net.Conn) { <-release })
	s, log := newSender(t, url)
	t.Cleanup(func() { close(release) })
	s.Push(1, chunk, false)
	began := time.Now()
	err := flush(s, 300*time.Millisecond)
	if took := time.Since(began); err == nil || took > time.Second {
		t.Errorf("%v after %v", err, took)
	}
	s.Push(1, chunk, false)
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(100*time.Millisecond, cancel)
	began = time.Now()
	err = s.Flush(ctx, false)
	if took := time.Since(began); !errors.Is(err, context.Canceled) || took > time.Second {
		t.Errorf("cancelled: %v after %v", err, took)
	}
	if !strings.Contains(log.String(), "no answer in time") {
		t.Errorf("the log: %q", log)
	}
}
