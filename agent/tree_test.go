package agent

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ddinstrument/ddinstrument/agent/readable"
)

var update = flag.Bool("update", false, "rewrite the wanted output in testdata")

// TestTree draws the sketches of testdata/tree. Each file is a txtar archive:
// options as NAME=VALUE words in its first line, then "traces", then the
// output as "want".
func TestTree(t *testing.T) {
	files, err := filepath.Glob("testdata/tree/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sketches found: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) { testTreeFile(t, file) })
	}
}

func testTreeFile(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(archive.Files) == 1 {
		archive.Files = append(archive.Files, txtar.File{Name: "want"})
	}
	opts := treeOptions(t, string(archive.Comment))
	traces := parseSketch(t, string(archive.Files[0].Data))
	got := drawn(t, traces, opts)
	checkLines(t, got, opts)
	want := &archive.Files[1]
	// Escape sequences are kept readable in the file.
	got = strings.ReplaceAll(got, "\x1b", "^[")
	if *update {
		want.Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != string(want.Data) {
		t.Errorf("got\n%s\nwant\n%s", got, want.Data)
	}
}

func treeOptions(t *testing.T, comment string) (opts TreeOptions) {
	line, _, _ := strings.Cut(comment, "\n")
	for _, word := range strings.Fields(line) {
		key, value, _ := strings.Cut(word, "=")
		var err error
		switch key {
		case "width":
			_, err = fmt.Sscan(value, &opts.Width)
		case "lines":
			_, err = fmt.Sscan(value, &opts.MaxLines)
		case "dropped":
			_, err = fmt.Sscan(value, &opts.Dropped)
		case "color":
			opts.Color = true
		case "dir":
			opts.Dir = value
		default:
			err = errors.New("unknown option " + word)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return opts
}

func drawn(t *testing.T, traces []Trace, opts TreeOptions) string {
	t.Helper()
	var b strings.Builder
	if err := WriteTree(&b, traces, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// checkLines holds every output to what is promised of all: the width, the
// number of lines, no control character but the colours'.
func checkLines(t *testing.T, out string, opts TreeOptions) {
	t.Helper()
	d := newDrawing(nil, opts)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if limit := opts.MaxLines; limit > 0 && len(lines) > limit || limit == 0 && len(lines) > defaultMaxLines {
		t.Errorf("%d lines", len(lines))
	}
	for _, line := range lines {
		if opts.Color {
			for _, s := range append([]style{"0", bold, dim, red, redder}, serviceStyles...) {
				line = strings.ReplaceAll(line, "\x1b["+string(s)+"m", "")
			}
		}
		if w := readable.Width(line); w > d.width && line != nothing {
			t.Errorf("%d columns rather than %d: %s", w, d.width, line)
		}
		if i := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("unprintable %q in %q", line[i:], line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("spaces at the end of %q", line)
		}
	}
}

func TestTreeOfNothing(t *testing.T) {
	for _, traces := range [][]Trace{nil, {}, {{ID: 1}}} {
		if got := drawn(t, traces, TreeOptions{}); got != nothing+"\n" {
			t.Errorf("%v: %q", traces, got)
		}
	}
	if readable.Width(nothing) > defaultWidth {
		t.Errorf("longer than a line: %s", nothing)
	}
}

// TestTreeOfAnything draws what no tracer should send.
func TestTreeOfAnything(t *testing.T) {
	const huge = math.MaxInt64
	traces := map[string][]Span{
		"itself the parent":   {{SpanID: 1, ParentID: 1, Name: "a"}},
		"a circle":            {{SpanID: 1, ParentID: 2, Name: "a"}, {SpanID: 2, ParentID: 1, Name: "b"}},
		"a circle and a root": {{SpanID: 1, ParentID: 2}, {SpanID: 2, ParentID: 1}, {SpanID: 3}},
		"one id twice":        {{SpanID: 1, Name: "a"}, {SpanID: 1, Name: "b"}, {SpanID: 2, ParentID: 1}},
		"absurd times":        {{SpanID: 1, Start: -huge, Duration: huge}, {SpanID: 2, ParentID: 1, Start: huge, Duration: huge}},
		"negative durations":  {{SpanID: 1, Duration: -5, Error: 1}, {SpanID: 2, ParentID: 1, Duration: -huge}},
		"not in order":        {{SpanID: 2, ParentID: 1, Start: 5}, {SpanID: 1, Start: 1}},
		"no number":           {{SpanID: 1, Metrics: map[string]float64{"nan": math.NaN(), "inf": math.Inf(1)}}},
	}
	for name, spans := range traces {
		t.Run(name, func(t *testing.T) {
			for _, width := range []int{0, 1, 60, 300} {
				opts := TreeOptions{Width: width}
				out := drawn(t, []Trace{{ID: 1, Spans: spans}}, opts)
				checkLines(t, out, opts)
				if want := readable.Plural(len(spans), "span"); !strings.Contains(out, "1 trace, "+want) {
					t.Errorf("no %q in\n%s", want, out)
				}
			}
		})
	}
}

// TestTreeOfVeryDeep proves that depth costs no stack and no lines.
func TestTreeOfVeryDeep(t *testing.T) {
	spans := make([]Span, 50_000)
	for i := range spans {
		spans[i] = Span{SpanID: uint64(i + 1), ParentID: uint64(i), Name: "deeper", Duration: int64(len(spans) - i)}
	}
	out := drawn(t, []Trace{{ID: 1, Spans: spans}}, TreeOptions{})
	checkLines(t, out, TreeOptions{})
	if !strings.Contains(out, "50,000 spans") || !strings.Contains(out, "⋯") {
		t.Errorf("got\n%s", out)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestTreeReportsWriteErrors(t *testing.T) {
	err := WriteTree(brokenWriter{}, []Trace{{Spans: []Span{{SpanID: 1}}}}, TreeOptions{})
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

// TestTreeOfLibraries: of a span of a library, what repeats its resource or says
// where it went is left out; of any other span nothing is.
func TestTreeOfLibraries(t *testing.T) {
	meta := map[string]string{"http.method": "GET", "http.route": "/cart", "http.url": "http://shop/cart?q=1", "network.destination.name": "shop"}
	own := drawn(t, []Trace{{ID: 1, Spans: []Span{{SpanID: 1, Name: "a", Resource: "GET /cart", Meta: meta}}}}, TreeOptions{Width: 300})
	for key := range meta {
		if !strings.Contains(own, key+"=") {
			t.Errorf("no %s in\n%s", key, own)
		}
	}
	meta["component"] = "net/http"
	library := drawn(t, []Trace{{ID: 1, Spans: []Span{{SpanID: 1, Name: "a", Resource: "GET /cart", Meta: meta}}}}, TreeOptions{Width: 300})
	for key := range meta {
		if shown := strings.Contains(library, key+"="); shown != (key == "http.url") {
			t.Errorf("%s is shown: %v, in\n%s", key, shown, library)
		}
	}
}
