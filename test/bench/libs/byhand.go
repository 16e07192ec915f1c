//go:build ddtrace

package main

import (
	"context"
	"database/sql/driver"

	"github.com/DataDog/dd-trace-go/v2/ddtrace/ext"
	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer"
)

// byHand stands in for dd-trace-go's integration of database/sql, which the bench does without: a span of dd-trace-go's
// tracer around each query of the driver, with the name and the tags that the integration's has, and nothing else. What
// the integration itself costs besides is not in it.
type byHand struct{ bakery }

type tracedCounter struct {
	*counter
	always []tracer.StartSpanOption
}

func (d byHand) Open(source string) (driver.Conn, error) {
	return &tracedCounter{
		counter: &counter{},
		always: []tracer.StartSpanOption{
			tracer.ServiceName("postgres.db"),
			tracer.SpanType(ext.SpanTypeSQL),
			tracer.Tag(ext.Component, "database/sql"),
			tracer.Tag(ext.SpanKind, ext.SpanKindClient),
			tracer.Tag(ext.DBSystem, "postgresql"),
			tracer.Tag(ext.DBName, "bakery"),
			tracer.Tag(ext.DBUser, "baker"),
			tracer.Tag(ext.TargetHost, "db.bakery.test"),
			tracer.Tag(ext.TargetPort, "5432"),
			tracer.Tag(ext.NetworkDestinationName, "db.bakery.test"),
			tracer.Tag("sql.query_type", "Query"),
		},
	}, nil
}

func (c *tracedCounter) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (rows driver.Rows, err error) {
	opts := make([]tracer.StartSpanOption, 0, len(c.always)+1)
	opts = append(append(opts, c.always...), tracer.ResourceName(query))
	span, ctx := tracer.StartSpanFromContext(ctx, "postgres.query", opts...)
	defer func() { span.Finish(tracer.WithError(err)) }()
	return c.counter.QueryContext(ctx, query, args)
}
