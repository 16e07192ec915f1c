//go:build go1.21

package dsn

import (
	"fmt"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		driver, name string
		want         Target
	}{
		{"postgres", "postgres://bob:secret@1.2.3.4:5432/mydb?sslmode=verify-full", Target{Host: "1.2.3.4", Port: "5432", Database: "mydb", User: "bob"}},
		{"pgx", "postgresql://bob:secret@db.example/mydb?application_name=shop&port=5433", Target{Host: "db.example", Port: "5433", Database: "mydb", User: "bob", Application: "shop"}},
		{"pgx/v5", "postgres://bob:secret@a:1,b:2/mydb", Target{Host: "a", Port: "1", Database: "mydb", User: "bob"}},
		{"postgres", "postgres://b%40b:s%2Fecret@[::1]:5432/my%20db", Target{Host: "::1", Port: "5432", Database: "my db", User: "b@b"}},
		{"postgres", "postgres:///mydb?host=/run/postgresql", Target{Host: "/run/postgresql", Database: "mydb"}},
		{"postgres", "postgres://bob:sec/ret@db/mydb", Target{}},
		{"postgres", "postgres://bob:12?3@db/mydb", Target{}},
		{"postgres", "postgres://bob:s@cret@db/mydb", Target{Host: "db", Database: "mydb", User: "bob"}},
		{"postgres", `host = db.example  port=5433 password='it\'s secret' user='b b' dbname=my\ db application_name=shop`,
			Target{Host: "db.example", Port: "5433", Database: "my db", User: "b b", Application: "shop"}},
		{"postgres", "", Target{}},
		{"postgres", "host=a password='secret", Target{Host: "a"}},
		{"cloudsqlpostgres", "host=project:region:instance user=u dbname=d", Target{Host: "project:region:instance", Database: "d", User: "u"}},
		{"mysql", "bob:secret@tcp(1.2.3.4:3307)/mydb?parseTime=true", Target{Host: "1.2.3.4", Port: "3307", Database: "mydb", User: "bob"}},
		{"mysql", "bob:s@c/r:et@tcp([de:ad:be:ef::ca:fe]:80)/mydb", Target{Host: "de:ad:be:ef::ca:fe", Port: "80", Database: "mydb", User: "bob"}},
		{"mysql", "bob://secret@tcp(db:3306)/shop", Target{Host: "db", Port: "3306", Database: "shop", User: "bob"}},
		{"mysql", "bob:secret@unix(/run/mysqld.sock)/mydb", Target{Database: "mydb", User: "bob"}},
		{"mysql", "bob@/mydb", Target{Host: "127.0.0.1", Port: "3306", Database: "mydb", User: "bob"}},
		{"mysql", "/", Target{Host: "127.0.0.1", Port: "3306"}},
		{"mysql", "bob:secret@tcp(db)/", Target{Host: "db", Port: "3306", User: "bob"}},
		{"sqlserver", "sqlserver://bob:secret@1.2.3.4:1433/inst?database=mydb&app+name=shop", Target{Host: "1.2.3.4", Port: "1433", Instance: "inst", Database: "mydb", User: "bob", Application: "shop"}},
		{"mssql", `Server=1.2.3.4\inst,1434;User Id=sa;Password=secret;Initial Catalog=mydb`, Target{Host: "1.2.3.4", Port: "1434", Instance: "inst", Database: "mydb", User: "sa"}},
		{"sqlserver", `odbc:server=db;password={se;c}}ret};user id="b;b";database=d`, Target{Host: "db", Database: "d", User: "b;b"}},
		{"sqlite3", "file:/var/lib/shop.db?_auth_pass=secret", Target{Database: "shop.db"}},
		{"sqlite", ":memory:", Target{Database: ":memory:"}},
		{"sqlite", "", Target{}},
		{"clickhouse", "clickhouse://bob:secret@ch:9000/events?dial_timeout=1s", Target{Host: "ch", Port: "9000", Database: "events", User: "bob"}},
		{"clickhouse", "tcp://ch:9000?username=bob&password=secret&database=events", Target{Host: "ch", Port: "9000", Database: "events", User: "bob"}},
		{"snowflake", "bob:secret@account/db/schema", Target{}},
		{"fakedb", "name://secret", Target{Host: "secret"}},
		{"test", "any words;secret", Target{}},
	} {
		if got := Parse(c.driver, c.name); got != c.want {
			t.Errorf("Parse(%q, %q) is\n%+v, want\n%+v", c.driver, c.name, got, c.want)
		}
	}
}

func TestSystem(t *testing.T) {
	for driver, want := range map[string]string{
		"postgres": "postgresql", "pgx/v5": "postgresql", "pq": "postgresql", "mysql": "mysql", "sqlserver": "mssql", "azuresql": "mssql",
		"sqlite3": "other_sql", "fakedb": "other_sql", "": "other_sql",
	} {
		if got := System(driver); got != want {
			t.Errorf("System(%q) is %q, want %q", driver, got, want)
		}
	}
}

// No form of a data source name may let a part of the password through.
func FuzzPassword(f *testing.F) {
	for _, p := range []string{"secret", "a b", "/", "@", "?x=", "{}", "'", `\`, ":1@", "1/2@", "12?3", "#", "%", "@/"} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, odd string) {
		password := "qQzZ" + odd + "qQzZ"
		escaped := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(password)
		for driver, name := range map[string]string{
			"postgres":   "postgres://bob:" + password + "@db:5432/shop?sslmode=off",
			"pgx":        "host=db password='" + escaped + "' user=bob",
			"mysql":      "bob:" + password + "@tcp(db:3306)/shop",
			"sqlserver":  "sqlserver://bob:" + password + "@db/inst?database=shop",
			"mysql2":     "bob:" + "//" + password + "@tcp(db:3306)/shop",
			"mssql":      "server=db;password={" + strings.ReplaceAll(password, "}", "}}") + "};user id=bob",
			"clickhouse": "clickhouse://bob:" + password + "@db/shop",
			"sqlite3":    "file:shop.db?_auth_pass=" + password,
		} {
			if got := fmt.Sprintf("%+v", Parse(driver, name)); strings.Contains(got, "qQzZ") {
				t.Errorf("Parse(%q, %q) is %s", driver, name, got)
			}
		}
	})
}
