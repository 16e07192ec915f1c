//go:build go1.21

package tracetest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"github.com/ddinstrument/ddinstrument/runtime/tracetest"
)

// failing is a test that a Recorder fails.
type failing struct {
	testing.TB
	cleanup []func()
	said    string
}

func (f *failing) Cleanup(c func())                  { f.cleanup = append(f.cleanup, c) }
func (f *failing) Fatalf(format string, args ...any) { f.said = fmt.Sprintf(format, args...) }

func (f *failing) end() {
	for _, c := range f.cleanup {
		c()
	}
}

func TestFailure(t *testing.T) {
	f := &failing{TB: t}
	rec := tracetest.Start(f)
	defer f.end()
	rec.Find("a")
	if want := "0 spans are named a, not one, among\n(no spans: has the test been built by ddinstrument test?)\n"; !strings.HasSuffix(f.said, want) {
		t.Error(f.said)
	}
	work(bg, "a")
	_, open := tracer.Trace(bg, "open")
	defer open.Finish()
	rec.Find("b")
	if want := "0 spans are named b, not one, among\n" + tree("a") + "not finished: open\n"; !strings.HasSuffix(f.said, want) {
		t.Error(f.said)
	}
	work(bg, "a")
	rec.Find("a")
	if !strings.Contains(f.said, "2 spans are named a, not one") {
		t.Error(f.said)
	}
}
