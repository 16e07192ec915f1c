//go:build go1.21

package v1

import (
	"fmt"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/internal/v04"
)

// typical is a segment of traces of three spans, with the tags that the tracer gives them and three of the program's.
func typical(traces int) (segment []byte, spans int) {
	for i := 0; i < traces; i++ {
		id := uint64(i)*0x9e3779b97f4a7c15 | 1<<63
		var list []span
		for depth := uint64(0); depth < 3; depth++ {
			name := []string{"http.request", "shop.checkout", "postgres.query"}[depth]
			s := span{
				texts:   []string{"service", "shop", "name", name, "resource", name + " GET /cart/{id}"},
				numbers: map[string]uint64{"trace_id": id, "span_id": id + depth, "parent_id": 0, "start": 1763890000123456789 + id>>30, "duration": id >> 44, "error": 0},
				meta:    []string{"env", "production", "version", "1.2.3", "http.method", "GET", "customer", fmt.Sprint("customer ", i)},
				metrics: map[string]float64{"items": float64(i)},
			}
			if depth > 0 {
				s.numbers["parent_id"] = id + depth - 1
			} else {
				s.texts = append(s.texts, "type", "web")
				s.meta = append(s.meta, "language", "go", "runtime-id", "6a1c8e0e-2f1e-4d8a-9f52-0d3b1f7f3c11", "_dd.p.tid", "6923000000000000", "_dd.p.dm", "-1")
				s.metrics["process_id"], s.metrics["_sampling_priority_v1"], s.metrics["_dd.top_level"], s.metrics["_dd.agent_psr"] = 4711, 1, 1, 1
			}
			list = append(list, s)
		}
		segment = append(segment, chunkOf(list...)...)
		spans += len(list)
	}
	return segment, spans
}

// BenchmarkAppend says what a span costs, and of how many of its bytes something is left.
func BenchmarkAppend(b *testing.B) {
	for _, traces := range []int{1, 1000} {
		b.Run(fmt.Sprint(traces, " traces"), func(b *testing.B) {
			segment, spans := typical(traces)
			e := New(Header{Language: "go", LanguageVersion: "go1.26", TracerVersion: "v1", Env: "production", Version: "1.2.3"})
			out, err := e.Append(nil, [][]byte{segment})
			if err != nil {
				b.Fatal(err)
			}
			old, _ := v04.Encoder{}.Append(nil, [][]byte{segment})
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				out, _ = e.Append(out[:0], [][]byte{segment})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*spans), "ns/span")
			b.ReportMetric(float64(len(out))/float64(spans), "B/span")
			b.ReportMetric(float64(len(old))/float64(spans), "B/span-v0.4")
		})
	}
}

// TestAllocations: none, once the tables are there.
func TestAllocations(t *testing.T) {
	segment, _ := typical(100)
	segments := [][]byte{segment}
	e := New(Header{Language: "go", Env: "production"})
	out, _ := e.Append(nil, segments)
	if n := testing.AllocsPerRun(10, func() { out, _ = e.Append(out[:0], segments) }); n > 0 {
		t.Errorf("%v allocations for 300 spans", n)
	}
}
