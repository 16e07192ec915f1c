//go:build go1.21

package transport

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// changing is an agent that changes its mind. It notes what it is asked.
type changing struct {
	*httptest.Server
	mu    sync.Mutex
	paths []string // that it offers and takes
	lies  bool     // it offers all of them and takes only the last one
	state string
	seen  []string // path, and what of the headers matters
}

func startChanging(t *testing.T, paths ...string) *changing {
	a := &changing{paths: paths, state: "1"}
	a.Server = httptest.NewServer(a)
	t.Cleanup(a.Close)
	return a
}

func (a *changing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	a.mu.Lock()
	defer a.mu.Unlock()
	line := r.URL.Path
	for _, name := range []string{"Datadog-Client-Computed-Stats", "Datadog-Client-Dropped-P0-Traces", "Datadog-Client-Dropped-P0-Spans"} {
		if v := r.Header.Get(name); v != "" {
			line += " " + v
		}
	}
	a.seen = append(a.seen, line)
	w.Header().Set("Datadog-Agent-State", a.state)
	switch {
	case r.URL.Path == "/info":
		fmt.Fprintf(w, "%q", a.paths)
	case !slices.Contains(a.paths, r.URL.Path), a.lies && r.URL.Path != a.paths[len(a.paths)-1]:
		http.NotFound(w, r)
	}
}

// becomes has the agent be another one, which nobody is told but by its answers.
func (a *changing) becomes(state string, paths ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state, a.paths = state, paths
}

func (a *changing) requests() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := strings.Join(a.seen, ", ")
	a.seen = nil
	return s
}

// v04 is as what every agent takes, but for the inside of chunks.
var v04 = Form{Path: "/v0.4/traces", Type: "application/msgpack", Encoder: array{}}

// array is a form in which the chunks, each of one byte, are an array.
type array struct{}

func (array) Append(b []byte, segments [][]byte) ([]byte, error) {
	n := 0
	for _, s := range segments {
		n += len(s)
	}
	b = binary.BigEndian.AppendUint32(append(b, 0xdd), uint32(n))
	for _, s := range segments {
		b = append(b, s...)
	}
	return b, nil
}

// twice is a form in which each byte is said two times.
type twice struct{ err error }

func (e *twice) Append(b []byte, segments [][]byte) ([]byte, error) {
	for _, s := range segments {
		b = append(append(b, s...), s...)
	}
	return b, e.err
}

func TestForms(t *testing.T) {
	a := startChanging(t, "/new", "/v0.4/traces")
	s, log := newSender(t, a.URL)
	encoder := new(twice)
	s.options.Forms = []Form{{Path: "/new", Type: "application/x", Encoder: encoder}, v04}
	s.options.Choose = func(info []byte) int {
		if strings.Contains(string(info), "/new") {
			return 0
		}
		return 1
	}
	send := func(counted bool, want string) {
		t.Helper()
		s.Push(1, chunk, counted)
		if err := flush(s, 5*time.Second); err != nil {
			t.Fatal(err)
		}
		if got := a.requests(); got != want {
			t.Errorf("the requests are %s\nand not          %s", got, want)
		}
	}
	send(false, "/info, /new")
	send(true, "/new yes")

	a.becomes("2", "/v0.4/traces") // without a loss
	send(false, "/new, /info, /v0.4/traces")
	a.becomes("3", "/new", "/v0.4/traces")
	send(false, "/v0.4/traces")
	send(false, "/info, /new")
	a.lies = true
	send(false, "/new, /info, /v0.4/traces")
	send(false, "/v0.4/traces") // and it is not tried again
	a.lies = false
	a.becomes("4", "/new", "/v0.4/traces", "/stats")
	send(false, "/v0.4/traces")
	send(false, "/info, /new")

	s.Skip(3, true)
	s.Skip(2, false)
	send(true, "/new yes 1 5")
	send(true, "/new yes")

	s.Post("/stats", []byte("x"))
	send(true, "/stats, /new yes")
	if s.Lost() != 0 || log.Len() > 0 {
		t.Errorf("%d traces lost, log %s", s.Lost(), log)
	}
	s.Post("/other", []byte("x"))
	send(false, "/other, /info, /new")
	if !strings.Contains(log.String(), "404 to /other") || s.queue.size.Load() != 0 {
		t.Errorf("%d bytes wait, log %s", s.queue.size.Load(), log)
	}
	encoder.err = errors.New("boo")
	send(false, "")
	if s.Lost() != 1 || strings.Count(log.String(), "\n") != 2 {
		t.Errorf("%d traces lost, log %s", s.Lost(), log)
	}
}

// TestCountedApart: what the agent is to count goes in other requests than what it is not to.
func TestCountedApart(t *testing.T) {
	a := startChanging(t, "/v0.4/traces")
	s, _ := newSender(t, a.URL)
	for i := 0; i < 4; i++ {
		s.Push(uint64(i/2), chunk, i%2 == 0)
	}
	if err := flush(s, 5*time.Second); err != nil {
		t.Fatal(err)
	}
	if got, want := a.requests(), "/info, /v0.4/traces yes, /v0.4/traces"; got != want {
		t.Errorf("the requests are %s, not %s", got, want)
	}
}

// TestHurry: nothing is asked as a program ends, and what every agent takes is sent.
func TestHurry(t *testing.T) {
	a := startChanging(t, "/new", "/v0.4/traces")
	s, _ := newSender(t, a.URL)
	s.options.Forms = []Form{{Path: "/new", Encoder: new(twice)}, v04}
	s.options.Choose = func([]byte) int { return 0 }
	s.chosen = 1
	for _, want := range []string{"/v0.4/traces", "/info, /new", "/new"} {
		s.Push(1, chunk, false)
		if err := s.Flush(context.Background(), want != "/info, /new"); err != nil {
			t.Fatal(err)
		}
		if got := a.requests(); got != want {
			t.Errorf("the requests are %s, not %s", got, want)
		}
	}
}

// TestRetryAfter waits as long as the agent wants.
func TestRetryAfter(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Retry-After", "40")
		w.WriteHeader(503)
	}))
	defer server.Close()
	s, _ := newSender(t, server.URL)
	s.options.Choose = nil
	s.Push(1, chunk, false)
	if err := flush(s, 5*time.Second); err == nil {
		t.Fatal("no error")
	}
	if wait := time.Duration(s.downTil.Load() - clock()); wait < 25*time.Second || wait > 60*time.Second {
		t.Errorf("the next request is in %v", wait)
	}
	s.options.Forms[0].Final = func(status int) bool { return status == 503 }
	flush(s, 5*time.Second)
	if s.pending != nil || s.Lost() != 1 {
		t.Errorf("a final answer: %d lost", s.Lost())
	}
}

// TestPosts: as many as there is room for.
func TestPosts(t *testing.T) {
	s, log := newSender(t, "http://127.0.0.1:1")
	for i := 0; i < 2*maxPosts; i++ {
		s.Post("/stats", make([]byte, 1000))
	}
	if n := len(s.queue.posts); n != maxPosts || s.queue.size.Load() != 1000*maxPosts || strings.Count(log.String(), "\n") != 1 {
		t.Errorf("%d posts, %d bytes, log %s", n, s.queue.size.Load(), log)
	}
}
