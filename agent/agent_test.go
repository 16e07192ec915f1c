package agent

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func start(t *testing.T, opts Options) *Server {
	t.Helper()
	s, err := Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// send makes one request and returns status and body.
func send(t *testing.T, method, url string, body []byte, header ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// rates is what a tracer gets that sends traces: keep all.
const rates = `{"rate_by_service":{}}`

func TestReceive(t *testing.T) {
	s := start(t, Options{})
	if !strings.HasPrefix(s.URL(), "http://127.0.0.1:") {
		t.Errorf("URL %s", s.URL())
	}
	late := Span{TraceID: 2, SpanID: 3, Start: 20, Name: "late"}
	early := Span{TraceID: 1, SpanID: 1, Start: 10, Name: "early"}
	for i, method := range []string{"PUT", "POST"} {
		span := []Span{late, early}[i]
		path := []string{"/v0.4/traces", "/v0.3/traces"}[i]
		status, body := send(t, method, s.URL()+path, payloadOf([]Span{span}), "Content-Type", "application/msgpack")
		if want := []string{rates, "OK\n"}[i]; status != 200 || body != want {
			t.Errorf("%s: %d %s", method, status, body)
		}
	}
	traces := s.Traces()
	if len(traces) != 2 || traces[0].Spans[0].Name != "early" || traces[1].Spans[0].Name != "late" {
		t.Errorf("got %+v", traces)
	}
}

func TestAnswers(t *testing.T) {
	s := start(t, Options{})
	tests := []struct {
		method, path string
		body         []byte
		header       []string
		status       int
		answer       string
	}{
		{"GET", "/info", nil, nil, 200, `"endpoints":["/v0.3/traces","/v0.4/traces","/v0.5/traces","/v1.0/traces"]`},
		{"GET", "/info", nil, nil, 200, `"client_drop_p0s":false`},
		{"POST", "/telemetry/proxy/api/v2/apmtelemetry", []byte("{}"), nil, 200, "{}"},
		{"POST", "/v0.6/stats", []byte{0x80}, nil, 200, "{}"},
		{"POST", "/v0.7/config", []byte("{}"), nil, 200, "{}"},
		{"POST", "/profiling/v1/input", []byte("x"), nil, 200, "{}"},
		// Not understood, so not acknowledged: the tracer takes v0.4 then.
		{"PUT", "/v0.2/traces", []byte("[]"), nil, 404, ""},
		{"PUT", "/v0.7/traces", []byte{0x80}, nil, 404, ""},
		{"PUT", "/v2.0/traces", []byte{0x90}, nil, 404, ""},
		{"PUT", "/v0.5/traces", []byte{0x92, 0x90, 0x90}, nil, 200, rates},
		{"PUT", "/v1.0/traces", []byte{0x80}, nil, 200, rates},
		{"PUT", "/v0.4/traces", []byte{0x90}, []string{"Datadog-Rates-Payload-Version", "0"}, 200, rates},
		{"PUT", "/v0.4/traces", []byte{0x90}, []string{"Datadog-Rates-Payload-Version", "1"}, 200, "{}"},
		{"PUT", "/v0.5/traces", []byte{0x90}, nil, 400, ""},
		{"PUT", "/v1.0/traces", []byte{0x90}, nil, 400, ""},
		{"PUT", "/v0.4/traces", []byte{0x90}, []string{"Sec-Fetch-Site", "cross-site"}, 403, ""},
		{"POST", "/v0.4/services", []byte("{}"), nil, 200, "OK"},
		{"POST", "/evp_proxy/v4/api/v2/citestcycle", []byte("{}"), nil, 200, "{}"},
		{"POST", "/debugger/v1/input", []byte("[]"), nil, 200, "{}"},
		{"POST", "/dogstatsd/v2/proxy", []byte("a:1|c"), nil, 200, "{}"},
		{"POST", "/tracer_flare/v1", make([]byte, maxPayload+1), nil, 413, ""},
		{"GET", "/v0.4/traces", nil, nil, 405, ""},
		{"PUT", "/v0.4/traces", []byte("rubbish"), nil, 400, ""},
		{"PUT", "/v0.4/traces", nil, nil, 400, ""},
		{"PUT", "/v0.4/traces", []byte{0x90}, []string{"Content-Encoding", "gzip"}, 415, ""},
		{"PUT", "/v0.4/traces", []byte("[]"), []string{"Content-Type", "application/json"}, 415, ""},
		{"PUT", "/v0.4/traces", []byte{0x90}, nil, 200, rates},
		{"PUT", "/v0.4/traces", make([]byte, maxPayload+1), nil, 413, ""},
	}
	for _, test := range tests {
		status, body := send(t, test.method, s.URL()+test.path, test.body, test.header...)
		if status != test.status || !strings.Contains(body, test.answer) {
			t.Errorf("%s %s: %d %s", test.method, test.path, status, body)
		}
	}
	// A length that is not announced is not trusted either.
	resp, err := http.Post(s.URL()+"/v0.4/traces", "application/msgpack",
		io.LimitReader(zeros{}, maxPayload+1))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("an endless body: %s", resp.Status)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "apm.socket")
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Skip(err)
	}
	s := start(t, Options{Listeners: []net.Listener{ln}})
	if s.URL() != "unix://"+path {
		t.Errorf("URL %s", s.URL())
	}
	client := http.Client{Transport: &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) { return net.Dial("unix", path) },
	}}
	defer client.CloseIdleConnections()
	resp, err := client.Get("http://agent/info")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

