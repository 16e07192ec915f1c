//go:build go1.21

package ddslog

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

var bg = context.Background()

// start starts the tracer with these variables, and no agent to be found.
func start(t testing.TB, env ...string) {
	t.Setenv("DD_SERVICE", "conf")
	t.Setenv("DD_TRACE_AGENT_URL", "http://127.0.0.1:1")
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	tracer.Start()
	t.Cleanup(func() { tracer.Start() })
}

// line reads the only line of a log as JSON.
func line(t testing.TB, b *bytes.Buffer) map[string]any {
	t.Helper()
	defer b.Reset()
	var m map[string]any
	if err := json.Unmarshal(b.Bytes(), &m); err != nil {
		t.Errorf("%v: %s", err, b)
	}
	delete(m, "time")
	delete(m, "level")
	return m
}

func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// ids of the active span, as another process is told.
func ids(ctx context.Context) (trace, span string) {
	m := tracer.TextMap{}
	tracer.Inject(ctx, m)
	return m["traceparent"][3:35], m["x-datadog-parent-id"]
}

func TestConformance(t *testing.T) {
	t.Run("F1/API", conformF1)
	t.Run("F2/API", conformF2)
	t.Run("F3/API", conformF3)
	t.Run("F4/API", conformF4)
	t.Run("F5/API", conformF5)
}

func conformF1(t *testing.T) {
	start(t, "DD_ENV=e", "DD_VERSION=1")
	ctx, s := tracer.Trace(bg, "s", tracer.Service("other"), tracer.Tag("env", "x"), tracer.Tag("version", "y"))
	defer s.Finish()
	trace, span := ids(ctx)
	c, wanted := tracer.LogCorrelation(ctx)
	equal(t, "what a log says", c, tracer.Correlation{TraceID: trace, SpanID: span, Service: "conf", Env: "e", Version: "1"})
	equal(t, "wanted", wanted, true)
	var b bytes.Buffer
	slog.New(New(slog.NewJSONHandler(&b, nil))).InfoContext(ctx, "m")
	equal(t, "record", line(t, &b), map[string]any{"msg": "m", "dd.trace_id": trace, "dd.span_id": span, "dd.service": "conf", "dd.env": "e", "dd.version": "1"})
}

func conformF2(t *testing.T) {
	for _, enabled := range []string{"true", "false"} {
		start(t, "DD_TRACE_ENABLED="+enabled)
		var b bytes.Buffer
		l := slog.New(New(slog.NewJSONHandler(&b, nil)))
		want := map[string]any{"msg": "m", "dd.trace_id": "0", "dd.span_id": "0", "dd.service": "conf", "dd.env": "", "dd.version": ""}
		l.Info("m")
		equal(t, "without a span", line(t, &b), want)
		ctx, s := tracer.Trace(bg, "s")
		s.Finish()
		l.InfoContext(ctx, "m")
		equal(t, "after the span", line(t, &b), want)
	}
}

func conformF3(t *testing.T) {
	for _, wide := range []string{"true", "false"} {
		start(t, "DD_TRACE_128_BIT_TRACEID_GENERATION_ENABLED="+wide)
		_, s := tracer.Trace(bg, "s")
		m := tracer.TextMap{}
		tracer.Inject(bg, m)
		want := m["x-datadog-trace-id"]
		if wide == "true" {
			want = m["traceparent"][3:35]
		}
		c, _ := tracer.LogCorrelation(bg)
		equal(t, "ids", c.TraceID+" "+c.SpanID, want+" "+m["x-datadog-parent-id"])
		s.Finish()
	}
}

func conformF4(t *testing.T) {
	start(t)
	h := http.Header{}
	h.Set("x-datadog-trace-id", "234")
	h.Set("x-datadog-parent-id", "4321")
	var b bytes.Buffer
	slog.New(New(slog.NewJSONHandler(&b, nil))).InfoContext(tracer.Extract(h).Context(bg), "m")
	m := line(t, &b)
	equal(t, "ids", fmt.Sprint(m["dd.trace_id"], " ", m["dd.span_id"]), "234 4321")
}

