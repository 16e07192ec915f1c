package http

import (
	"os"
	"os/exec"
	"testing"

	"github.com/ddinstrument/ddinstrument/internal/libtest"
)

// TestSuites runs the libraries' own tests traced. Without ids in headers, which some of net/http's compare to the
// byte: TestClientCopyHeadersOnRedirect, TestRetryRequestsOnError, TestTransportFlushesBodyChunks and httputil's
// ExampleDumpRequest fail of nothing else. TestInterruptWithPanic sets GODEBUG=panicnil=1 while it runs, which a
// tracer that has begun takes no notice of.
func TestSuites(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes")
	}
	for name, args := range map[string][]string{
		"nethttp": {"-short", "-skip", "^TestInterruptWithPanic$", "net/http", "net/http/httputil", "net/http/httptest"},
		"routers": {"github.com/go-chi/chi/v5", "github.com/gin-gonic/gin", "github.com/gorilla/mux", "github.com/labstack/echo/v4/..."},
	} {
		t.Run(name, func(t *testing.T) {
			a := libtest.StartAgent(t)
			cmd := exec.Command(libtest.Command(t), append([]string{"test", "--libs", "--view=off", "-count=1"}, args...)...)
			cmd.Dir = "suites"
			cmd.Env = append(os.Environ(), "DD_TRACE_PROPAGATION_STYLE_INJECT=none", a.Env())
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			served := 0
			for _, trace := range a.Traces() {
				for _, s := range trace.Spans {
					if s.Meta["span.kind"] == "server" {
						served++
					}
				}
			}
			if served < 20 {
				t.Errorf("%d requests are traced", served)
			}
		})
	}
}
