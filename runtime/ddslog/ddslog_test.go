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
		"{ } \r\n":                "{" + members + " } \r\n",
		`{"a":1 }`:                `{"a":1,` + members + " }",
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
	if raceEnabled {
		t.Skip("the race detector has sync.Pool forget at random")
	}
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
