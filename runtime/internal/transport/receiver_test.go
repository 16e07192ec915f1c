//go:build go1.21

package transport

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/agentaddr"
	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
)

// sizes encodes chunks as their first byte, and the one 0 as nothing.
type sizes struct{}

func (sizes) Append(b []byte, segments [][]byte) ([]byte, error) {
	for _, s := range segments {
		if s[0] != 0 {
			b = append(b, s[0])
		}
	}
	return b, nil
}

// TestReceiver sends to what is no agent: it is asked nothing, gets its own path, and nothing at all when there is nothing
// to be sent; its own reasons are told, and it has its own time to answer.
func TestReceiver(t *testing.T) {
	var seen, said strings.Builder
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen.WriteString(r.Method + " " + r.RequestURI + " " + r.Header.Get("Content-Type") + " " + r.Header.Get("Key") + " " + string(body) + "\n")
		switch string(body) {
		case "b":
			http.Error(w, "because", 500)
		case "s":
			time.Sleep(200 * time.Millisecond)
		}
	}))
	defer server.Close()
	defer diag.Redirect(&said)()
	a, err := agentaddr.Parse(server.URL + "/own/path")
	if err != nil {
		t.Fatal(err)
	}
	a.Path += "?a=b"
	form := Form{Type: "text/plain", Encoder: sizes{}, Final: func(int) bool { return true }, Reason: func(body []byte) string { return strings.TrimSpace(string(body)) }}
	s := New(Options{Agent: a, Headers: []string{"Key: value"}, Forms: []Form{form}, Timeout: 50 * time.Millisecond})
	defer s.Close()
	for _, chunk := range []string{"\x00", "a", "b", "s"} {
		s.Push(0, []byte(chunk), false)
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		if err := s.Flush(ctx, false); (err != nil) != (chunk == "s") || ctx.Err() != nil {
			t.Errorf("%q: %v", chunk, err)
		}
		cancel()
	}
	server.Close() // when it is done
	const line = "POST /own/path?a=b text/plain value "
	if want := line + "a\n" + line + "b\n" + line + "s\n"; seen.String() != want {
		t.Errorf("it has seen\n%swant\n%s", &seen, want)
	}
	if !strings.Contains(said.String(), "/own/path answers 500 (because) to a request with 1 traces") || strings.Contains(said.String(), "a=b") {
		t.Error(said.String())
	}
}

// TestPerRequest: requests are not larger than need be, but for a chunk that is larger.
func TestPerRequest(t *testing.T) {
	var seen []int
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen = append(seen, len(body))
	}))
	defer server.Close()
	a, err := agentaddr.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := New(Options{Agent: a, Forms: []Form{{Path: "/", Encoder: join{}}}})
	defer s.Close()
	for i, n := range []int{3 << 18, 3 << 18, 1 << 18, 5 << 18} {
		s.Push(uint64(i), make([]byte, n), false)
	}
	if err := s.Flush(context.Background(), false); err != nil {
		t.Fatal(err)
	}
	s.flight.Lock() // nobody is sending any more
	defer s.flight.Unlock()
	if len(seen) != 3 || seen[0]+seen[1]+seen[2] != 12<<18 || max(seen[0], seen[1], seen[2]) != 5<<18 {
		t.Errorf("requests of %d bytes", seen)
	}
}

// join encodes chunks as they are.
type join struct{}

func (join) Append(b []byte, segments [][]byte) ([]byte, error) {
	for _, s := range segments {
		b = append(b, s...)
	}
	return b, nil
}
