// Otel is plain with a span of the OpenTelemetry SDK around each request.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"runtime"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	if len(os.Args) > 1 {
		fmt.Println(runtime.NumGoroutine())
		return
	}
	exporter, err := otlptracehttp.New(context.Background())
	if err != nil {
		panic(err)
	}
	tracer := trace.NewTracerProvider(trace.WithBatcher(exporter)).Tracer("size")
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		_, span := tracer.Start(r.Context(), "GET /")
		defer span.End()
		fmt.Fprintln(w, "rye")
	})
	http.ListenAndServe("127.0.0.1:8080", nil)
}
