package agents

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	pb "github.com/DataDog/datadog-agent/pkg/proto/pbgo/trace"
	"github.com/DataDog/datadog-agent/pkg/proto/pbgo/trace/idx"
)

// intake plays Datadog: it takes what the agent sends.
type intake struct {
	*httptest.Server
	mu     sync.Mutex
	chunks []chunk
	from   []sender
	stats  []*pb.ClientStatsPayload
	fault  error
	end    func() // has the agent send what it has, and end
}

func startIntake(t *testing.T) *intake {
	in := new(intake)
	in.Server = httptest.NewServer(in)
	t.Cleanup(in.Close)
	return in
}

func (in *intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/api/v0.2/traces":
	case "/api/v0.2/stats":
		in.count(r.Body)
		return
	default: // the agent's own news
		io.Copy(io.Discard, r.Body)
		return
	}
	var p pb.AgentPayload
	body, err := unzip(r.Body)
	if err == nil {
		err = p.UnmarshalVT(body)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if err != nil {
		in.fault = err
	}
	for _, p := range p.TracerPayloads {
		in.from = append(in.from, senderOf(p))
		for _, c := range p.Chunks {
			in.chunks = append(in.chunks, fromSpans(c.Spans))
		}
	}
	for _, p := range p.IdxTracerPayloads {
		in.from = append(in.from, senderOf(idx.FromProto(p)))
		for _, c := range idx.FromProto(p).Chunks {
			in.chunks = append(in.chunks, fromIndexed(c))
		}
	}
}

// count takes statistics.
func (in *intake) count(r io.Reader) {
	var p pb.StatsPayload
	body, err := unzip(r)
	if err == nil {
		_, err = p.UnmarshalMsg(body)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if err != nil {
		in.fault = err
	}
	in.stats = append(in.stats, p.Stats...)
}

// counted returns the statistics that have come.
func (in *intake) counted(t *testing.T) []*pb.ClientStatsPayload {
	t.Helper()
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.fault != nil {
		t.Fatal(in.fault)
	}
	return in.stats
}

func unzip(r io.Reader) ([]byte, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// wait returns what has come once there are so many chunks.
func (in *intake) wait(t *testing.T, chunks int) []chunk {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		in.mu.Lock()
		list, fault := in.chunks, in.fault
		in.mu.Unlock()
		if fault != nil {
			t.Fatal(fault)
		}
		if len(list) >= chunks {
			return list
		}
		if time.Now().After(end) {
			t.Fatalf("%d chunks have come, not %d", len(list), chunks)
		}
	}
}
