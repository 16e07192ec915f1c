// Package sql tests the integrations of database/sql and pgx: programs that know nothing of tracing are built by the real
// command, run with real databases, and their spans compared.
package sql

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/internal/libtest"
)

// shopTree is what the program's function shop does; NAME is the driver's.
const shopTree = `app main.shop "main.shop"
  NAME.db NAME.query "Ping" sql.query_type="Ping"
    NAME.db NAME.query "Connect" sql.query_type="Connect"
  NAME.db NAME.query "create table orders (id integer, what text)" sql.query_type="Exec"
  NAME.db NAME.query "Begin" sql.query_type="Begin"
  NAME.db NAME.query "insert into orders values ($1, $2)" sql.query_type="Exec"
  NAME.db NAME.query "Commit" sql.query_type="Commit"
  NAME.db NAME.query "Begin" sql.query_type="Begin"
  NAME.db NAME.query "insert into orders values ($1, $2)" sql.query_type="Exec"
  NAME.db NAME.query "Rollback" sql.query_type="Rollback"
  NAME.db NAME.query "select id, what from orders" sql.query_type="Query"
  NAME.db NAME.query "select what from orders where id = $1" sql.query_type="Prepare"
  NAME.db NAME.query "select what from orders where id = $1" sql.query_type="Query"
  NAME.db NAME.query "select what from orders where id = $1" sql.query_type="Query"
  NAME.db NAME.query "Close" sql.query_type="Close"
  NAME.db NAME.query "update orders set what = 'salami'" sql.query_type="Exec"
  NAME.db NAME.query "select what from orders where id = 9" sql.query_type="Query"
  NAME.db NAME.query "select nothing from nowhere" error sql.query_type="Query"
  NAME.db NAME.query "drop table orders" sql.query_type="Exec"
`

const shopSays = "1 ham\nsql: no rows in result set\ntrue\n"

func TestSQL(t *testing.T) {
	pg, maria := libtest.Postgres(t), libtest.MariaDB(t)
	p := libtest.Program{Package: "./appsql", Flags: []string{"--trace", "./appsql:shop", "--trace", "./appsql:one"}}
	exe := libtest.Build(t, p)
	run := func(t *testing.T, args ...string) libtest.Result {
		p := p
		p.Args = args
		r := libtest.Exec(t, exe, p)
		for _, s := range r.Spans() {
			if strings.Contains(fmt.Sprint(s), "swordfish") {
				t.Errorf("the password is in a span: %v", s)
			}
		}
		return r
	}
	for driver, d := range map[string]struct{ name, dsn string }{
		"postgres":     {"postgres", pg.URL()},
		"pgx":          {"pgx", pg.URL()},
		"pq connector": {"postgres", pg.URL()},
		"pgx config":   {"pgx", pg.URL()},
		"mysql":        {"mysql", maria.DSN()},
		"sqlite3":      {"sqlite3", filepath.Join(t.TempDir(), "shop.db")},
	} {
		t.Run(driver, func(t *testing.T) {
			r := run(t, "shop", driver, d.dsn)
			if r.Code != 0 || r.Stdout != shopSays {
				t.Fatalf("exit status %d\n%s%s", r.Code, r.Stdout, r.Stderr)
			}
			want := strings.ReplaceAll(shopTree, "NAME", d.name)
			if d.name == "mysql" {
				want = strings.NewReplacer("($1, $2)", "(?, ?)", "$1", "?").Replace(want)
			}
			if got := trees(r, "sql.query_type"); got != want {
				t.Errorf("%s\nwant\n%s", got, want)
			}
			for _, s := range r.Spans() {
				if s.Type == "sql" && driver != "sqlite3" && s.Meta["out.host"] != "127.0.0.1" || s.Type == "sql" && s.Meta["db.name"] == "" {
					t.Fatalf("where it leads to: %v", s.Meta)
				}
			}
		})
	}
	t.Run("tags", func(t *testing.T) { testTags(t, pg, run) })
	t.Run("pool", func(t *testing.T) {
		r := run(t, "one", "pgx pool", pg.URL())
		want := `app main.one "main.one"
  pgx.db pgx.query "select 1" component="database/sql" out.host="127.0.0.1"
    pgx.db pgx.query "Connect" component="database/sql" out.host="127.0.0.1"
`
		if got := trees(r, "component", "out.host"); got != want {
			t.Errorf("%s%s\nwant\n%s", r.Stderr, got, want)
		}
	})
	t.Run("cancel", func(t *testing.T) { testCancel(t, run(t, "cancel", "postgres", pg.URL())) })
	t.Run("unreachable", func(t *testing.T) {
		r := run(t, "unreachable", "postgres", "host=127.0.0.1 port=1 user=bob password=swordfish sslmode=disable")
		want := `postgres.db postgres.query "Ping" error out.port="1" db.user="bob"
  postgres.db postgres.query "Connect" error out.port="1" db.user="bob"
`
		if got := trees(r, "out.port", "db.user", "db.name"); got != want || !strings.Contains(r.Stdout, "refused") {
			t.Errorf("%s%s\nwant\n%s", r.Stdout, got, want)
		}
	})
	for driver, name := range map[string]string{"postgres": "postgres", "pgx": "pgx"} {
		t.Run("crowd/"+driver, func(t *testing.T) { testCrowd(t, name, run(t, "crowd", driver, pg.URL())) })
	}
	t.Run("off", func(t *testing.T) {
		p := p
		p.Args, p.Env = []string{"shop", "pgx", pg.URL()}, []string{"DD_TRACE_ENABLED=false"}
		if r := libtest.Exec(t, exe, p); r.Stdout != shopSays || len(r.Traces) != 0 {
			t.Errorf("%d traces\n%s%s", len(r.Traces), r.Stdout, r.Stderr)
		}
	})
}