func TestStartFails(t *testing.T) {
	s := start(t, Options{})
	_, err := Start(Options{Addr: strings.TrimPrefix(s.URL(), "http://")})
	if err == nil {
		t.Error("two agents at one address")
	}
}

// TestMemory sends many times what may be kept, from several clients.
func TestMemory(t *testing.T) {
	const budget = 2 << 20
	s := start(t, Options{Memory: budget})
	const clients, payloads, chunks = 4, 20, 100
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for p := range payloads {
				if status, body := send(t, "PUT", s.URL()+"/v0.4/traces", bulk(c*payloads+p, chunks)); status != 200 {
					t.Errorf("%d %s", status, body)
				}
			}
		})
	}
	wg.Wait()
	kept := len(s.Traces())
	if kept == 0 || kept+s.Dropped() != clients*payloads*chunks {
		t.Errorf("%d kept, %d dropped", kept, s.Dropped())
	}
	if s.store.used > budget {
		t.Errorf("%d used", s.store.used)
	}
	http.DefaultClient.CloseIdleConnections()
	runtime.GC()
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	// What is kept takes no more than was reckoned: as much as is free when all
	// has been let go.
	s.store.budget = 0
	s.store.add(nil)
	runtime.GC()
	var empty runtime.MemStats
	runtime.ReadMemStats(&empty)
	if took := int64(after.HeapAlloc) - int64(empty.HeapAlloc); took > budget {
		t.Errorf("%d bytes in memory, for a budget of %d", took, budget)
	}
}

// bulk is a payload of different traces of 5 spans each.
func bulk(n, chunks int) []byte {
	var all [][]Span
	for c := range chunks {
		id := uint64(n*chunks + c + 1)
		var spans []Span
		for i := range uint64(5) {
			spans = append(spans, Span{
				TraceID: id, SpanID: i + 1, ParentID: i, Name: "sandwich.make", Service: "shop", Start: int64(id),
				Meta:    map[string]string{"order": fmt.Sprint("order number ", id), "bread": "rye"},
				Metrics: map[string]float64{"ingredients": 4},
			})
		}
		all = append(all, spans)
	}
	return payloadOf(all...)
}

func TestCloseWaits(t *testing.T) {
	s, err := Start(Options{})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", s.listeners[0].Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	payload := payloadOf([]Span{{TraceID: 1, SpanID: 1}})
	fmt.Fprintf(conn, "PUT /v0.4/traces HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n", len(payload))
	time.Sleep(50 * time.Millisecond) // the request is under way
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	time.Sleep(50 * time.Millisecond)
	if _, err := conn.Write(payload); err != nil {
		t.Fatal(err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if len(s.Traces()) != 1 {
		t.Error("the request that was under way is lost")
	}
	if err := s.Close(); err != nil {
		t.Errorf("closed again: %v", err)
	}
	if _, err := net.Dial("tcp", s.listeners[0].Addr().String()); err == nil {
		t.Error("still listening")
	}
}

// TestSocket: what a killed agent has left at the path gives way, all else
// does not.
func TestSocket(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "apm.socket")
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Skip(err)
	}
	ln.SetUnlinkOnClose(false)
	ln.Close()
	s := start(t, Options{Socket: path})
	client := http.Client{Transport: &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) { return net.Dial("unix", path) },
	}}
	defer client.CloseIdleConnections()
	resp, err := client.Post("http://agent/v0.4/traces", "", bytes.NewReader(payloadOf([]Span{{TraceID: 1, SpanID: 1}})))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if len(s.Traces()) != 1 {
		t.Error("nothing came by the socket")
	}
	if resp.Header.Get("Datadog-Agent-State") != infoState {
		t.Errorf("headers %v", resp.Header)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, taken := range []string{path, file} {
		if _, err := Start(Options{Socket: taken}); err == nil {
			t.Errorf("%s was taken", taken)
		}
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "mine" {
		t.Errorf("the file: %q %v", text, err)
	}
}
