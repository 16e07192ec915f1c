//go:build go1.21

package tracetest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"github.com/ddinstrument/ddinstrument/runtime/tracetest"
)

var bg = context.Background()

// work makes two spans.
func work(ctx context.Context, name string) (err error) {
	ctx, span := tracer.Trace(ctx, name, tracer.Tag("n", 2), tracer.Tag("text", "two words"))
	defer span.Finish(&err)
	_, child := tracer.Trace(ctx, name+".child", tracer.Resource("r"), tracer.Service("other"), tracer.Type("web"))
	child.Finish()
	return io.EOF
}

const workTree = `%[1]s n=2 text="two words" !*errors.errorString: EOF
  %[1]s.child resource=r service=other type=web
`

func tree(name string) string { return fmt.Sprintf(workTree, name) }

func wantTree(t testing.TB, rec *tracetest.Recorder, want string) {
	t.Helper()
	if got := rec.Tree(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestTree(t *testing.T) {
	for _, env := range []string{"DD_SERVICE=svc", "DD_ENV=e", "DD_VERSION=v", "DD_TAGS=team:x", "DD_TRACE_ENABLED=false"} {
		name, value, _ := strings.Cut(env, "=")
		t.Setenv(name, value)
	}
	rec := tracetest.Start(t)
	work(bg, "a")
	tracer.SetTags(map[string]any{"global": 1})
	work(bg, "b")
	wantTree(t, rec, tree("a")+tree("b"))
	if s := rec.Find("b"); s.Service != "svc" || s.Tag("env") != "e" || s.Tag("team") != "x" || s.Tag("version") != "v" || s.Tag("global") != "1" {
		t.Errorf("%+v", s)
	}
	rec.Reset()
	wantTree(t, rec, "")
	_, span := tracer.Trace(bg, "own", tracer.Tag("env", "another"), tracer.Service("svc2"), tracer.Tag("line", "a\nb"), tracer.Tag("empty", ""))
	span.SetError(nil)
	span.Finish()
	wantTree(t, rec, `own service=svc2 empty="" env=another line="a\nb" !`+"\n")
}

func TestFinders(t *testing.T) {
	rec := tracetest.Start(t)
	work(bg, "a")
	work(bg, "b")
	a := rec.Find("a")
	if len(rec.Spans()) != 4 || len(rec.Roots()) != 2 || len(rec.FindAll("a")) != 1 || len(rec.FindAll("c")) != 0 || len(rec.FindTag("n", "2")) != 2 || len(rec.FindTag("x", "")) != 0 {
		t.Error("the numbers of spans found")
	}
	child := a.Children()[0]
	if child.Parent() != a || child.Root() != a || a.Parent() != nil || a.Root() != a || child.ParentID != a.ID || child.TraceID != a.TraceID {
		t.Error("parents")
	}
	if !a.Failed || a.Tag("error.message") != "EOF" || a.Metrics["n"] != 2 || a.Meta["text"] != "two words" || a.Start.IsZero() || a.Duration < child.Duration {
		t.Errorf("%+v", a)
	}
	if got, want := child.String(), "a.child resource=r service=other type=web"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	var none *tracetest.Span
	if none.Parent() != nil || none.Root() != nil || none.Children() != nil || none.Tag("x") != "" || none.HasTag("x") || none.String() != "no span" {
		t.Error("a nil span")
	}
}

// TestOpen looks at a trace that is not complete, and again when it is.
func TestOpen(t *testing.T) {
	rec := tracetest.Start(t)
	ctx, root := tracer.Trace(bg, "root")
	work(ctx, "a")
	wantTree(t, rec, tree("a"))
	root.Finish()
	wantTree(t, rec, "root\n  "+strings.Replace(strings.TrimSuffix(tree("a"), "\n"), "\n", "\n  ", -1)+"\n")
}

// TestParallel has many tests at once, with servers, and in each a subtest.
func TestParallel(t *testing.T) {
	for i := 0; i < 20; i++ {
		name := fmt.Sprint("test", i)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec := tracetest.Start(t)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				work(tracer.Extract(r.Header).Context(r.Context()), name+".server")
			}))
			defer server.Close()
			var group sync.WaitGroup
			for j := 0; j < 5; j++ {
				group.Add(1)
				go func() {
					defer group.Done()
					work(bg, name)
				}()
			}
			group.Wait()
			t.Run("inner", func(t *testing.T) {
				inner := tracetest.Start(t)
				work(bg, name+".inner")
				wantTree(t, inner, tree(name+".inner"))
			})
			t.Run("without", func(t *testing.T) { work(bg, name) })
			answer, err := http.Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if list := rec.Wait(14); len(list) != 14 {
				t.Errorf("%d spans, not 14", len(list))
			}
			want := strings.Repeat(tree(name), 6) + tree(name+".server")
			wantTree(t, rec, want)
		})
	}
}

