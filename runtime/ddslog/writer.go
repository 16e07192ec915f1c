//go:build go1.21

package ddslog

import (
	"io"
	"sync"

	"github.com/ddinstrument/ddinstrument/runtime/libs/logline"
	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// NewWriter returns a writer for package log, and other loggers that write each line at once, from the goroutine that logs:
// it adds the ids of the active span to each line that has none. Of a line that is a JSON object, they become members.
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
	b := logline.Append((*buf)[:0], p, &c)
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
