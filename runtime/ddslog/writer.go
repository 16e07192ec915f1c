//go:build go1.21

package ddslog

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// NewWriter returns a writer for package log, and other loggers that write each line at once, from the goroutine that logs:
// it adds the ids of the active span to each line. Of a line that is a JSON object, they become members.
func NewWriter(w io.Writer) io.Writer {
	if _, ok := w.(*writer); ok || w == nil {
		return w
	}
	return &writer{w}
}

type writer struct{ w io.Writer }

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// Write hands the lines on in one piece.
func (w *writer) Write(p []byte) (int, error) {
	c, wanted := tracer.LogCorrelation(nil)
	if !wanted || len(p) == 0 {
		return w.w.Write(p)
	}
	buf := buffers.Get().(*[]byte)
	b := appendLines((*buf)[:0], p, &c)
	n, err := w.w.Write(b)
	if cap(b) <= 1<<16 {
		*buf = b
		buffers.Put(buf)
	}
	if err == nil || n > len(p) {
		n = len(p)
	}
	return n, err
}

// appendLines appends lines with the fields of c: to every JSON object among them, or to the end.
func appendLines(b, lines []byte, c *tracer.Correlation) []byte {
	if lines[0] != '{' {
		text := bytes.TrimSuffix(lines, []byte{'\n'})
		return append(appendText(append(b, text...), c), lines[len(text):]...)
	}
	for len(lines) > 0 {
		line := lines
		if i := bytes.IndexByte(lines, '\n'); i >= 0 {
			line = lines[:i+1]
		}
		lines = lines[len(line):]
		object := bytes.TrimRight(line, " \t\r\n")
		if len(object) < 2 || object[0] != '{' || object[len(object)-1] != '}' {
			b = append(b, line...)
			continue
		}
		members := bytes.TrimRight(object[:len(object)-1], " \t")
		b = append(b, members...)
		if len(members) > 1 {
			b = append(b, ',')
		}
		b = append(appendMembers(b, c), line[len(object)-1:]...)
	}
	return b
}

// fields are in the order that Datadog's documentation has them in.
func fields(c *tracer.Correlation) [5][2]string {
	return [...][2]string{{service, c.Service}, {env, c.Env}, {version, c.Version}, {traceID, c.TraceID}, {spanID, c.SpanID}}
}

// appendText appends " dd.service=shop dd.env= ...".
func appendText(b []byte, c *tracer.Correlation) []byte {
	for _, f := range fields(c) {
		b = append(append(append(b, ' '), f[0]...), '=')
		if strings.ContainsAny(f[1], " \t\n\"=") {
			b = strconv.AppendQuote(b, f[1])
		} else {
			b = append(b, f[1]...)
		}
	}
	return b
}

// appendMembers appends `"dd.service":"shop","dd.env":"", ...`.
func appendMembers(b []byte, c *tracer.Correlation) []byte {
	for i, f := range fields(c) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), f[0]...), `":`...)
		b = appendJSON(b, f[1])
	}
	return b
}

func appendJSON(b []byte, text string) []byte {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(text) // never fails for a string
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), text...), '"')
}
