//go:build go1.21

package tracer

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// TestLastStatistics: what has been counted goes with the last words of a program that may die of a panic. The agent does
// not count the traces that it has got.
func TestLastStatistics(t *testing.T) {
	var traces, statistics atomic.Int32
	agent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		io.Copy(io.Discard, req.Body)
		switch req.URL.Path {
		case "/info":
			io.WriteString(w, `{"version":"7.85.1","endpoints":["/v0.4/traces","/v0.6/stats"],"client_drop_p0s":true}`)
		case statsPath:
			statistics.Add(1)
		default:
			traces.Add(1)
		}
	}))
	t.Cleanup(agent.Close)
	environment(t, "DD_SERVICE=conf", "DD_TRACE_AGENT_URL="+agent.URL)
	restart(t, io.Discard)
	survivors.Lock()
	survivors.flushed = nil // of earlier runs
	survivors.Unlock()

	span := func() {
		_, s := Trace(context.Background(), "counted")
		s.Finish()
	}
	span()
	if err := Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	span() // the agent is known
	if err := Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	span()
	equal(t, "statistics before", statistics.Load(), 1)
	before := traces.Load()
	call(bg, &siteA, explode)
	if traces.Load() == before {
		t.Fatal("there were no last words")
	}
	equal(t, "statistics", statistics.Load(), 2)
}
