package agent

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// shopTraces are three traces of two services; the second fails.
func shopTraces() []chunk {
	request := func(id uint64, failed int32, d time.Duration) chunk {
		return chunkOf(
			Span{
				TraceID: id, SpanID: 1, Service: "web", Name: "http.request", Resource: "GET /pay", Type: "web", Start: int64(id) * 1000,
				Duration: int64(d), Metrics: map[string]float64{"http.status_code": 200 + float64(failed)*300},
			},
			Span{
				TraceID: id, SpanID: 2, ParentID: 1, Service: "bank", Name: "debit", Resource: "Debit Card", Start: int64(id)*1000 + 1,
				Duration: int64(d) / 2, Error: failed, Meta: map[string]string{"card": "Visa", "id": strings.Repeat("x", int(id))},
			},
			Span{TraceID: id, SpanID: 3, ParentID: 2, Service: "bank", Name: "sql", Resource: "SELECT", Start: int64(id)*1000 + 2, Duration: 1},
		)
	}
	return []chunk{request(1, 0, time.Millisecond), request(2, 1, time.Second), request(3, 0, 2*time.Millisecond)}
}

func TestList(t *testing.T) {
	st := NewStore(testLimit)
	st.add(shopTraces())
	tests := map[string]struct {
		query Query
		want  []uint64
		more  bool
	}{
		"all":            {Query{}, []uint64{3, 2, 1}, false},
		"limit":          {Query{Limit: 2}, []uint64{3, 2}, true},
		"before":         {Query{Limit: 2, Before: 2}, []uint64{1}, false},
		"after":          {Query{After: 2}, []uint64{3}, false},
		"service":        {Query{Service: "bank"}, []uint64{3, 2, 1}, false},
		"error":          {Query{Error: true}, []uint64{2}, false},
		"of one span":    {Query{Error: true, Service: "web"}, nil, false},
		"name":           {Query{Name: "sql", Limit: 1}, []uint64{3}, true},
		"resource":       {Query{Resource: "debit"}, []uint64{3, 2, 1}, false},
		"duration":       {Query{MinDuration: 2 * time.Millisecond}, []uint64{3, 2}, false},
		"tag":            {Query{Tags: []Tag{{"card", "Visa"}, {"id", "xx"}}}, []uint64{2}, false},
		"tag by case":    {Query{Tags: []Tag{{"card", "visa"}}}, nil, false},
		"a tag's key":    {Query{Tags: []Tag{{"card", ""}}}, []uint64{3, 2, 1}, false},
		"number":         {Query{Tags: []Tag{{"http.status_code", "500"}}}, []uint64{2}, false},
		"text":           {Query{Text: "VISA"}, []uint64{3, 2, 1}, false},
		"text elsewhere": {Query{Text: "mastercard"}, nil, false},
	}
	for name, test := range tests {
		got := st.List(test.query)
		var ids []uint64
		for _, s := range got.Traces {
			ids = append(ids, s.ID.Low)
		}
		if !slices.Equal(ids, test.want) || got.More != test.more || got.Seq != 3 {
			t.Errorf("%s: %v, %+v", name, ids, got)
		}
	}
	s := st.List(Query{}).Traces[1]
	s.Received = 0
	want := Summary{
		ID: TraceID{0, 2}, Seq: 2, Finished: true, Service: "web", Name: "http.request", Resource: "GET /pay", Type: "web",
		Start: 2000, Duration: int64(time.Second), Spans: 3, Errors: 1,
	}
	if !slices.Equal(s.Services, []string{"web", "bank"}) {
		t.Errorf("services %q", s.Services)
	}
	if s.Services = nil; !equalSummary(s, want) {
		t.Errorf("got  %+v\nwant %+v", s, want)
	}
}

func equalSummary(a, b Summary) bool {
	a.Services, b.Services = nil, nil
	x, y := []any{a.ID, a.Seq, a.Finished, a.Service, a.Name, a.Resource, a.Type, a.Failed, a.Start, a.Duration, a.Spans, a.Errors},
		[]any{b.ID, b.Seq, b.Finished, b.Service, b.Name, b.Resource, b.Type, b.Failed, b.Start, b.Duration, b.Spans, b.Errors}
	return slices.Equal(x, y)
}

// TestListGrows: a trace that grows comes again, at the front.
func TestListGrows(t *testing.T) {
	st := NewStore(testLimit)
	changed, stop := st.Watch()
	st.add(shopTraces())
	<-changed
	seq := st.List(Query{}).Seq
	if got := st.List(Query{After: seq}); len(got.Traces) != 0 || got.Traces == nil {
		t.Errorf("nothing new: %+v", got)
	}
	late := shopTraces()[:1]
	late[0].spans = []Span{{TraceID: 1, SpanID: 9, ParentID: 1, Service: "late", Start: 1, Error: 1}}
	st.add(late)
	st.add(nil)
	<-changed
	got := st.List(Query{After: seq})
	if len(got.Traces) != 1 || got.Traces[0].Spans != 4 || got.Traces[0].Errors != 1 || got.Traces[0].Start != 1 {
		t.Errorf("got %+v", got)
	}
	stop()
	st.add(shopTraces())
	select {
	case <-changed:
		t.Error("told after the end")
	default:
	}
}