// conformF5 logs without a context, through groups and attributes in all orders.
func conformF5(t *testing.T) {
	start(t)
	var b bytes.Buffer
	l := slog.New(New(slog.NewJSONHandler(&b, nil)))
	for i := 0; i < 3; i++ { // later ones find the handlers that were made
		_, s := tracer.Trace(bg, "s")
		trace, span := ids(bg)
		fields := func(m map[string]any) map[string]any {
			for k, v := range map[string]any{"msg": "m", "dd.trace_id": trace, "dd.span_id": span, "dd.service": "conf", "dd.env": "", "dd.version": ""} {
				m[k] = v
			}
			return m
		}
		group := func(pairs ...any) map[string]any {
			m := map[string]any{}
			for i := 0; i < len(pairs); i += 2 {
				m[pairs[i].(string)] = pairs[i+1]
			}
			return m
		}
		l.Info("m", "a", 1)
		equal(t, "plain", line(t, &b), fields(group("a", 1)))
		l.With("a", 1).With().Info("m", "b", 2, "c", 3, "d", 4, "e", 5, "f", 6)
		equal(t, "attributes", line(t, &b), fields(group("a", 1, "b", 2, "c", 3, "d", 4, "e", 5, "f", 6)))
		g := l.With("a", 1).WithGroup("g").With("b", 2)
		g.Info("m", "c", 3)
		equal(t, "group", line(t, &b), fields(group("a", 1, "g", group("b", 2, "c", 3))))
		g.WithGroup("").WithGroup("h").Info("m", "c", 3)
		equal(t, "two", line(t, &b), fields(group("a", 1, "g", group("b", 2, "h", group("c", 3)))))
		g.Info("m")
		equal(t, "group again", line(t, &b), fields(group("a", 1, "g", group("b", 2))))
		log.New(NewWriter(&b), "", 0).Print(`{"msg":"m"}`)
		equal(t, "package log", line(t, &b), fields(group()))
		s.Finish()
	}
	l.WithGroup("g").Info("m", "a", 1)
	equal(t, "no span", line(t, &b)["dd.span_id"], "0")
}

func TestNotWanted(t *testing.T) {
	start(t, "DD_LOGS_INJECTION=false")
	_, s := tracer.Trace(bg, "s")
	defer s.Finish()
	var b bytes.Buffer
	slog.New(New(slog.NewJSONHandler(&b, nil))).WithGroup("g").Info("m", "a", 1)
	equal(t, "record", line(t, &b), map[string]any{"msg": "m", "g": map[string]any{"a": 1}})
	log.New(NewWriter(&b), "", 0).Print("m")
	equal(t, "line", b.String(), "m\n")
}

func TestWriter(t *testing.T) {
	start(t, "DD_ENV=a \"b\"")
	const text = ` dd.service=conf dd.env="a \"b\"" dd.version= dd.trace_id=0 dd.span_id=0`
	const members = `"dd.service":"conf","dd.env":"a \"b\"","dd.version":"","dd.trace_id":"0","dd.span_id":"0"`
	for in, want := range map[string]string{
		"m\n":                     "m" + text + "\n",
		"m":                       "m" + text,
		"\n":                      text + "\n",
		"":                        "",
		"two\nlines\n":            "two\nlines" + text + "\n",
		"{}\n":                    "{" + members + "}\n",
		"{ } \r\n":                "{" + members + "} \r\n",
		`{"a":1 }`:                `{"a":1,` + members + "}",
		"{\"a\":1}\nm\n{\"b\":2}": `{"a":1,` + members + "}\nm\n{\"b\":2," + members + "}",
		"{":                       "{",
		"{} x\n":                  "{} x\n",
	} {
		var b bytes.Buffer
		n, err := NewWriter(&b).Write([]byte(in))
		if b.String() != want || n != len(in) || err != nil {
			t.Errorf("%q: got %q %d %v, want %q", in, b.String(), n, err, want)
		}
	}
	n, err := NewWriter(failing{}).Write([]byte("m"))
	equal(t, "failing", fmt.Sprint(n, err), fmt.Sprint(1, io.ErrShortWrite))
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 10, io.ErrShortWrite }

