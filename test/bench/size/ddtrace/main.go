// Ddtrace is plain with a span of dd-trace-go around each request.
package main

import (
	"fmt"
	"net/http"
	"os"
	"runtime"

	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer"
)

func main() {
	if len(os.Args) > 1 {
		fmt.Println(runtime.NumGoroutine())
		return
	}
	tracer.Start()
	defer tracer.Stop()
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		span, _ := tracer.StartSpanFromContext(r.Context(), "http.request", tracer.SpanType("web"))
		defer span.Finish()
		fmt.Fprintln(w, "rye")
	})
	http.ListenAndServe("127.0.0.1:8080", nil)
}
