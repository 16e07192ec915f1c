package ui

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/tinylib/msgp/msgp"
)

// span is what a test tells of a span; the rest is made up.
type span struct {
	trace, id, parent       uint64
	service, name, resource string
	duration                time.Duration
	failed                  bool
	meta                    map[string]string
}

var began = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func (s span) append(b []byte) []byte {
	failed := 0
	if s.failed {
		failed = 1
	}
	b, err := msgp.AppendIntf(b, map[string]any{
		"trace_id": s.trace, "span_id": s.id, "parent_id": s.parent,
		"service": s.service, "name": s.name, "resource": s.resource, "type": "web",
		"start": began.UnixNano() + int64(s.id), "duration": int64(s.duration), "error": failed,
		"meta": s.meta, "metrics": map[string]float64{"n": 3},
	})
	if err != nil {
		panic(err)
	}
	return b
}

// fixture is an agent with its pages.
type fixture struct {
	t     *testing.T
	agent *agent.Server
	ui    *Handler
	http  *httptest.Server
}

func start(t *testing.T) *fixture {
	t.Helper()
	a, err := agent.Start(agent.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, agent: a, ui: New(a.Store(), Info{Version: "v1.2.3", Listen: []string{a.URL()}})}
	f.http = httptest.NewServer(f.ui)
	t.Cleanup(func() {
		_ = f.ui.Close()
		f.http.Close()
		_ = a.Close()
	})
	return f
}

// send sends one trace as a tracer does.
func (f *fixture) send(spans ...span) {
	f.t.Helper()
	b := msgp.AppendArrayHeader(nil, 1)
	b = msgp.AppendArrayHeader(b, uint32(len(spans)))
	for _, s := range spans {
		b = s.append(b)
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPut, f.agent.URL()+"/v0.4/traces", bytes.NewReader(b))
	if err != nil {
		f.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/msgpack")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		f.t.Fatal(resp.Status)
	}
}

// contextWithAddr is the context of a request that came to addr.
func contextWithAddr(r *http.Request, addr net.Addr) context.Context {
	return context.WithValue(r.Context(), http.LocalAddrContextKey, addr)
}
