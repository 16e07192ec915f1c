// Package logs tests the integrations of loggers, of commands and of pools of goroutines: programs that know nothing of
// tracing but the comments that say where their spans are, built by the real command.
package logs

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/internal/libtest"
)

var update = flag.Bool("update", false, "write the files in testdata")

// loggers are the programs that log, with the flags that choose the versions of the libraries: the newest that are known,
// and the oldest. What they print is the same but for a few lines.
var loggers = []struct {
	app    string
	golden string
	flags  []string
}{
	{"appslog", "slog", nil},
	{"applog", "log", nil},
	{"appzap", "zap", nil},
	{"appzap", "zap", []string{"-modfile=oldest.mod"}},
	{"applogrus", "logrus", nil},
	{"applogrus", "logrus", []string{"-modfile=oldest.mod"}},
	{"appzerolog", "zerolog", nil},
	{"appzerolog", "zerolog-middle", []string{"-modfile=middle.mod", "-tags=noslog"}},
	{"appzerolog", "zerolog-oldest", []string{"-modfile=older.mod", "-tags=nocontext,noslog"}},
	{"appzerolog", "zerolog-oldest", []string{"-modfile=oldest.mod", "-tags=nocontext,noslog,oldcaller"}},
}

// TestLoggers compares what a program prints when its loggers are traced with what it prints when they are not: the ids
// are added, and nothing else is changed.
func TestLoggers(t *testing.T) {
	for _, l := range loggers {
		t.Run(strings.Join(append([]string{l.app}, l.flags...), " "), func(t *testing.T) {
			p := libtest.Program{Package: "./" + l.app, Flags: l.flags, Env: []string{"DD_ENV=e", "DD_VERSION=1"}}
			exe := libtest.Build(t, p)
			r := libtest.Exec(t, exe, p)
			if r.Code != 0 || r.Stderr != "" {
				t.Fatalf("exit status %d, %s", r.Code, r.Stderr)
			}
			got := marked(t, r)
			if *update {
				os.WriteFile(filepath.Join("testdata", l.golden+".txt"), []byte(got), 0o666)
			}
			want, err := os.ReadFile(filepath.Join("testdata", l.golden+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("it prints\n%s\nwant\n%s", got, want)
			}
			p.Plain = true
			plain := libtest.Run(t, p).Stdout
			if without := unmarked(got); without != plain {
				t.Errorf("without the ids it prints\n%s\nbut untraced\n%s", without, plain)
			}
			for _, off := range []string{"DD_LOGS_INJECTION=false", "DD_TRACE_ENABLED=false"} {
				p.Env = append(p.Env, off)
				if r := libtest.Exec(t, exe, p); r.Stdout != plain {
					t.Errorf("with %s it prints\n%s\nbut untraced\n%s", off, r.Stdout, plain)
				}
			}
		})
	}
}

// TestWrapped has loggers that write the ids by themselves: each record has them once.
func TestWrapped(t *testing.T) {
	r := libtest.Run(t, libtest.Program{Package: "./appwrapped"})
	lines := strings.Split(strings.TrimSpace(r.Stdout), "\n")
	if len(lines) != 9 || len(r.Spans()) != 1 {
		t.Fatalf("it prints\n%s\nof %d spans", r.Stdout, len(r.Spans()))
	}
	span := strconv.FormatUint(r.Spans()[0].SpanID, 10)
	for _, line := range lines {
		if strings.Count(line, "dd.") != 5 || strings.Count(line, "dd.trace_id") != 1 || strings.Count(line, span) != 1 {
			t.Errorf("it prints %s", line)
		}
	}
}

// TestInsideSpan has the standard library's test of handlers run in a span.
func TestInsideSpan(t *testing.T) {
	cmd := exec.Command(libtest.Command(t), "test", "--libs", "--view=off", "-count=1", ".")
	cmd.Dir = "insidespan"
	cmd.Env = append(os.Environ(), "LOGGERS_TRACED=1", libtest.StartAgent(t).Env())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestWeb has logs and commands belong to the request that a server works on.
func TestWeb(t *testing.T) {
	r := libtest.Run(t, libtest.Program{Package: "./appweb", Env: []string{"DD_ENV=e", "DD_VERSION=1"}})
	const want = `level=INFO msg=before
level=INFO msg="by context" [all of http.request] id=7
level=INFO msg=without [all of http.request]
by log [all of http.request]
level=INFO msg="in a goroutine" [all of http.request] g.a=1
command true
level=INFO msg=after
`
	if got := marked(t, r); r.Code != 0 || r.Stderr != "" || got != want {
		t.Errorf("it prints\n%s%s\nwant\n%s", got, r.Stderr, want)
	}
	server := 0
	for _, s := range r.Spans() {
		if s.Meta["span.kind"] == "server" && strings.Contains(r.Stdout, "dd.span_id="+strconv.FormatUint(s.SpanID, 10)) {
			server++
		}
	}
	if server != 1 {
		t.Errorf("the ids are those of %d servers' spans", server)
	}
}

// forms are the ways in which ids are written: as members of JSON in two orders and with or without spaces, as text.
var forms = []*regexp.Regexp{
	regexp.MustCompile(`"dd.service": ?"app", ?"dd.env": ?"e", ?"dd.version": ?"1", ?"dd.trace_id": ?"(?P<trace>\w+)", ?"dd.span_id": ?"(?P<span>\d+)"`),
	regexp.MustCompile(`"dd.env":"e","dd.service":"app","dd.span_id":"(?P<span>\d+)","dd.trace_id":"(?P<trace>\w+)","dd.version":"1"`),
	regexp.MustCompile(`dd.service=app dd.env=e dd.version=1 dd.trace_id=(?P<trace>\w+) dd.span_id=(?P<span>\d+)`),
	regexp.MustCompile(`dd.env=e dd.service=app dd.span_id=(?P<span>\d+) dd.trace_id=(?P<trace>\w+) dd.version=1`),
}

// marked returns what a program has printed with the name of the span in place of its ids: [all of NAME].
func marked(t *testing.T, r libtest.Result) string {
	names := map[string]string{}
	for _, s := range r.Spans() {
		names[fmt.Sprintf("%016x%016x %d", s.TraceIDHigh, s.TraceID, s.SpanID)] = s.Name
	}
	out := r.Stdout
	for _, form := range forms {
		out = form.ReplaceAllStringFunc(out, func(ids string) string {
			m := form.FindStringSubmatch(ids)
			name := names[m[form.SubexpIndex("trace")]+" "+m[form.SubexpIndex("span")]]
			if name == "" {
				t.Errorf("no span has the ids %s", ids)
			}
			return "[all of " + name + "]"
		})
	}
	return out
}

var places = []*regexp.Regexp{
	regexp.MustCompile(`(\{)\[all of [\w ]+\], ?`),
	regexp.MustCompile(`(), ?\[all of [\w ]+\]`),
	regexp.MustCompile(`() ?\[all of [\w ]+\]`),
}

// unmarked takes the ids out again.
func unmarked(out string) string {
	for _, at := range places {
		out = at.ReplaceAllString(out, "$1")
	}
	return out
}
