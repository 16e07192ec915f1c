//go:build go1.21

package dbspan

import (
	"context"
	"strconv"
	"sync"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// A PgxOp is what pgx does.
type PgxOp int

// What spans of pgx are of.
const (
	PgxConnect PgxOp = iota
	PgxQuery
	PgxPrepare
	PgxBatch
	PgxBatchQuery
	PgxCopyFrom
	PgxAcquire
)

// pgxOps are the names of the spans, and of the operations in the tag db.operation.
var pgxOps = [...]struct{ name, label string }{
	{"pgx.connect", "Connect"},
	{"pgx.query", "Query"},
	{"pgx.prepare", "Prepare"},
	{"pgx.batch", "Batch"},
	{"pgx.batch.query", "Query"},
	{"pgx.copy_from", "Copy From"},
	{"pgx.pool.acquire", "Acquire"},
}

// Server is a database of PostgreSQL as a program has named it.
type Server struct {
	Host           string
	Port           uint16
	Database, User string
}

// Pgx is how pgx's spans of one database are made.
type Pgx struct {
	sites *Sites
	port  any // a number, as it is a tag
}

// known are those that have been asked for: a pool's connections share one. A program that goes to ever more databases
// gets the others made each time.
var known struct {
	sync.RWMutex
	of map[Server]*Pgx
}

const maxKnown = 256

// PgxOf returns how spans are made of a database.
func PgxOf(s Server) *Pgx {
	known.RLock()
	p := known.of[s]
	known.RUnlock()
	if p != nil {
		return p
	}
	known.Lock()
	defer known.Unlock()
	if p = known.of[s]; p != nil {
		return p
	}
	p = newPgx(s)
	if known.of == nil {
		known.of = map[Server]*Pgx{}
	}
	if len(known.of) < maxKnown {
		known.of[s] = p
	}
	return p
}

func newPgx(s Server) *Pgx {
	p := &Pgx{}
	pool := s.Host
	if s.Port != 0 {
		p.port = float64(s.Port)
		pool += ":" + strconv.Itoa(int(s.Port))
	}
	if s.Database != "" {
		pool += "/" + s.Database
	}
	tags := []tracer.SiteTag{
		{Key: "db.system", Value: "postgresql"}, {Key: "db.name", Value: s.Database}, {Key: "db.user", Value: s.User},
		{Key: "db.client.connection.pool.name", Value: pool}, {Key: "network.destination.name", Value: s.Host},
	}
	p.sites = New("jackc/pgx.v5", "postgres.db", "db.operation", tags)
	return p
}

func (p *Pgx) site(op PgxOp) *tracer.Site {
	return p.sites.Of(int(op), pgxOps[op].name, pgxOps[op].label)
}

// Start starts the span of an operation that ends elsewhere, see End. It is active in the context that is returned, which
// is ctx when there is no span: when there are to be none, or when what is done is part of an operation of database/sql.
func (p *Pgx) Start(ctx context.Context, op PgxOp, statement string) (context.Context, *tracer.Span) {
	if !tracer.On() || UnderSQL(ctx) {
		return ctx, nil
	}
	ctx, span := p.site(op).Start(ctx)
	p.describe(span, statement)
	return ctx, span
}

// Enter is Start for an operation that is one function.
func (p *Pgx) Enter(ctx context.Context, op PgxOp) (context.Context, *tracer.Call) {
	if !tracer.On() || ConnectsForSQL(ctx) {
		return ctx, nil
	}
	ctx, call := p.site(op).Enter(ctx)
	p.describe((*tracer.Span)(call), "")
	return ctx, call
}

// Past adds the span of an operation that has been going on since a moment of tracer.Now, and ends with err.
func (p *Pgx) Past(ctx context.Context, op PgxOp, since int64, statement string, rows int64, err error) {
	call := p.site(op).EnterSince(ctx, since)
	span := (*tracer.Span)(call)
	p.describe(span, statement)
	span.SetTag(rowsKey, rows)
	call.Exit(&err)
}

func (p *Pgx) describe(span *tracer.Span, statement string) {
	if span == nil {
		return
	}
	if statement != "" {
		span.SetResource(statement)
		span.SetTag("db.statement", statement)
	}
	span.SetTag("network.destination.port", p.port)
}

const rowsKey = "db.result.rows_affected"

// Of returns the span that Start has put into ctx, nil if there was none to start.
func (p *Pgx) Of(ctx context.Context, op PgxOp) *tracer.Span {
	if span := tracer.Carried(ctx); span.Site() == p.site(op) {
		return span
	}
	return nil
}

// End ends the span that Start has put into ctx.
func (p *Pgx) End(ctx context.Context, op PgxOp, err error) {
	p.Of(ctx, op).Finish(&err)
}

// EndRows is End for an operation that says how many rows it was about.
func (p *Pgx) EndRows(ctx context.Context, op PgxOp, rows int64, err error) {
	span := p.Of(ctx, op)
	span.SetTag(rowsKey, rows)
	span.Finish(&err)
}
