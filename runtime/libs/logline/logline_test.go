//go:build go1.21

package logline

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

var c = tracer.Correlation{TraceID: "7b", SpanID: "5", Service: "shop", Env: "", Version: `1 "x"`}

const (
	text    = ` dd.service=shop dd.env= dd.version="1 \"x\"" dd.trace_id=7b dd.span_id=5`
	members = `"dd.service":"shop","dd.env":"","dd.version":"1 \"x\"","dd.trace_id":"7b","dd.span_id":"5"`
)

func TestAppend(t *testing.T) {
	for _, row := range []struct{ in, want string }{
		{"", ""},
		{"hello\n", "hello" + text + "\n"},
		{"hello", "hello" + text},
		{"\n", text + "\n"},
		{"a\nb\n", "a\nb" + text + "\n"},
		{`{"a":1}` + "\n", `{"a":1,` + members + "}\n"},
		{"{}", "{" + members + "}"},
		{"{ \t}\r\n", "{" + members + " \t}\r\n"},
		{`{"a":1}` + "\n" + `{"b":2}`, `{"a":1,` + members + "}\n" + `{"b":2,` + members + "}"},
		{"{not\n", "{not\n"},
		{"{\n", "{\n"},
		{"has dd.trace_id=1\n", "has dd.trace_id=1\n"},
		{`{"dd.trace_id":"1"}` + "\n{}\n", `{"dd.trace_id":"1"}` + "\n{" + members + "}\n"},
	} {
		if got := string(Append([]byte("before"), []byte(row.in), &c)); got != "before"+row.want {
			t.Errorf("%q: got %q, want %q", row.in, got, "before"+row.want)
		}
	}
}

func FuzzMembers(f *testing.F) {
	f.Add("a\x00\"\\\n\xff\u2028é")
	f.Fuzz(func(t *testing.T, value string) {
		object := append(AppendMembers([]byte("{"), &tracer.Correlation{Service: value}), '}')
		var got map[string]string
		if err := json.Unmarshal(object, &got); err != nil {
			t.Fatal(err)
		}
		if want := string([]rune(value)); len(got) != 5 || got[Service] != want {
			t.Errorf("%q: got %q", value, got)
		}
	})
}

func TestServed(t *testing.T) {
	type mine struct{ io.Writer }
	if Served(&mine{}) {
		t.Error("before")
	}
	Serve("*logline.mine")
	if !Served(&mine{}) || Served(mine{}) || Served(&bytes.Buffer{}) || Served(nil) {
		t.Error("after")
	}
}
