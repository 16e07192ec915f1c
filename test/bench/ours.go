package main

import (
	"context"
	"os"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// The sites, as ddinstrument generates them.
var (
	rootSite = tracer.Site{Name: rootName, Resource: rootText, Type: rootType}
	stepSite = tracer.Site{Name: stepName, Resource: stepText}
)

func ourSide() side {
	return side{
		name: nameOurs,
		start: func(agent string) error {
			os.Setenv("DD_TRACE_AGENT_URL", agent)
			tracer.Start(tracer.WithService(service))
			return nil
		},
		flush: func() { tracer.Flush(context.Background()) },
		work: work{
			nested: ourNested,
			tagged: ourTagged,
			family: ourFamily,
			failed: ourFailed,
		},
	}
}

func ourNested(ctx context.Context, depth int) (err error) {
	ctx, c := rootSite.Enter(ctx)
	defer c.Exit(&err)
	if depth == 0 {
		return nil
	}
	return ourNested(ctx, depth-1)
}

func ourTagged(ctx context.Context, depth int) (err error) {
	ctx, c := rootSite.Enter(ctx)
	c.Tag("bread", func() any { return "rye" })
	c.Tag("depth", func() any { return depth })
	c.Tag("toasted", func() any { return true })
	defer c.Exit(&err)
	if depth == 0 {
		return nil
	}
	return ourTagged(ctx, depth-1)
}

func ourFamily(ctx context.Context, n int) (err error) {
	ctx, c := rootSite.Enter(ctx)
	defer c.Exit(&err)
	for range n {
		ourStep(ctx)
	}
	return nil
}

func ourStep(ctx context.Context) (err error) {
	_, c := stepSite.Enter(ctx)
	defer c.Exit(&err)
	return nil
}

func ourFailed(ctx context.Context) (err error) {
	_, c := rootSite.Enter(ctx)
	defer c.Exit(&err)
	return errWork
}
