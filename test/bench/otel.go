package main

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// null is an exporter that sends nothing, as cheap as one can be.
type null struct{}

func (null) ExportSpans(context.Context, []sdk.ReadOnlySpan) error { return nil }
func (null) Shutdown(context.Context) error                        { return nil }

func otelSide() side {
	return otelWith(nameOtel, func(string) (sdk.SpanExporter, error) { return null{}, nil })
}

func otlpSide() side {
	return otelWith(nameOTLP, func(agent string) (sdk.SpanExporter, error) {
		return otlptracehttp.New(context.Background(),
			otlptracehttp.WithEndpoint(strings.TrimPrefix(agent, "http://")), otlptracehttp.WithInsecure())
	})
}

// otelWith is the SDK with an exporter. A program that is not traced has the no-op provider: the SDK itself can't be
// switched off by the environment.
func otelWith(name string, exporter func(agent string) (sdk.SpanExporter, error)) side {
	var provider *sdk.TracerProvider
	t := &otelTracer{Tracer: noop.NewTracerProvider().Tracer("bench")}
	return side{
		name: name,
		start: func(agent string) error {
			if mode == modeOff {
				return nil
			}
			e, err := exporter(agent)
			if err != nil {
				return err
			}
			options := []sdk.TracerProviderOption{sdk.WithBatcher(e)}
			if mode == modeUnsampled {
				options = append(options, sdk.WithSampler(sdk.ParentBased(sdk.NeverSample())))
			}
			provider = sdk.NewTracerProvider(options...)
			t.Tracer = provider.Tracer("bench")
			return nil
		},
		flush: func() {
			if provider != nil {
				provider.ForceFlush(context.Background())
			}
		},
		work: work{nested: t.nested, tagged: t.tagged, family: t.family, failed: t.failed},
	}
}

type otelTracer struct{ trace.Tracer }

func (t *otelTracer) root(ctx context.Context) (context.Context, trace.Span) {
	return t.Start(ctx, rootText, trace.WithSpanKind(trace.SpanKindServer))
}

func end(span trace.Span, err error) {
	if err != nil {
		span.RecordError(err, trace.WithStackTrace(true))
		span.SetStatus(codes.Error, err.Error())
	}
	span.End()
}

func (t *otelTracer) nested(ctx context.Context, depth int) (err error) {
	ctx, span := t.root(ctx)
	defer func() { end(span, err) }()
	if depth == 0 {
		return nil
	}
	return t.nested(ctx, depth-1)
}

func (t *otelTracer) tagged(ctx context.Context, depth int) (err error) {
	ctx, span := t.root(ctx)
	span.SetAttributes(attribute.String("bread", "rye"), attribute.Int("depth", depth), attribute.Bool("toasted", true))
	defer func() { end(span, err) }()
	if depth == 0 {
		return nil
	}
	return t.tagged(ctx, depth-1)
}

func (t *otelTracer) family(ctx context.Context, n int) (err error) {
	ctx, span := t.root(ctx)
	defer func() { end(span, err) }()
	for range n {
		t.step(ctx)
	}
	return nil
}

func (t *otelTracer) step(ctx context.Context) (err error) {
	_, span := t.Start(ctx, stepText)
	defer func() { end(span, err) }()
	return nil
}

func (t *otelTracer) failed(ctx context.Context) (err error) {
	_, span := t.root(ctx)
	defer func() { end(span, err) }()
	return errWork
}
