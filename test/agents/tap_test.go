package agents

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"

	pb "github.com/DataDog/datadog-agent/pkg/proto/pbgo/trace"
	"github.com/DataDog/datadog-agent/pkg/proto/pbgo/trace/idx"
)

// The paths of the two forms that chunks are sent in.
const (
	v04 = "/v0.4/traces"
	v10 = "/v1.0/traces"
)

// statsPath is where statistics are sent.
const statsPath = "/v0.6/stats"

// tap stands between the runtime and the agent, and reads, as the agent does, what passes.
type tap struct {
	*httptest.Server
	mu       sync.Mutex
	chunks   []chunk
	requests map[string]int // by path
	stats    []*pb.ClientStatsPayload
	rates    string // what takes the place of the agent's answers to traces; "": nothing
	fault    error
}

// startTap starts a tap before an agent, which, if there are hidden paths, does not seem to know them.
func startTap(t *testing.T, agent string, hidden ...string) *tap {
	t.Helper()
	return startTapAt(t, "127.0.0.1:0", agent, hidden...)
}

// startTapAt is startTap at an address.
func startTapAt(t *testing.T, address, agent string, hidden ...string) *tap {
	t.Helper()
	u, err := url.Parse(agent)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(u)
	p := &tap{requests: map[string]int{}}
	proxy.ModifyResponse = func(r *http.Response) error {
		switch r.Request.URL.Path {
		case "/info":
			return hide(r, hidden)
		case v04, v10:
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.rates != "" {
				replace(r, []byte(p.rates))
			}
		}
		return nil
	}
	p.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slices.Contains(hidden, r.URL.Path) {
			http.NotFound(w, r)
			return
		}
		switch r.URL.Path {
		case v04, v10, statsPath:
			r.Body = p.read(r.URL.Path, r.Body)
		}
		proxy.ServeHTTP(w, r)
	}))
	p.Listener.Close()
	if p.Listener, err = net.Listen("tcp", address); err != nil {
		t.Fatal(err)
	}
	p.Start()
	t.Cleanup(p.Close)
	return p
}

// hide takes paths out of what an agent says at /info.
func hide(r *http.Response, hidden []string) error {
	var info map[string]any
	if err := json.NewDecoder(r.Body).Decode(&info); err != nil {
		return err
	}
	list, _ := info["endpoints"].([]any)
	info["endpoints"] = slices.DeleteFunc(list, func(path any) bool { return slices.Contains(hidden, path.(string)) })
	body, err := json.Marshal(info)
	replace(r, body)
	return err
}

// replace gives an answer another body.
func replace(r *http.Response, body []byte) {
	r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	r.Header.Set("Content-Length", fmt.Sprint(len(body)))
}

// answer has the agent say something else when it gets traces.
func (p *tap) answer(body string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rates = body
}

func (p *tap) read(path string, r io.Reader) io.ReadCloser {
	body, err := io.ReadAll(r)
	var chunks []chunk
	var counted pb.ClientStatsPayload
	switch {
	case err != nil:
	case path == statsPath:
		_, err = counted.UnmarshalMsg(body)
	default:
		chunks, err = decode(path, body)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if path == statsPath {
		p.stats = append(p.stats, &counted)
	}
	p.requests[path]++
	p.chunks = append(p.chunks, chunks...)
	if err != nil {
		p.fault = fmt.Errorf("%s: %w", path, err)
	}
	return io.NopCloser(bytes.NewReader(body))
}

func decode(path string, body []byte) (chunks []chunk, err error) {
	if path == v10 {
		var p idx.InternalTracerPayload
		_, err = p.UnmarshalMsg(body)
		for _, c := range p.Chunks {
			chunks = append(chunks, fromIndexed(c))
		}
		return chunks, err
	}
	var traces pb.Traces
	_, err = traces.UnmarshalMsg(body)
	for _, c := range traces {
		chunks = append(chunks, fromSpans(c))
	}
	return chunks, err
}

// sent returns what has passed.
func (p *tap) sent(t *testing.T) []chunk {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault != nil {
		t.Fatal(p.fault)
	}
	return p.chunks
}

// counted returns the statistics that have passed.
func (p *tap) counted() []*pb.ClientStatsPayload {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stats
}
