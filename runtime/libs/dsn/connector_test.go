//go:build go1.21

package dsn

import (
	"reflect"
	"testing"
)

// What connectors of drivers look like.
type (
	mysqlConfig    struct{ User, Passwd, Net, Addr, DBName string }
	mysqlConnector struct{ cfg *mysqlConfig }
	pgconnConfig   struct {
		Host                     string
		Port                     uint16
		Database, User, Password string
	}
	pgxConfig struct {
		pgconnConfig `json:"-"`
		Config       pgconnConfig
	}
	pgxPool struct {
		config *struct{ ConnConfig *pgxConfig }
	}
	pgxConnector struct {
		ConnConfig pgxConfig
		pool       *pgxPool
	}
	pqConnector    struct{ opts map[string]string }
	serverParams   struct{ Host, Instance, Database, User, Password string }
	mssqlConnector struct{ params serverParams }
	clickConnector struct {
		opt *struct {
			Addr []string
			Auth struct{ Database, Username, Password string }
		}
	}
	loop struct{ Config *loop }
)

func TestOfConnector(t *testing.T) {
	pg := pgxConfig{Config: pgconnConfig{"db", 5433, "shop", "bob", "secret"}}
	pool := &pgxPool{config: &struct{ ConnConfig *pgxConfig }{&pg}}
	click := clickConnector{opt: &struct {
		Addr []string
		Auth struct{ Database, Username, Password string }
	}{Addr: []string{"ch:9000", "ch2:9000"}}}
	click.opt.Auth.Database, click.opt.Auth.Username, click.opt.Auth.Password = "events", "bob", "secret"
	endless := &loop{}
	endless.Config = endless
	known := Target{Host: "db", Port: "5433", Database: "shop", User: "bob"}
	for name, c := range map[string]struct {
		connector any
		want      Target
	}{
		"mysql":      {&mysqlConnector{&mysqlConfig{"bob", "secret", "tcp", "db:5433", "shop"}}, known},
		"mysql unix": {&mysqlConnector{&mysqlConfig{"bob", "secret", "unix", "/run/secret:1", "shop"}}, Target{Database: "shop", User: "bob"}},
		"pgx":        {pgxConnector{ConnConfig: pg}, known},
		"pgx pool":   {pgxConnector{pool: pool}, known},
		"pq":         {&pqConnector{map[string]string{"host": "db", "port": "5433", "dbname": "shop", "user": "bob", "password": "secret"}}, known},
		"mssql":      {&mssqlConnector{serverParams{"db", "inst", "shop", "bob", "secret"}}, Target{Host: "db", Instance: "inst", Database: "shop", User: "bob"}},
		"clickhouse": {click, Target{Host: "ch", Port: "9000", Database: "events", User: "bob"}},
		"endless":    {endless, Target{}},
		"nothing":    {nil, Target{}},
		"nil":        {(*mysqlConnector)(nil), Target{}},
		"a function": {func() {}, Target{}},
	} {
		if got := ofFields(reflect.ValueOf(c.connector)); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if got := OfConnector(c.connector); got != (Target{}) {
			t.Errorf("%s is not of a driver that is known, but %+v", name, got)
		}
	}
}
