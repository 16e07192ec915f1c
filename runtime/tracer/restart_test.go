//go:build go1.21

package tracer

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/tinylib/msgp/msgp"
)

// tally is an agent that counts: spans that it gets by service, name and number, and hits in statistics.
type tally struct {
	mu    sync.Mutex
	spans map[string]int
	hits  int
	extra int // spans in requests that do not say that they are counted
}

func (a *tally) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	a.mu.Lock()
	defer a.mu.Unlock()
	switch req.URL.Path {
	case "/info":
		io.WriteString(w, `{"version":"7.85.1","endpoints":["/v0.4/traces","/v0.6/stats"]}`)
	case statsPath:
		v, _, _ := msgp.ReadIntfBytes(body)
		for _, b := range v.(map[string]any)["Stats"].([]any) {
			for _, g := range b.(map[string]any)["Stats"].([]any) {
				a.hits += int(toUint(g.(map[string]any)["Hits"]))
			}
		}
	default:
		chunks, err := decode(body)
		if err != nil {
			panic(err)
		}
		for _, c := range chunks {
			for _, s := range c {
				a.spans[fmt.Sprint(s.Name, " ", s.Metrics["n"])]++
				if s.Metrics[topTag] == 1 && req.Header.Get("Datadog-Client-Computed-Stats") == "" {
					a.extra++
				}
				if service := s.Meta["service"]; service != "" && service != s.Service {
					panic(fmt.Sprint(s))
				}
			}
		}
	}
}

// TestRestarts starts again, flushes and sets tags while spans begin and finish on many goroutines: each arrives once, says
// what was set of it, and is counted once.
func TestRestarts(t *testing.T) {
	a := &tally{spans: map[string]int{}}
	agent := httptest.NewServer(a)
	t.Cleanup(agent.Close)
	environment(t, "DD_SERVICE=conf", "DD_TRACE_AGENT_URL="+agent.URL)
	var log syncBuffer
	restart(t, &log)

	const workers, each = 8, 1500
	var all sync.WaitGroup
	for w := 0; w < workers; w++ {
		all.Add(1)
		go func(w int) {
			defer all.Done()
			for i := 0; i < each; i++ {
				ctx, root := Trace(context.Background(), "root", Tag("n", w*each+i))
				_, child := Trace(ctx, "child", Tag("n", w*each+i))
				plain, _ := Trace(ctx, "plain")
				if i%3 == 0 {
					service := fmt.Sprint("s", i%7)
					child.SetService(service)
					child.SetTag("service", service)
				}
				CurrentSpan(plain).Finish()
				child.Finish()
				root.Finish()
				if i%50 == 0 {
					time.Sleep(time.Millisecond)
				}
			}
		}(w)
	}
	stop := make(chan bool)
	var others sync.WaitGroup
	for i, f := range []func(int){
		func(n int) {
			if n%10 == 9 && n < 10*maxBefore {
				Start()
			}
		},
		func(int) { Flush(context.Background()) },
		func(n int) { SetTags(map[string]any{"round": n, "service": ""}) },
	} {
		others.Add(1)
		go func(i int, f func(int)) {
			defer others.Done()
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				case <-time.After(time.Duration(5+20*i) * time.Millisecond):
					f(n)
				}
			}
		}(i, f)
	}
	all.Wait()
	close(stop)
	others.Wait()
	if err := Flush(context.Background()); err != nil {
		t.Error(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	missing, doubled := 0, 0
	for n := 0; n < workers*each; n++ {
		for _, name := range []string{"root", "child"} {
			switch got := a.spans[fmt.Sprint(name, " ", float64(n))]; {
			case got == 0:
				missing++
			case got > 1:
				doubled++
			}
		}
	}
	if missing+doubled > 0 {
		t.Errorf("%d spans are missing, %d have come twice", missing, doubled)
	}
	if got, want := a.hits+a.extra, workers*each+workers*((each+2)/3); got != want {
		t.Errorf("%d spans are counted (%d of them by the agent), not %d; the log says %s", got, a.extra, want, log.String())
	}
}