// trees prints the traces of a run, in the order of their starts.
func trees(r libtest.Result, keys ...string) string {
	var b strings.Builder
	for _, t := range r.Traces {
		b.WriteString(libtest.Tree(t.Spans, keys...))
	}
	return b.String()
}

// testTags compares all tags of one span with Datadog's own integration's, which has network.destination not yet.
func testTags(t *testing.T, pg libtest.PostgresServer, run func(*testing.T, ...string) libtest.Result) {
	r := run(t, "one", "postgres", pg.URL())
	var query agent.Span
	for _, s := range r.Spans() {
		if s.Resource == "select 1" {
			query = s
		}
	}
	port := fmt.Sprint(pg.Port)
	for key, want := range map[string]string{
		"component": "database/sql", "span.kind": "client", "db.system": "postgresql", "sql.query_type": "Query",
		"out.host": "127.0.0.1", "out.port": port, "network.destination.name": "127.0.0.1", "network.destination.port": port,
		"db.name": "postgres", "db.user": "postgres", "_dd.base_service": "app",
	} {
		if got := query.Meta[key]; got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
		delete(query.Meta, key)
	}
	delete(query.Meta, "_dd.p.tid")
	if query.Type != "sql" || len(query.Meta) != 0 {
		t.Errorf("type %q, and further tags: %v", query.Type, query.Meta)
	}
}

// testCancel: what ends the query makes the connection a bad one, as the driver says to the Rollback that follows. The
// program's own comes too late, and has no span.
func testCancel(t *testing.T, r libtest.Result) {
	if r.Stdout != "true\ntrue\n" {
		t.Errorf("%s%s", r.Stdout, r.Stderr)
	}
	want := `postgres.db postgres.query "Begin"
  postgres.db postgres.query "Connect"
  postgres.db postgres.query "Rollback" error
postgres.db postgres.query "select pg_sleep(20)" error
`
	if got := trees(r); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// testCrowd: whoever has waited for a connection that was opened meanwhile shows that, and every query has its place.
func testCrowd(t *testing.T, name string, r libtest.Result) {
	if r.Code != 0 || len(r.Traces) != 40 {
		t.Fatalf("%d traces\n%s", len(r.Traces), r.Stderr)
	}
	connects := 0
	for _, trace := range r.Traces {
		got := libtest.Tree(trace.Spans)
		plain := strings.ReplaceAll("app main.one \"main.one\"\n  NAME.db NAME.query \"select 1\"\n", "NAME", name)
		with := plain + strings.ReplaceAll("    NAME.db NAME.query \"Connect\"\n", "NAME", name)
		if got == with {
			connects++
		} else if got != plain {
			t.Errorf("%s", got)
		}
	}
	if connects < 3 {
		t.Errorf("%d connections were opened", connects)
	}
}
