package agent

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestSave(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traces.jsonl")
	const budget = 20 << 10
	st := NewStore(budget)
	st.add(shopTraces()[:1])
	saver, err := st.Save(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint64(100) { // many times the budget
		st.add([]chunk{chunkOf(withHigh(i+10, 1, "ab"), withHigh(i+10, 2, ""))})
	}
	st.add([]chunk{chunkOf(withHigh(109, 3, ""))}) // grows
	full := fullSpan()
	st.add([]chunk{{spans: []Span{full}, cost: full.cost()}})
	if err := saver.Close(); err != nil {
		t.Fatal(err)
	}
	if err := saver.Close(); err != nil {
		t.Error(err)
	}
	st.add([]chunk{chunkOf(withHigh(999, 3, ""))}) // too late
	other := NewStore(0)
	if err := other.Open(path); err != nil {
		t.Fatal(err)
	}
	if got := other.Totals(); got.Traces != 102 || st.Totals().Dropped == 0 {
		t.Errorf("%+v; %+v", got, st.Totals())
	}
	if trace, ok := other.Trace(TraceID{0xab, 109}); !ok || len(trace.Spans) != 3 {
		t.Errorf("the trace that grew: %+v", trace)
	}
	if trace, ok := other.Trace(TraceID{0, full.TraceID}); !ok || !equalSpan(trace.Spans[0], full) {
		t.Errorf("got %+v", trace)
	}
	if text, err := os.ReadFile(path); err != nil || strings.Contains(string(text), "\"999\"") {
		t.Error(err)
	}
}

func equalSpan(a, b Span) bool {
	x, errA := (&Trace{Spans: []Span{a}}).MarshalJSON()
	y, errB := (&Trace{Spans: []Span{b}}).MarshalJSON()
	return errA == nil && errB == nil && string(x) == string(y)
}

// TestSaveFails: a full disk ends the file, not the agent.
func TestSaveFails(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	st := NewStore(testLimit)
	saver, err := st.Save("/dev/full")
	if err != nil {
		t.Fatal(err)
	}
	st.add(shopTraces())
	for range 500 {
		if st.Totals().SaveFailed != "" {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if got := st.Totals().SaveFailed; !strings.Contains(got, "no space left") {
		t.Errorf("while it runs, the store says %q", got)
	}
	if err := saver.Close(); err == nil || !strings.Contains(err.Error(), "save traces") {
		t.Error(err)
	}
	if _, err := st.Save(t.TempDir()); err == nil {
		t.Error("a folder is no file")
	}
}

func TestOpenFails(t *testing.T) {
	good := `{"trace_id":"000000000000000000000000000000ab","spans":[{"span_id":"1","parent_id":"0"}]}`
	for text, want := range map[string]string{
		good + "\n\n" + good + "\n":                       "",
		good + "\n" + good[:50]:                           ":2: ",
		good + "\n[]":                                     ":2: ",
		`{"trace_id":"ab"}`:                               "32 hexadecimal digits",
		`{"trace_id":"000000000000000000000000000000ab"}`: "no trace",
	} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		st := NewStore(0)
		if err := st.Open(path); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := NewStore(0).Open(filepath.Join(t.TempDir(), "f")); err == nil {
		t.Error("there is no such file")
	}
}

// TestSaveAfterCut: a file that ends within a line, for an agent was killed,
// loses that line and no other; and is not written again with what it has.
func TestSaveAfterCut(t *testing.T) {
	const good = `{"trace_id":"000000000000000000000000000000ab","spans":[{"span_id":"1","parent_id":"0"}]}`
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte(good+"\n"+good[:50]), 0o666); err != nil {
		t.Fatal(err)
	}
	size := int64(0)
	for i := range uint64(3) {
		st := NewStore(0)
		if err := st.Open(path); !errors.Is(err, ErrCut) || !strings.Contains(err.Error(), ":2: the line is cut off") {
			t.Errorf("%d: %v", i, err)
		}
		if n := st.Totals().Traces; n != 1+int(i) {
			t.Errorf("%d: %d traces", i, n)
		}
		saver, err := st.Save(path)
		if err != nil {
			t.Fatal(err)
		}
		st.add([]chunk{chunkOf(withHigh(100+i, 1, ""))})
		if err := saver.Close(); err != nil {
			t.Error(err)
		}
		info, err := os.Stat(path)
		if err != nil || i > 0 && info.Size() > size+400 {
			t.Errorf("%d: it grew to %d bytes; %v", i, info.Size(), err)
		}
		size = info.Size()
	}
	text, err := os.ReadFile(path)
	if n := strings.Count(string(text), `00ab","spans"`); err != nil || n != 1 {
		t.Errorf("%d times the trace that the file had:\n%s", n, text)
	}
}

func FuzzOpen(f *testing.F) {
	span := fullSpan()
	line, err := (&Trace{ID: 1, Spans: []Span{span}}).MarshalJSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Fuzz(func(t *testing.T, text []byte) {
		st := NewStore(testLimit)
		if st.read(strings.NewReader(string(text)), nil) == nil {
			checkSaved(t, st)
		}
	})
}

// TestStoreConcurrent reads in all ways, and saves, while traces come and go.
func TestStoreConcurrent(t *testing.T) {
	st := NewStore(64 << 10)
	saver, err := st.Save(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	var adding, reading sync.WaitGroup
	for g := range uint64(2) {
		adding.Go(func() {
			for i := range uint64(500) {
				st.add([]chunk{chunkOf(withHigh(i, g+1, "ab"), withHigh(i, g+10, ""))})
			}
		})
	}
	done := make(chan struct{})
	for range 2 {
		reading.Go(func() {
			changed, stop := st.Watch()
			defer stop()
			for seq := uint64(0); ; {
				select {
				case <-changed:
				case <-done:
					return
				}
				list := st.List(Query{After: seq, Text: "ab"})
				seq = list.Seq
				for _, s := range list.Traces {
					if trace, ok := st.Trace(s.ID); ok && len(trace.Spans) < s.Spans {
						t.Errorf("%d spans rather than %d", len(trace.Spans), s.Spans)
					}
				}
				st.Services(time.Minute)
				st.Resources(0)
				st.Calls()
				st.Totals()
				st.traces()
			}
		})
	}
	adding.Wait()
	close(done)
	reading.Wait()
	if err := saver.Close(); err != nil {
		t.Error(err)
	}
}
