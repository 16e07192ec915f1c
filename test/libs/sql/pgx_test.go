package sql

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/internal/libtest"
)

// connTree is what apppgx's function conn does.
const connTree = `app main.conn "main.conn"
  postgres.db pgx.connect "Connect" db.operation="Connect"
  postgres.db pgx.query "create temporary table orders (id int, what text)" db.operation="Query" db.result.rows_affected=0
  postgres.db pgx.copy_from "Copy From" db.operation="Copy From" db.result.rows_affected=2 db.copy_from.tables.0="orders" db.copy_from.columns.1="what"
    postgres.db pgx.prepare "select \"id\", \"what\" from \"orders\"" db.operation="Prepare"
  postgres.db pgx.query "select id from orders" db.operation="Query" db.result.rows_affected=2
    postgres.db pgx.prepare "select id from orders" db.operation="Prepare"
  app main.work "main.work"
  app main.work "main.work"
  postgres.db pgx.batch "Batch" db.operation="Batch" db.batch.num_queries=3
    postgres.db pgx.batch.query "update orders set what = 'salami'" db.operation="Query" db.result.rows_affected=2
    postgres.db pgx.batch.query "select pg_sleep(0.05)" db.operation="Query" db.result.rows_affected=1
    postgres.db pgx.batch.query "select 1" db.operation="Query" db.result.rows_affected=1
  postgres.db pgx.prepare "select what from orders where id = $1" db.operation="Prepare"
  postgres.db pgx.query "one" db.operation="Query" db.result.rows_affected=1
  postgres.db pgx.query "one" db.operation="Query" db.result.rows_affected=0
  postgres.db pgx.query "begin" db.operation="Query" db.result.rows_affected=0
  postgres.db pgx.query "delete from orders" db.operation="Query" db.result.rows_affected=2
  postgres.db pgx.query "rollback" db.operation="Query" db.result.rows_affected=0
  postgres.db pgx.query "select nothing from nowhere" error db.operation="Query" db.result.rows_affected=0
`

const connSays = "2\nsalami no rows in result set\ntrue true\n"

func TestPgx(t *testing.T) {
	pg := libtest.Postgres(t)
	for version, flags := range map[string][]string{"newest": nil, "oldest": {"-modfile=oldest.mod"}} {
		t.Run(version, func(t *testing.T) { testPgx(t, pg, libtest.Program{Package: "./apppgx", Flags: flags}) })
	}
}

func testPgx(t *testing.T, pg libtest.PostgresServer, p libtest.Program) {
	for _, f := range []string{"conn", "pool", "work", "one"} {
		p.Flags = append(p.Flags, "--trace", "./apppgx:"+f)
	}
	exe := libtest.Build(t, p)
	run := func(t *testing.T, args ...string) libtest.Result {
		p := p
		p.Args = args
		r := libtest.Exec(t, exe, p)
		if r.Code != 0 || strings.Contains(fmt.Sprint(r.Traces), "swordfish") {
			t.Errorf("exit status %d, or the password is in a span\n%s", r.Code, r.Stderr)
		}
		return r
	}
	for what, says := range map[string]string{"conn": connSays, "traced": connSays + "{8 8 103 1 3 1} true\n"} {
		t.Run(what, func(t *testing.T) {
			r := run(t, what, pg.URL())
			if r.Stdout != says {
				t.Errorf("%s\nwant\n%s", r.Stdout, says)
			}
			got := trees(r, "db.operation", "db.result.rows_affected", "db.batch.num_queries", "db.copy_from.tables.0", "db.copy_from.columns.1")
			if got != connTree {
				t.Errorf("%s\nwant\n%s", got, connTree)
			}
		})
	}
	t.Run("tags", func(t *testing.T) { testPgxTags(t, pg, run(t, "conn", pg.URL())) })
	t.Run("pool", func(t *testing.T) {
		want := `app main.pool "main.pool"
  postgres.db pgx.pool.acquire "Acquire"
    postgres.db pgx.connect "Connect"
  postgres.db pgx.query "select 1"
    postgres.db pgx.prepare "select 1"
  postgres.db pgx.pool.acquire "Acquire"
  postgres.db pgx.query "select 2"
`
		if got := trees(run(t, "pool", pg.URL())); got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
	})
	t.Run("crowd", func(t *testing.T) { testPgxCrowd(t, run(t, "crowd", pg.URL())) })
	t.Run("unreachable", func(t *testing.T) {
		want := `postgres.db pgx.connect "Connect" error network.destination.port=1 db.user="bob"` + "\n"
		r := run(t, "unreachable", "postgres://bob:swordfish@127.0.0.1:1/shop")
		if got := trees(r, "network.destination.port", "db.user"); got != want || r.Stdout != "true\n" {
			t.Errorf("%s%s\nwant\n%s", r.Stdout, got, want)
		}
	})
}

// testPgxTags compares all tags of a span with those that Datadog's own integration sets, and the times of a batch.
func testPgxTags(t *testing.T, pg libtest.PostgresServer, r libtest.Result) {
	for _, s := range r.Spans() {
		switch s.Resource {
		case "delete from orders":
			delete(s.Meta, "_dd.p.tid")
			want := map[string]string{
				"component": "jackc/pgx.v5", "span.kind": "client", "db.system": "postgresql", "db.operation": "Query",
				"db.client.connection.pool.name": fmt.Sprintf("127.0.0.1:%d/postgres", pg.Port), "network.destination.name": "127.0.0.1",
				"db.name": "postgres", "db.user": "postgres", "db.statement": "delete from orders", "_dd.base_service": "app",
			}
			if fmt.Sprint(s.Meta) != fmt.Sprint(want) || s.Type != "sql" || s.Metrics["network.destination.port"] != float64(pg.Port) {
				t.Errorf("type %s, %v %v\nwant %v", s.Type, s.Meta, s.Metrics, want)
			}
		case "Batch", "update orders set what = 'salami'": // the server sends it once the sleep is over
			if d := time.Duration(s.Duration); d < 50*time.Millisecond {
				t.Errorf("%s takes %v", s.Resource, d)
			}
		}
	}
}

// testPgxCrowd: 40 goroutines share 3 connections, and every batch and every connection has its place.
func testPgxCrowd(t *testing.T, r libtest.Result) {
	connects, ones := 0, 0
	for _, trace := range r.Traces {
		got := libtest.Tree(trace.Spans)
		connects += strings.Count(got, `pgx.connect "Connect"`)
		if !strings.HasPrefix(got, "app main.one") {
			if !strings.HasPrefix(got, `postgres.db pgx.connect "Connect"`) { // the one that the pool opens ahead
				t.Errorf("%s", got)
			}
			continue
		}
		ones++
		batch, prepared := strings.Count(got, `  postgres.db pgx.batch "Batch"`), strings.Count(got, "pgx.prepare")
		queries := strings.Count(got, `    postgres.db pgx.batch.query "select $1::int"`)
		acquired := strings.Count(got, `  postgres.db pgx.pool.acquire "Acquire"`)
		if batch != 1 || queries != 2 || acquired != 1 || strings.Count(got, "\n") != 5+prepared+strings.Count(got, "pgx.connect") || prepared > 1 {
			t.Errorf("%s", got)
		}
	}
	if ones != 40 || connects > 6 || connects < 1 { // of old versions, what the pool opens ahead may be one too many
		t.Errorf("%d traces, %d connections", ones, connects)
	}
}
