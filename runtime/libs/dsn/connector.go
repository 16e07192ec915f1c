//go:build go1.21

package dsn

import (
	"reflect"
	"strconv"
	"strings"
)

// immutable are the packages whose connectors nobody changes once they are made. A program's own may be guarded by a lock.
var immutable = [...]string{
	"github.com/jackc/pgx/", "github.com/lib/pq", "github.com/go-sql-driver/mysql", "github.com/microsoft/go-mssqldb",
	"github.com/denisenkom/go-mssqldb", "github.com/ClickHouse/clickhouse-go",
}

// OfConnector finds in a driver's connector, which a program has made without a data source name, where it leads to: in
// fields by the names that drivers have for it, exported or not. Other fields are not looked at.
func OfConnector(connector any) (t Target) {
	v := reflect.ValueOf(connector)
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if !v.IsValid() {
		return t
	}
	for _, path := range immutable {
		if strings.HasPrefix(v.Type().PkgPath(), path) {
			return ofFields(v)
		}
	}
	return t
}

func ofFields(v reflect.Value) (t Target) {
	defer func() { recover() }() // nothing of this panics; all the same
	look(&t, v, 6)
	return t
}

// look fills in what a value says, and what it leads to in depth steps.
func look(t *Target, v reflect.Value, depth int) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch {
	case depth == 0:
	case v.Kind() == reflect.Struct:
		for i := 0; i < v.NumField(); i++ {
			field(t, strings.ToLower(v.Type().Field(i).Name), v, v.Field(i), depth)
		}
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		for _, key := range [...]string{"host", "port", "dbname", "user"} {
			if e := v.MapIndex(reflect.ValueOf(key).Convert(v.Type().Key())); e.IsValid() {
				t.fill(key, text(e))
			}
		}
	}
}

func field(t *Target, name string, in, v reflect.Value, depth int) {
	switch name {
	case "host", "port", "database", "dbname", "user", "username":
		t.fill(name, text(v))
	case "instance":
		if t.Instance == "" {
			t.Instance = text(v)
		}
	case "addr":
		if network := in.FieldByName("Net"); network.IsValid() && !strings.HasPrefix(text(network), "tcp") {
			return
		}
		if host, port := hostPort(text(v)); t.Host == "" {
			t.Host, t.Port = host, port
		}
	case "connconfig", "config", "cfg", "opts", "opt", "options", "params", "auth", "pool":
		look(t, v, depth-1)
	}
}

// fill is set for what isn't known yet.
func (t *Target) fill(key, value string) {
	known := *t
	t.set(key, value)
	for _, p := range [...]struct {
		now    *string
		before string
	}{{&t.Host, known.Host}, {&t.Port, known.Port}, {&t.Database, known.Database}, {&t.User, known.User}} {
		if p.before != "" {
			*p.now = p.before
		}
	}
}

// text is a string, the first one of a list, or a number other than 0.
func text(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.String:
		return v.String()
	case v.Kind() == reflect.Slice && v.Len() > 0:
		return text(v.Index(0))
	case v.CanUint() && v.Uint() != 0:
		return strconv.FormatUint(v.Uint(), 10)
	case v.CanInt() && v.Int() > 0:
		return strconv.FormatInt(v.Int(), 10)
	}
	return ""
}