func TestTwice(t *testing.T) {
	h := New(slog.NewJSONHandler(io.Discard, nil))
	w := NewWriter(io.Discard)
	if New(h) != h || NewWriter(w) != w || New(nil) != nil || NewWriter(nil) != nil {
		t.Error("wrapped twice")
	}
}

// TestInstall has the default loggers in each state that a program may have brought them into.
func TestInstall(t *testing.T) {
	start(t)
	_, s := tracer.Trace(bg, "s")
	defer s.Finish()
	_, span := ids(bg)
	first, out, flags := slog.Default(), log.Writer(), log.Flags()
	defer func() {
		slog.SetDefault(first)
		log.SetOutput(out)
		log.SetFlags(flags)
	}()
	var b bytes.Buffer
	for _, c := range []struct {
		name  string
		setup func()
	}{
		{"as they are", func() { log.SetOutput(&b) }},
		{"slog set", func() { slog.SetDefault(slog.New(slog.NewTextHandler(&b, nil))) }},
		{"both set", func() {
			slog.SetDefault(slog.New(slog.NewTextHandler(&b, nil)))
			log.SetOutput(&b)
			log.SetFlags(log.Lshortfile)
		}},
	} {
		slog.SetDefault(first)
		log.SetFlags(flags)
		c.setup()
		before := log.Flags()
		Install()
		Install()
		equal(t, c.name+": flags", log.Flags(), before)
		for _, write := range []func(){func() { slog.Info("m") }, func() { log.Print("m") }} {
			b.Reset()
			write()
			if strings.Count(b.String(), "dd.span_id="+span) != 1 || strings.Count(b.String(), "\n") != 1 {
				t.Errorf("%s: %s", c.name, &b)
			}
		}
	}
}

func TestConcurrent(t *testing.T) {
	start(t)
	var b bytes.Buffer
	l := slog.New(New(slog.NewJSONHandler(&b, nil))).WithGroup("g")
	var group sync.WaitGroup
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := 0; i < 50; i++ {
				_, s := tracer.Trace(bg, "s")
				_, span := ids(bg)
				l.Info("m", "want", span)
				s.Finish()
				l.Info("m", "want", "0")
			}
		}()
	}
	group.Wait()
	for _, text := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		var m struct {
			ID string `json:"dd.span_id"`
			G  struct{ Want string }
		}
		if err := json.Unmarshal([]byte(text), &m); err != nil || m.ID != m.G.Want {
			t.Fatalf("%v: %s", err, text)
		}
	}
}

// TestAllocations: without an active span a record costs no more than it does without us.
func TestAllocations(t *testing.T) {
	start(t)
	for _, group := range []string{"", "g"} {
		plain := slog.New(slog.NewJSONHandler(io.Discard, nil)).WithGroup(group)
		ours := slog.New(New(slog.NewJSONHandler(io.Discard, nil))).WithGroup(group)
		measure := func(l *slog.Logger) float64 { return testing.AllocsPerRun(100, func() { l.Info("m", "a", "b") }) }
		if got, want := measure(ours), measure(plain); got > want {
			t.Errorf("group %q: %v allocations, %v without us", group, got, want)
		}
	}
}

func BenchmarkRecord(b *testing.B) {
	start(b)
	plain := slog.NewJSONHandler(io.Discard, nil)
	run := func(name string, l *slog.Logger) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; i < b.N; i++ {
				l.Info("m", "a", "b")
			}
		})
	}
	run("slog", slog.New(plain))
	run("idle", slog.New(New(plain)))
	_, s := tracer.Trace(bg, "s")
	defer s.Finish()
	run("span", slog.New(New(plain)))
	run("group", slog.New(New(plain)).WithGroup("g"))
}
