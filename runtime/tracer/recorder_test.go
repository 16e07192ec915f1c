//go:build go1.21

package tracer

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
	"github.com/tinylib/msgp/msgp"
)

// recorded is a span as it came over the wire.
type recorded struct {
	Name, Service, Resource, Type string
	Trace, ID, Parent             uint64
	Start, Duration               int64
	Error                         int64
	Meta                          map[string]string
	Metrics                       map[string]float64
	Links                         []any
}

// recorder plays the agent, over a real connection.
type recorder struct {
	*httptest.Server
	log    syncBuffer // what the runtime has said
	mu     sync.Mutex
	chunks [][]recorded
	heads  []http.Header
	reply  string // what it answers; "": nothing of interest
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// record starts the tracer with DD_SERVICE=conf and these variables ("DD_ENV=e"), and a recorder for it.
func record(t testing.TB, env ...string) *recorder {
	t.Helper()
	r := new(recorder)
	r.Server = httptest.NewServer(r)
	environment(t, append([]string{"DD_SERVICE=conf", "DD_TRACE_AGENT_URL=" + r.URL}, env...)...)
	restart(t, &r.log)
	t.Cleanup(r.Close)
	return r
}

func environment(t testing.TB, env ...string) {
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
}

// restart starts the tracer anew, with empty labels on the goroutine, and stops it at the test's end.
func restart(t testing.TB, log io.Writer) {
	undo := diag.Redirect(log)
	slot.Put(nil)
	Start()
	t.Cleanup(func() {
		Stop()
		slot.Put(nil)
		undo()
	})
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.URL.Path == "/info" && req.Method == "GET" {
		http.NotFound(w, req)
		return
	}
	body, err := io.ReadAll(req.Body)
	chunks, decodeErr := decode(body)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil || decodeErr != nil || req.URL.Path != "/v0.4/traces" || req.Method != "POST" ||
		req.Header.Get("X-Datadog-Trace-Count") != fmt.Sprint(len(chunks)) {
		panic(fmt.Sprintf("bad request: %v %v %s %s %v", err, decodeErr, req.Method, req.URL, req.Header))
	}
	r.chunks = append(r.chunks, chunks...)
	r.heads = append(r.heads, req.Header)
	if r.reply == "" {
		r.reply = `{"rate_by_service":{}}`
	}
	io.WriteString(w, r.reply)
}

// answer has the recorder give an answer from now on.
func (r *recorder) answer(reply string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reply = reply
}

func decode(body []byte) ([][]recorded, error) {
	v, rest, err := msgp.ReadIntfBytes(body)
	if err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("%d bytes too many, error %v", len(rest), err)
	}
	var chunks [][]recorded
	for _, c := range v.([]any) {
		var chunk []recorded
		for _, s := range c.([]any) {
			chunk = append(chunk, toSpan(s.(map[string]any)))
		}
		chunks = append(chunks, chunk)
	}
	return chunks, keysOnce(body)
}

// keysOnce looks whether each key of a span stands once, in meta or in metrics.
func keysOnce(body []byte) error {
	r := msgpack.Reader{Rest: body}
	for chunks := r.Array(); chunks > 0; chunks-- {
		for spans := r.Array(); spans > 0; spans-- {
			known := map[string]bool{}
			for fields := r.Map(); fields > 0; fields-- {
				if field := r.String(); field != "meta" && field != "metrics" {
					r.Skip()
					continue
				}
				for n := r.Map(); n > 0; n-- {
					key := r.String()
					r.Skip()
					if known[key] {
						return fmt.Errorf("%s stands twice", key)
					}
					known[key] = true
				}
			}
		}
	}
	return r.Err
}

func toSpan(m map[string]any) recorded {
	s := recorded{
		Name: m["name"].(string), Service: m["service"].(string), Resource: m["resource"].(string),
		Trace: toUint(m["trace_id"]), ID: toUint(m["span_id"]), Parent: toUint(m["parent_id"]),
		Start: int64(toUint(m["start"])), Duration: int64(toUint(m["duration"])), Error: int64(toUint(m["error"])),
		Meta: map[string]string{}, Metrics: map[string]float64{},
	}
	s.Type, _ = m["type"].(string)
	s.Links, _ = m["span_links"].([]any)
	for k, v := range m["meta"].(map[string]any) {
		s.Meta[k] = v.(string)
	}
	for k, v := range m["metrics"].(map[string]any) {
		s.Metrics[k] = v.(float64)
	}
	return s
}

func toUint(v any) uint64 {
	switch n := v.(type) {
	case int64:
		return uint64(n)
	case uint64:
		return n
	}
	panic(fmt.Sprintf("%T is no number", v))
}

// traces flushes and returns the chunks that have come since the last call, ordered by start.
func (r *recorder) traces(t testing.TB) [][]recorded {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := Flush(ctx); err != nil {
		t.Fatalf("Flush: %v", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	chunks := r.chunks
	r.chunks = nil
	return chunks
}

// one returns the only chunk that has come.
func (r *recorder) one(t testing.TB) []recorded {
	t.Helper()
	chunks := r.traces(t)
	if len(chunks) != 1 {
		t.Fatalf("%d traces, want 1: %v", len(chunks), chunks)
	}
	return chunks[0]
}

// whole returns the spans of all chunks that have come, in the order in which they started, without snapshots of what was
// still open.
func (r *recorder) whole(t testing.TB) (all []recorded) {
	t.Helper()
	for _, chunk := range r.traces(t) {
		for _, s := range chunk {
			if _, snapshot := s.Metrics[snapshotTag]; !snapshot {
				all = append(all, s)
			}
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Start < all[j].Start })
	return all
}

// span returns the only span of the only chunk.
func (r *recorder) span(t testing.TB) recorded {
	t.Helper()
	chunk := r.one(t)
	if len(chunk) != 1 {
		t.Fatalf("%d spans, want 1: %v", len(chunk), names(chunk))
	}
	return chunk[0]
}

// names is "a>b c": each span's name, with its parent's before it where that is in the chunk.
func names(chunk []recorded) string {
	byID := map[uint64]string{}
	for _, s := range chunk {
		byID[s.ID] = s.Name
	}
	var list []string
	for _, s := range chunk {
		name := s.Name
		if p, ok := byID[s.Parent]; ok {
			name = p + ">" + name
		}
		list = append(list, name)
	}
	return strings.Join(list, " ")
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
