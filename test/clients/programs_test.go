package clients

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	datadog "github.com/DataDog/dd-trace-go/v2/ddtrace/tracer"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// The programs whose traces are sent, each a role of the tests' own binary. All
// make the same trace, as far as their clients can say it: a request that calls
// a database, which fails, with tags, an event and a link.
var programs = map[string]func() error{
	"dd-trace-go": ddTraceGo,
	"otel":        openTelemetry,
	"runtime":     ours,
	"rate":        rate,
	"agent":       alone,
}

var errDatabase = errors.New("no such table")

func ddTraceGo() error {
	if err := datadog.Start(datadog.WithService("shop"), datadog.WithEnv("ci"), datadog.WithServiceVersion("1.2")); err != nil {
		return err
	}
	root := datadog.StartSpan("web.request", datadog.ResourceName("GET /pay"), datadog.SpanType("web"), datadog.Tag("span.kind", "server"))
	root.SetTag("vip", true)
	root.SetTag("items", 3)
	child := root.StartChild("db.query", datadog.ServiceName("db"), datadog.ResourceName("SELECT 1"), datadog.Tag("text", "né\"e<b>"))
	child.AddEvent("retry", datadog.WithSpanEventAttributes(map[string]any{"attempt": 2, "why": "busy", "list": []string{"a", "b"}}))
	child.AddLink(datadog.SpanLink{TraceID: 10, TraceIDHigh: 11, SpanID: 12, Tracestate: "dd=s:1", Attributes: map[string]string{"a": "b"}})
	child.Finish(datadog.WithError(errDatabase))
	root.Finish()
	datadog.Flush()
	time.Sleep(2500 * time.Millisecond) // telemetry, remote configuration and statistics get their turns
	datadog.Stop()
	return nil
}

func openTelemetry() error {
	ctx := context.Background()
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return err
	}
	res := resource.NewSchemaless(attribute.String("service.name", "shop"), attribute.String("deployment.environment.name", "ci"),
		attribute.String("service.version", "1.2"))
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(res))
	t := provider.Tracer("clients")
	ctx, root := t.Start(ctx, "GET", trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("http.request.method", "GET"), attribute.String("http.route", "/pay"), attribute.Bool("vip", true), attribute.Int("items", 3)))
	link := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{7: 11, 15: 10}, SpanID: trace.SpanID{7: 12}})
	_, child := t.Start(ctx, "SELECT 1", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("db.system.name", "postgresql"), attribute.String("db.query.text", "SELECT 1"), attribute.String("text", "né\"e<b>")),
		trace.WithLinks(trace.Link{SpanContext: link, Attributes: []attribute.KeyValue{attribute.String("a", "b")}}))
	child.AddEvent("retry", trace.WithAttributes(attribute.Int("attempt", 2), attribute.String("why", "busy"), attribute.StringSlice("list", []string{"a", "b"})))
	child.RecordError(errDatabase)
	child.SetStatus(codes.Error, errDatabase.Error())
	child.End()
	root.End()
	return provider.Shutdown(context.Background())
}

func ours() error {
	ctx, root := tracer.Trace(context.Background(), "web.request", tracer.Resource("GET /pay"), tracer.Type("web"), tracer.Tag("span.kind", "server"))
	root.SetTag("vip", true)
	root.SetTag("items", 3)
	_, child := tracer.Trace(ctx, "db.query", tracer.Service("db"), tracer.Resource("SELECT 1"), tracer.Tag("text", "né\"e<b>"))
	err := errDatabase
	child.Finish(&err)
	root.Finish()
	return tracer.Flush(context.Background())
}

// rate sends traces of five spans from two goroutines as fast as it goes, for
// the time in RATE_TIME, and tells how many.
func rate() error {
	d, err := time.ParseDuration(os.Getenv("RATE_TIME"))
	if err != nil {
		return err
	}
	counts := make(chan int)
	for range 2 {
		go func() {
			n := 0
			for end := time.Now().Add(d); time.Now().Before(end); n++ {
				ctx, root := tracer.Trace(context.Background(), "web.request", tracer.Resource("GET /pay"))
				for i := range 4 {
					_, child := tracer.Trace(ctx, "db.query", tracer.Tag("order", fmt.Sprint("order number ", n)), tracer.Tag("attempt", i))
					child.Finish()
				}
				root.Finish()
			}
			counts <- n
		}()
	}
	fmt.Println(<-counts + <-counts)
	return tracer.Flush(context.Background())
}

// withStatistics is an agent in front of another, that says that it takes
// statistics, so that tracers send them.
func withStatistics(url string, posted func(path string, status int)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, err := http.NewRequestWithContext(r.Context(), r.Method, url+r.URL.RequestURI(), r.Body)
		if err != nil {
			panic(err)
		}
		req.Header, req.ContentLength = r.Header, r.ContentLength
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		posted(r.URL.Path, resp.StatusCode)
		text := string(body)
		if r.URL.Path == "/info" {
			text = strings.Replace(text, `"client_drop_p0s":false`, `"client_drop_p0s":true`, 1)
			text = strings.Replace(text, `"/v0.4/traces"`, `"/v0.4/traces","/v0.6/stats","/telemetry/proxy/","/v0.7/config"`, 1)
		}
		for k, v := range resp.Header {
			if k != "Content-Length" {
				w.Header()[k] = v
			}
		}
		w.WriteHeader(resp.StatusCode)
		_, _ = io.WriteString(w, text)
	})
}