// TestSnapshots: the final span stays, whatever comes after it.
func TestSnapshots(t *testing.T) {
	span := func(version float64, duration int64) chunk {
		s := Span{TraceID: 1, SpanID: 1, Service: "web", Name: "long", Duration: duration}
		if version > 0 {
			s.Metrics = map[string]float64{versionTag: version}
		}
		return chunk{spans: []Span{s}, cost: s.cost()}
	}
	st := NewStore(testLimit)
	for i, step := range []struct {
		chunk    chunk
		duration int64
		finished bool
	}{
		{span(1, 10), 10, false}, {span(3, 30), 30, false}, {span(2, 20), 30, false}, {span(0, 40), 40, true}, {span(4, 35), 40, true}, {span(0, 41), 41, true},
	} {
		st.add([]chunk{step.chunk})
		trace, ok := st.Trace(TraceID{0, 1})
		if s := st.List(Query{}).Traces[0]; !ok || len(trace.Spans) != 1 || s.Duration != step.duration || s.Finished != step.finished {
			t.Errorf("step %d: %+v", i, s)
		}
	}
	if got := st.Resources(0); len(got) != 1 || got[0].Requests != 1 || got[0].Max != 40 {
		t.Errorf("counted: %+v", got)
	}
	if st.used > keptCost+2*(spanCost+indexCost+mapsCost(1)) || st.used < keptCost+spanCost {
		t.Errorf("%d bytes", st.used)
	}
}

func TestNumbers(t *testing.T) {
	st := NewStore(testLimit)
	st.add(shopTraces())
	got := st.Resources(0)
	if len(got) != 2 { // sql enters no service
		t.Fatalf("got %+v", got)
	}
	bank := got[0]
	if bank.Service != "bank" || bank.Resource != "Debit Card" || bank.Requests != 3 || bank.Errors != 1 ||
		bank.Max != int64(time.Second)/2 || bank.Time != int64(501_500*time.Microsecond) {
		t.Errorf("got %+v", bank)
	}
	near := func(got int64, want time.Duration) bool { return math.Abs(float64(got)/float64(want)-1) <= accuracy }
	if web := got[1]; web.Errors != 0 || !near(web.P50, 2*time.Millisecond) || !near(web.P99, 2*time.Millisecond) || !near(web.Max, time.Second) {
		t.Errorf("got %+v", web)
	}
	services := st.Services(time.Minute)
	if len(services) != 2 || services[1].Service != "web" || services[1].Type != "web" || services[1].Requests != 3 || services[1].Resources != 1 {
		t.Errorf("services: %+v", services)
	}
	if calls := st.Calls(); len(calls) != 1 || calls[0] != (Call{"web", "bank", 3, 1}) {
		t.Errorf("calls: %+v", calls)
	}
}

// TestNumbersWindow: what is older than the window does not count in it.
func TestNumbersWindow(t *testing.T) {
	n := newNumbers()
	now := time.Unix(1_000_000, 0)
	span := []Span{{SpanID: 1, Service: "web", Duration: 5}}
	n.add(span, now)
	n.add(span, now.Add(30*time.Second))
	n.add(span, now.Add(30*time.Second))
	later := now.Add(40 * time.Second)
	for window, want := range map[time.Duration]uint64{0: 3, 15 * time.Second: 2, time.Minute: 3} {
		if got := n.resources(window, later); len(got) != 1 || got[0].Requests != want || got[0].Rate <= 0 {
			t.Errorf("%s: %+v", window, got)
		}
	}
	if got := n.resources(time.Minute, now.Add(time.Hour)); len(got) != 0 || len(n.recent) != 0 {
		t.Errorf("an hour later: %+v", got)
	}
}

// TestNumbersBounded: resources that are all different become one.
func TestNumbersBounded(t *testing.T) {
	n := newNumbers()
	now := time.Unix(1_000_000, 0)
	for i := range 5000 {
		id := strings.Repeat("x", i)
		n.add([]Span{{SpanID: 1, Service: "web", Name: "get", Resource: id}}, now)
		n.add([]Span{{SpanID: 1, Service: id, Name: id, Resource: id}}, now)
	}
	var requests uint64
	for _, r := range n.resources(0, now) {
		requests += r.Requests
	}
	if len(n.all.cells) > 2*maxKinds+1 || requests != 10_000 {
		t.Errorf("%d kinds, %d requests", len(n.all.cells), requests)
	}
}

// BenchmarkReceive decodes and keeps payloads when the budget is used up.
func BenchmarkReceive(b *testing.B) {
	var payloads [][]byte
	for i := range 50 {
		payloads = append(payloads, bulk(i, 1000))
	}
	st := NewStore(0)
	b.SetBytes(int64(len(payloads[0])))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		chunks, err := decode(payloads[i%len(payloads)], DefaultMemory)
		if err != nil {
			b.Fatal(err)
		}
		for c := range chunks { // traces of their own
			for s := range chunks[c].spans {
				chunks[c].spans[s].TraceID += uint64(i) << 32
			}
		}
		st.add(chunks)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(5000*b.N), "ns/span")
}
