package sql

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/internal/libtest"
)

// TestGorm: gorm goes by way of database/sql. Below that, pgx has no spans of its own.
func TestGorm(t *testing.T) {
	pg := libtest.Postgres(t)
	p := libtest.Program{Package: "./appgorm", Flags: []string{"--trace", "./appgorm:shop"}}
	exe := libtest.Build(t, p)
	for dialect, d := range map[string]struct{ name, dsn, insert, update string }{
		"postgres": {"pgx", pg.URL(), `INSERT INTO \"orders\" (\"what\",\"id\") VALUES ($1,$2) RETURNING \"id\"`, `UPDATE \"orders\" SET \"what\"=$1 WHERE \"id\" = $2`},
		"sqlite": {"sqlite3", filepath.Join(t.TempDir(), "shop.db"), "INSERT INTO `orders` (`what`,`id`) VALUES (?,?) RETURNING `id`",
			"UPDATE `orders` SET `what`=? WHERE `id` = ?"},
	} {
		t.Run(dialect, func(t *testing.T) {
			p := p
			p.Args = []string{dialect, d.dsn}
			r := libtest.Exec(t, exe, p)
			if r.Code != 0 || r.Stdout != "1 true\n" {
				t.Fatalf("exit status %d\n%s%s", r.Code, r.Stdout, r.Stderr)
			}
			want := strings.NewReplacer("NAME", d.name, "INSERT", d.insert, "UPDATE", d.update).Replace(`app main.shop "main.shop"
  NAME.db NAME.query "Begin" sql.query_type="Begin"
  NAME.db NAME.query "INSERT" sql.query_type="Query"
  NAME.db NAME.query "Commit" sql.query_type="Commit"
`)
			got := ""
			for _, trace := range r.Traces {
				if tree := libtest.Tree(trace.Spans, "sql.query_type"); strings.HasPrefix(tree, "app main.shop") {
					got = tree
				}
			}
			if !strings.HasPrefix(got, want) || strings.Count(got, "\n") != 9 || !strings.Contains(got, d.update) || strings.Contains(got, "error") {
				t.Errorf("%s\nwant\n%s", got, want)
			}
			if all := trees(r); strings.Contains(all, "postgres.db") || strings.Contains(all, "swordfish") {
				t.Errorf("spans of pgx, too, or the password\n%s", all)
			}
		})
	}
}
