//go:build go1.21

package tracer

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// faulty is an agent that does as it is told with each connection.
type faulty struct {
	net.Listener
	wg    sync.WaitGroup
	mu    sync.Mutex
	conns []net.Conn
}

func startFaulty(t *testing.T, do func(net.Conn)) *faulty {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &faulty{Listener: l}
	f.wg.Add(1)
	go func() {
		defer f.wg.Done()
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			f.mu.Lock()
			f.conns = append(f.conns, conn)
			f.mu.Unlock()
			f.wg.Add(1)
			go func() { defer f.wg.Done(); defer conn.Close(); do(conn) }()
		}
	}()
	return f
}

// end is the agent's, and that of its connections.
func (f *faulty) end() {
	f.Close()
	f.mu.Lock()
	for _, c := range f.conns {
		c.Close()
	}
	f.mu.Unlock()
	f.wg.Wait()
}

// replies answers every request of a connection with the same text.
func replies(text string) func(net.Conn) {
	return func(c net.Conn) {
		in := bufio.NewReader(c)
		for {
			r, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			io.Copy(io.Discard, r.Body)
			if _, err := io.WriteString(c, text); err != nil {
				return
			}
		}
	}
}

func status(code int) func(net.Conn) {
	return replies(fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Length: 3\r\n\r\nno!", code))
}

// hang takes everything and says nothing, until the other side gives up.
func hang(c net.Conn) { io.Copy(io.Discard, c) }

var faults = map[string]func(net.Conn){
	"hangs":           hang,
	"404":             status(404),
	"413":             status(413),
	"429":             status(429),
	"500":             status(500),
	"garbage":         replies("220 smtp.example.com ESMTP\r\n"),
	"garbage in HTTP": replies("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<html>\x00\xff\xfe"),
	"half a response": func(c net.Conn) {
		http.ReadRequest(bufio.NewReader(c))
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Le")
	},
	"half a body": func(c net.Conn) {
		http.ReadRequest(bufio.NewReader(c))
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
	},
	"closes at once":     func(net.Conn) {},
	"closes mid-request": func(c net.Conn) { io.ReadFull(c, make([]byte, 20)) },
}

// TestFaults traces beside agents with every fault: the program goes on, hears of it at most twice, stops in time, and
// leaves no goroutine. With an agent that is well again, at the same address, spans come.
func TestFaults(t *testing.T) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			f := startFaulty(t, fault)
			address := f.Addr().String()
			var log syncBuffer
			environment(t, "DD_SERVICE=conf", "DD_TRACE_AGENT_URL=http://"+address)
			restart(t, &log)
			for i := 0; i < 5; i++ {
				flushWithin(t, 300*time.Millisecond)
			}
			f.end()
			r := new(recorder)
			l, err := net.Listen("tcp", address)
			if err != nil {
				t.Skip(err)
			}
			r.Server = &httptest.Server{Listener: l, Config: &http.Server{Handler: r}}
			r.Start()
			flushWithin(t, 5*time.Second)
			if len(r.heads) == 0 {
				t.Error("nothing comes when the agent is well again")
			}
			began := time.Now()
			Stop()
			took := time.Since(began)
			r.Close()
			lines := strings.Count(log.String(), "\n")
			if took > stopping || lines > 2 {
				t.Errorf("Stop took %v, the log: %s", took, &log)
			}
			t.Logf("%d lines, Stop took %v, %d goroutines more", lines, took.Round(time.Millisecond), settled(before)-before)
			if n := settled(before); n > before {
				t.Errorf("%d goroutines, before %d", n, before)
			}
		})
	}
}

// flushWithin sends some spans.
func flushWithin(t *testing.T, limit time.Duration) {
	t.Helper()
	for i := 0; i < 10; i++ {
		_, s := Trace(bg, "s")
		s.Finish()
	}
	ctx, cancel := context.WithTimeout(bg, limit)
	defer cancel()
	began := time.Now()
	Flush(ctx)
	if took := time.Since(began); took > limit+time.Second {
		t.Errorf("Flush took %v", took)
	}
}

// settled waits for the number of goroutines to come down to n.
func settled(n int) int {
	for i := 0; i < 100 && runtime.NumGoroutine() > n; i++ {
		time.Sleep(20 * time.Millisecond)
	}
	return runtime.NumGoroutine()
}

// TestStopHung stops while the agent hangs: within its limit.
func TestStopHung(t *testing.T) {
	f := startFaulty(t, hang)
	defer f.end()
	environment(t, "DD_TRACE_AGENT_URL=http://"+f.Addr().String())
	restart(t, new(syncBuffer))
	_, s := Trace(bg, "s")
	s.Finish()
	began := time.Now()
	Stop()
	took := time.Since(began)
	t.Logf("Stop took %v", took)
	if took > stopping+time.Second {
		t.Errorf("Stop took %v", took)
	}
}

// TestSocketGone has the agent's unix socket disappear and come back.
func TestSocketGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	serve := func() *recorder {
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Skip(err)
		}
		r := new(recorder)
		r.Server = &httptest.Server{Listener: l, Config: &http.Server{Handler: r}}
		r.Start()
		return r
	}
	r := serve()
	var log syncBuffer
	environment(t, "DD_SERVICE=conf", "DD_TRACE_AGENT_URL=unix://"+path)
	restart(t, &log)
	flushWithin(t, 5*time.Second)
	equal(t, "requests", len(r.heads), 1)
	r.Close()
	os.Remove(path)
	flushWithin(t, time.Second)
	r = serve()
	defer r.Close()
	flushWithin(t, 5*time.Second)
	total := 0
	for _, c := range r.traces(t) {
		total += len(c)
	}
	equal(t, "spans, those of the meantime too,", total, 20)
	if strings.Count(log.String(), "\n") != 1 {
		t.Errorf("the log: %s", &log)
	}
}

// TestRestart has the agent replaced by another one between two requests, on the same address: no loss, no word.
func TestRestart(t *testing.T) {
	first := new(recorder)
	first.Server = httptest.NewServer(first)
	address := first.Listener.Addr().String()
	var log syncBuffer
	environment(t, "DD_SERVICE=conf", "DD_TRACE_AGENT_URL=http://"+address)
	restart(t, &log)
	flushWithin(t, 5*time.Second)
	first.Close()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Skip(err)
	}
	second := new(recorder)
	second.Server = &httptest.Server{Listener: l, Config: &http.Server{Handler: second}}
	second.Start()
	defer second.Close()
	flushWithin(t, 5*time.Second)
	equal(t, "traces", len(second.traces(t)), 10)
	equal(t, "the log", log.String(), "")
}
