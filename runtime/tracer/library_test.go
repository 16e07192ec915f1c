//go:build go1.21

package tracer_test

import (
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"github.com/ddinstrument/ddinstrument/runtime/tracetest"
)

var (
	librarySite = tracer.Site{Name: "redis.command", Service: "redis.client", Library: true}
	chosenSite  = tracer.Site{Name: "chosen", Service: "chosen"}
)

// TestLibraryService: the service that a library goes by gives way to the program's where that is wanted; one that a
// directive names does not.
func TestLibraryService(t *testing.T) {
	t.Setenv("DD_SERVICE", "shop")
	for value, want := range map[string]string{"": "redis.client", "true": "shop"} {
		t.Setenv("DD_TRACE_REMOVE_INTEGRATION_SERVICE_NAMES_ENABLED", value)
		rec := tracetest.Start(t)
		librarySite.EnterGoroutine().ExitNone()
		chosenSite.EnterGoroutine().ExitNone()
		if got := rec.Find("redis.command").Service; got != want {
			t.Errorf("%q: the library's service is %q, want %q", value, got, want)
		}
		if got := rec.Find("chosen").Service; got != "chosen" {
			t.Errorf("%q: a directive's service is %q", value, got)
		}
	}
}
