//go:build go1.21

package dbspan

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/libs/dsn"
	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"github.com/ddinstrument/ddinstrument/runtime/tracetest"
)

func TestSites(t *testing.T) {
	s := New(OfSQL, "mysql.db", "sql.query_type", Address(dsn.Target{Host: "db", Port: "3306"}))
	made := make([]*tracer.Site, 8)
	var all sync.WaitGroup
	for i := range made {
		i := i
		all.Add(1)
		go func() {
			defer all.Done()
			made[i] = s.Of(3, "mysql.query", "Exec")
		}()
	}
	all.Wait()
	for _, site := range made {
		if site != made[0] {
			t.Error("there are several sites of one operation")
		}
	}
	got, want := fmt.Sprint(made[0].Name, made[0].Service, made[0].Type, made[0].Resource, made[0].Tags), "mysql.querymysql.dbsqlExec"+
		"[{component database/sql} {span.kind client} {out.host db} {out.port 3306} {network.destination.name db} {network.destination.port 3306} {sql.query_type Exec}]"
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if ping := s.Of(1, "mysql.query", "Ping"); ping == made[0] || ping.Resource != "Ping" || len(ping.Tags) != len(made[0].Tags) {
		t.Errorf("another operation's site is %+v", ping)
	}
}

// However many databases there are, what is kept of them is bounded.
func TestPgxBounded(t *testing.T) {
	one := PgxOf(Server{Host: "db", Port: 1})
	for i := range make([]int, 2*maxKnown) {
		PgxOf(Server{Host: fmt.Sprint("db", i)})
	}
	if one != PgxOf(Server{Host: "db", Port: 1}) || len(known.of) > maxKnown {
		t.Errorf("%d are kept, or not the first", len(known.of))
	}
}

func TestPgxSpans(t *testing.T) {
	rec := tracetest.Start(t)
	p := newPgx(Server{Host: "db", Port: 5432, Database: "shop", User: "bob"})
	ctx, outer := tracer.Trace(context.Background(), "outer")

	query, span := p.Start(ctx, PgxQuery, "select 1")
	if p.Of(query, PgxQuery) != span || p.Of(query, PgxBatch) != nil || p.Of(ctx, PgxQuery) != nil || tracer.CurrentSpan(nil) != outer {
		t.Error("the span is not that of its context, or it is active on the goroutine")
	}
	p.EndRows(query, PgxQuery, 7, errors.New("no"))
	p.End(ctx, PgxQuery, nil) // whoever has not begun one ends none

	since := tracer.Now()
	time.Sleep(5 * time.Millisecond)
	p.Past(ctx, PgxBatchQuery, since, "select 2", 1, nil)

	sql := New(OfSQL, "pgx.db", "sql.query_type", nil).Of(0, "pgx.query", "Query").EnterFrom(ctx)
	if inner, span := p.Start(ctx, PgxPrepare, "select 3"); inner != ctx || span != nil || !UnderSQL(ctx) {
		t.Error("a span below one of database/sql")
	}
	sql.ExitNone()
	if _, call := p.Enter(ForSQL(ctx), PgxConnect); call != nil || UnderSQL(ctx) || ConnectsForSQL(nil) {
		t.Error("a connection that database/sql opens has a span")
	}
	outer.Finish()

	s := rec.FindTag("db.statement", "select 1")[0]
	if s.Name != "pgx.query" || s.Resource != "select 1" || s.Service != "postgres.db" || !s.Failed || s.Tag("db.result.rows_affected") != "7" ||
		s.Tag("network.destination.port") != "5432" || s.Tag("db.client.connection.pool.name") != "db:5432/shop" || s.Tag("db.operation") != "Query" {
		t.Errorf("%v", s)
	}
	if s := rec.Find("pgx.batch.query"); s.Duration < 5*time.Millisecond || s.ParentID != rec.Find("outer").ID || s.Failed {
		t.Errorf("%v", s)
	}
}
