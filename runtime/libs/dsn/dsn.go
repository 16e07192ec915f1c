//go:build go1.21

// Package dsn finds in a data source name, the text that a program opens a database with, where the database is and how it
// is called. It knows the forms of PostgreSQL, MySQL, SQL Server and SQLite, and URLs; it never keeps a password, and says
// nothing rather than guess.
package dsn

import (
	"net/url"
	"strings"
)

// Target is a database as a program has named it. What the name doesn't say is "".
type Target struct {
	Host, Port  string
	Database    string
	User        string
	Application string // what the program calls itself there
	Instance    string // of a SQL Server
}

// System returns what db.system says of the databases of a driver, by the name that it is registered under.
func System(driver string) string {
	switch family(driver) {
	case "postgres":
		return "postgresql"
	case "mysql":
		return "mysql"
	case "sqlserver":
		return "mssql"
	}
	return "other_sql"
}

// family returns the driver's kind of data source name, "" for one that isn't known. Drivers that wrap others are
// registered under names of their own: cloudsql-postgres, mysql-proxy, pgx/v5.
func family(driver string) string {
	driver = strings.ToLower(driver)
	for _, known := range [...]struct{ part, family string }{
		{"postgres", "postgres"}, {"pgx", "postgres"}, {"cockroach", "postgres"}, {"redshift", "postgres"},
		{"mysql", "mysql"}, {"mariadb", "mysql"},
		{"sqlserver", "sqlserver"}, {"mssql", "sqlserver"}, {"azuresql", "sqlserver"},
		{"sqlite", "sqlite"},
	} {
		if strings.Contains(driver, known.part) {
			return known.family
		}
	}
	if driver == "pq" {
		return "postgres"
	}
	return ""
}

// Parse reads the data source name that a driver, by the name it is registered under, is given.
func Parse(driver, name string) (t Target) {
	kind := family(driver)
	if kind == "sqlite" {
		return Target{Database: sqliteFile(name)}
	}
	if scheme, rest, ok := strings.Cut(name, "://"); ok && isScheme(scheme) && (kind == "" || kind == family(scheme)) {
		return ofURL(rest, family(scheme) == "sqlserver")
	}
	switch kind {
	case "postgres":
		return ofKeywords(keywords(name))
	case "mysql":
		return ofMySQL(name)
	case "sqlserver":
		return ofSQLServer(name)
	}
	return Target{}
}

func isScheme(s string) bool {
	for _, c := range s {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("+-.", c)) {
			return false
		}
	}
	return s != ""
}

// set fills in what a setting of a data source name says, under the names that drivers have for it.
func (t *Target) set(key, value string) {
	switch strings.ToLower(strings.TrimSpace(key)) {
	case "host", "hostaddr":
		t.Host = firstOf(value)
	case "port":
		t.Port = number(firstOf(value))
	case "dbname", "database", "initial catalog":
		t.Database = value
	case "user", "username", "user id", "uid":
		t.User = value
	case "application_name", "app name", "application name":
		t.Application = value
	}
}

// firstOf is the first of several hosts or ports.
func firstOf(list string) string {
	one, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(one)
}

// number returns s if it is a number, as a port is. Anything else may be part of a password.
func number(s string) string {
	for _, c := range s {
		if c < '0' || c > '9' {
			return ""
		}
	}
	return s
}

// ofURL reads what follows the scheme: user:password@host:port,host2:port2/database?settings.
func ofURL(rest string, sqlServer bool) (t Target) {
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority, rest := rest[:end], rest[end:]
	at := strings.LastIndexByte(authority, '@')
	if strings.Contains(rest, "@") {
		return t // a password with a slash in it, say: nobody knows where it ends
	}
	if at >= 0 {
		user, _, _ := strings.Cut(authority[:at], ":")
		t.User = unescape(user)
	}
	t.Host, t.Port = hostPort(firstOf(authority[at+1:]))
	rest, _, _ = strings.Cut(rest, "#")
	path, query, _ := strings.Cut(rest, "?")
	path = unescape(strings.Trim(path, "/"))
	if sqlServer {
		t.Instance = path
	} else {
		t.Database = path
	}
	for _, pair := range strings.Split(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(key)
		if err != nil {
			continue
		}
		if value, err = url.QueryUnescape(value); err == nil && value != "" {
			t.set(key, value)
		}
	}
	return t
}

func unescape(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}

// hostPort splits host:port, [host]:port or a host alone.
func hostPort(s string) (host, port string) {
	if strings.HasPrefix(s, "[") {
		host, rest, _ := strings.Cut(s[1:], "]")
		return host, number(strings.TrimPrefix(rest, ":"))
	}
	i := strings.LastIndexByte(s, ':')
	if i < 0 || strings.Count(s, ":") > 1 { // more of them: an address of IPv6
		return unescape(s), ""
	}
	return unescape(s[:i]), number(s[i+1:])
}
