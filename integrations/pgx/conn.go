//go:build ignore

package pgx

import (
	"context"
	"strconv"

	dddbspan "github.com/ddinstrument/ddinstrument/runtime/libs/dbspan"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

func ddPgxOf(config *ConnConfig) *dddbspan.Pgx {
	c := &config.Config
	return dddbspan.PgxOf(dddbspan.Server{Host: c.Host, Port: c.Port, Database: c.Database, User: c.User})
}

// ddConnect begins the span of a connection.
func ddConnect(ctx context.Context, config *ConnConfig) (context.Context, *ddtracer.Call) {
	if config == nil {
		return ctx, nil
	}
	return ddPgxOf(config).Enter(ctx, dddbspan.PgxConnect)
}

// ddInstall puts a tracer into a new connection.
func ddInstall(made **Conn) {
	c := *made
	if c == nil {
		return
	}
	var t any = &ddTracer{ddPgxOf(c.config), c.queryTracer, c.batchTracer, c.copyFromTracer, c.prepareTracer}
	// Asserted, not assigned: whoever looks at this package without what it imports can't tell that the types are right.
	c.queryTracer, c.batchTracer = t.(QueryTracer), t.(BatchTracer)
	c.copyFromTracer, c.prepareTracer = t.(CopyFromTracer), t.(PrepareTracer)
}

// ddTracer is a connection's tracer: ours, and those of the program, which may be nil.
type ddTracer struct {
	pgx      *dddbspan.Pgx
	query    QueryTracer
	batch    BatchTracer
	copyFrom CopyFromTracer
	prepare  PrepareTracer
}

func (t *ddTracer) TraceQueryStart(ctx context.Context, conn *Conn, data TraceQueryStartData) context.Context {
	if t.query != nil {
		ctx = t.query.TraceQueryStart(ctx, conn, data)
	}
	ctx, _ = t.pgx.Start(ctx, dddbspan.PgxQuery, data.SQL)
	return ctx
}

func (t *ddTracer) TraceQueryEnd(ctx context.Context, conn *Conn, data TraceQueryEndData) {
	if t.query != nil {
		t.query.TraceQueryEnd(ctx, conn, data)
	}
	t.pgx.EndRows(ctx, dddbspan.PgxQuery, data.CommandTag.RowsAffected(), data.Err)
}

func (t *ddTracer) TracePrepareStart(ctx context.Context, conn *Conn, data TracePrepareStartData) context.Context {
	if t.prepare != nil {
		ctx = t.prepare.TracePrepareStart(ctx, conn, data)
	}
	ctx, _ = t.pgx.Start(ctx, dddbspan.PgxPrepare, data.SQL)
	return ctx
}

func (t *ddTracer) TracePrepareEnd(ctx context.Context, conn *Conn, data TracePrepareEndData) {
	if t.prepare != nil {
		t.prepare.TracePrepareEnd(ctx, conn, data)
	}
	t.pgx.End(ctx, dddbspan.PgxPrepare, data.Err)
}

func (t *ddTracer) TraceCopyFromStart(ctx context.Context, conn *Conn, data TraceCopyFromStartData) context.Context {
	if t.copyFrom != nil {
		ctx = t.copyFrom.TraceCopyFromStart(ctx, conn, data)
	}
	ctx, span := t.pgx.Start(ctx, dddbspan.PgxCopyFrom, "")
	if span != nil {
		ddList(span, "db.copy_from.tables", data.TableName)
		ddList(span, "db.copy_from.columns", data.ColumnNames)
	}
	return ctx
}

// ddList sets a tag for each of a list, as Datadog shows lists.
func ddList(span *ddtracer.Span, key string, list []string) {
	for i, value := range list {
		span.SetTag(key+"."+strconv.Itoa(i), value)
	}
}

func (t *ddTracer) TraceCopyFromEnd(ctx context.Context, conn *Conn, data TraceCopyFromEndData) {
	if t.copyFrom != nil {
		t.copyFrom.TraceCopyFromEnd(ctx, conn, data)
	}
	t.pgx.EndRows(ctx, dddbspan.PgxCopyFrom, data.CommandTag.RowsAffected(), data.Err)
}

// ddBatchSince is where a batch's context has the moment since which the result of its next query is waited for.
type ddBatchSince struct{}

func (t *ddTracer) TraceBatchStart(ctx context.Context, conn *Conn, data TraceBatchStartData) context.Context {
	if t.batch != nil {
		ctx = t.batch.TraceBatchStart(ctx, conn, data)
	}
	ctx, span := t.pgx.Start(ctx, dddbspan.PgxBatch, "")
	if span == nil {
		return ctx
	}
	span.SetTag("db.batch.num_queries", data.Batch.Len())
	since := ddtracer.Now()
	return context.WithValue(ctx, ddBatchSince{}, &since)
}

// TraceBatchQuery is called when a query's result has been read.
func (t *ddTracer) TraceBatchQuery(ctx context.Context, conn *Conn, data TraceBatchQueryData) {
	if t.batch != nil {
		t.batch.TraceBatchQuery(ctx, conn, data)
	}
	since, ok := ctx.Value(ddBatchSince{}).(*int64)
	if !ok || t.pgx.Of(ctx, dddbspan.PgxBatch) == nil {
		return
	}
	t.pgx.Past(ctx, dddbspan.PgxBatchQuery, *since, data.SQL, data.CommandTag.RowsAffected(), data.Err)
	*since = ddtracer.Now()
}

func (t *ddTracer) TraceBatchEnd(ctx context.Context, conn *Conn, data TraceBatchEndData) {
	if t.batch != nil {
		t.batch.TraceBatchEnd(ctx, conn, data)
	}
	t.pgx.End(ctx, dddbspan.PgxBatch, data.Err)
}
