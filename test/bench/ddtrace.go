package main

import (
	"context"

	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer"
)

func ddSide() side {
	return side{
		name: nameDD,
		start: func(agent string) error {
			return tracer.Start(tracer.WithAgentURL(agent), tracer.WithService(service))
		},
		flush: tracer.Flush,
		work: work{
			nested: ddNested,
			tagged: ddTagged,
			family: ddFamily,
			failed: ddFailed,
		},
	}
}

func ddRoot(ctx context.Context) (*tracer.Span, context.Context) {
	return tracer.StartSpanFromContext(ctx, rootName, tracer.ResourceName(rootText), tracer.SpanType(rootType))
}

func ddNested(ctx context.Context, depth int) (err error) {
	span, ctx := ddRoot(ctx)
	defer func() { span.Finish(tracer.WithError(err)) }()
	if depth == 0 {
		return nil
	}
	return ddNested(ctx, depth-1)
}

func ddTagged(ctx context.Context, depth int) (err error) {
	span, ctx := ddRoot(ctx)
	span.SetTag("bread", "rye")
	span.SetTag("depth", depth)
	span.SetTag("toasted", true)
	defer func() { span.Finish(tracer.WithError(err)) }()
	if depth == 0 {
		return nil
	}
	return ddTagged(ctx, depth-1)
}

func ddFamily(ctx context.Context, n int) (err error) {
	span, ctx := ddRoot(ctx)
	defer func() { span.Finish(tracer.WithError(err)) }()
	for range n {
		ddStep(ctx)
	}
	return nil
}

func ddStep(ctx context.Context) (err error) {
	span, _ := tracer.StartSpanFromContext(ctx, stepName, tracer.ResourceName(stepText))
	defer func() { span.Finish(tracer.WithError(err)) }()
	return nil
}

func ddFailed(ctx context.Context) (err error) {
	span, _ := ddRoot(ctx)
	defer func() { span.Finish(tracer.WithError(err)) }()
	return errWork
}