// TestPool starts spans on a goroutine that was there before: those of a trace that is recorded go where that goes, and
// others to the innermost recorder.
func TestPool(t *testing.T) {
	jobs := make(chan func())
	defer close(jobs)
	done := make(chan bool)
	go func() {
		for job := range jobs {
			job()
			done <- true
		}
	}()
	outer := tracetest.Start(t)
	ctx, span := tracer.Trace(bg, "outer")
	t.Run("inner", func(t *testing.T) {
		inner := tracetest.Start(t)
		jobs <- func() {
			_, s := tracer.Trace(ctx, "child")
			s.Finish()
			_, s = tracer.Trace(bg, "alone")
			s.Finish()
		}
		<-done
		wantTree(t, inner, "alone\n")
	})
	span.Finish()
	wantTree(t, outer, "outer\n  child\n")
}

// TestProgram records a program that starts and stops the tracer itself.
func TestProgram(t *testing.T) {
	rec := tracetest.Start(t)
	program := func() {
		tracer.Start(tracer.WithService("program"))
		defer tracer.Stop()
		work(bg, "a")
	}
	program()
	_, s := tracer.Trace(bg, "late")
	s.Finish()
	program()
	if len(rec.Spans()) != 4 || len(rec.FindAll("late")) != 0 || rec.FindAll("a")[1].Service != "program" {
		t.Error(rec.Tree())
	}
}

// TestUndo starts recorders before and after there is a tracer that sends, and looks at what is left.
func TestUndo(t *testing.T) {
	var requests atomic.Int32
	agent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	defer agent.Close()
	t.Setenv("DD_TRACE_AGENT_URL", agent.URL)
	tracer.Start()
	defer tracer.Stop()
	ctx, before := tracer.Trace(bg, "before")
	var leaked *tracer.Span
	finish := make(chan bool)
	t.Run("recorded", func(t *testing.T) {
		rec := tracetest.Start(t)
		if s := tracer.CurrentSpan(nil); s != nil {
			t.Error("a span from outside is active")
		}
		work(bg, "a")
		_, leaked = tracer.Trace(bg, "leaked")
		wantTree(t, rec, tree("a"))
		go func() {
			<-finish
			work(bg, "after")
			leaked.Finish()
			finish <- true
		}()
		if err := tracer.Flush(bg); err != nil {
			t.Error(err)
		}
	})
	if n := requests.Load(); n != 0 {
		t.Errorf("%d requests to the agent", n)
	}
	finish <- true
	<-finish
	f := &failing{TB: t}
	tracetest.Start(f)
	if tracer.CurrentSpan(nil) != nil {
		t.Error("a span from outside is active")
	}
	f.end()
	if tracer.CurrentSpan(nil) != before || tracer.CurrentSpan(ctx) != before {
		t.Error("the span that was active is not so any more")
	}
	before.Finish()
	if err := tracer.Flush(bg); err != nil || requests.Load() != 2 { // one of them asks what the agent takes
		t.Errorf("%d requests to the agent, error %v", requests.Load(), err)
	}
	buf := make([]byte, 1<<20)
	if all := string(buf[:runtime.Stack(buf, true)]); strings.Contains(all, "tracetest.(*") || strings.Contains(all, "tracer.(*") {
		t.Errorf("a goroutine is left:\n%s", all)
	}
}

// TestMany records more spans than are kept.
func TestMany(t *testing.T) {
	rec := tracetest.Start(t)
	for i := 0; i < tracetest.MaxSpans+10; i++ {
		_, s := tracer.Trace(bg, "s")
		s.Finish()
	}
	if n := len(rec.Spans()); n != tracetest.MaxSpans || !strings.HasSuffix(rec.Tree(), "(10 more spans, which were not kept)\n") {
		t.Errorf("%d spans", n)
	}
}

// TestEvery records every kind of value.
func TestEvery(t *testing.T) {
	rec := tracetest.Start(t)
	long := strings.Repeat("水", 8000)
	_, s := tracer.Trace(bg, "every", tracer.Tag("bool", true), tracer.Tag("float", -1.5), tracer.Tag("big", int64(1)<<60),
		tracer.Tag("unicode", "DataDog/水"), tracer.Tag("error", errors.New("boo")), tracer.Tag("long", long))
	s.RecordError(io.EOF)
	s.Finish()
	wantTree(t, rec, "every big=1152921504606846976 bool=true error=boo float=-1.5 long="+long+" unicode=DataDog/水\n")
	if !rec.Find("every").HasTag("events") {
		t.Error("the event is missing")
	}
}
