//go:build unix

package libtest

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// A PostgresServer is a PostgreSQL that a test has started.
type PostgresServer struct{ Port int }

// URL is the address of its database, for the user postgres.
func (p PostgresServer) URL() string {
	return fmt.Sprintf("postgres://postgres:swordfish@127.0.0.1:%d/postgres?sslmode=disable", p.Port)
}

// Postgres starts a PostgreSQL of its own for a test, whose end stops it.
func Postgres(t testing.TB) PostgresServer {
	t.Helper()
	dir, as := serverDir(t, "postgres")
	data := filepath.Join(dir, "data")
	initdb := exec.Command(postgresTool(t, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = dir, as
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	p := PostgresServer{FreePort(t)}
	server := exec.Command(postgresTool(t, "postgres"), "-D", data, "-p", strconv.Itoa(p.Port), "-h", "127.0.0.1", "-k", dir,
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=50")
	server.Dir, server.SysProcAttr = dir, as
	ready := func() bool {
		check := exec.Command(postgresTool(t, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", strconv.Itoa(p.Port))
		return check.Run() == nil
	}
	startServer(t, server, syscall.SIGQUIT, ready)
	return p
}

func postgresTool(t testing.TB, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name) // where Debian has them
	if len(found) == 0 {
		t.Fatalf("there is no %s: apt-get install postgresql", name)
	}
	return found[len(found)-1]
}
