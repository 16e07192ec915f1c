//go:build unix

package libtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// A MariaDBServer is a MariaDB that a test has started.
type MariaDBServer struct{ Port int }

// DSN is its data source name for package github.com/go-sql-driver/mysql.
func (m MariaDBServer) DSN() string {
	return fmt.Sprintf("root@tcp(127.0.0.1:%d)/shop", m.Port)
}

// MariaDB starts a MariaDB of its own for a test, whose end stops it.
func MariaDB(t testing.TB) MariaDBServer {
	t.Helper()
	dir, as := serverDir(t, "mysql")
	data := filepath.Join(dir, "data")
	install := exec.Command(mariadbTool(t, "mariadb-install-db"), "--no-defaults", "--datadir="+data, "--skip-test-db",
		"--auth-root-authentication-method=normal")
	install.Dir, install.SysProcAttr = dir, as
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("mariadb-install-db: %v\n%s", err, out)
	}
	m := MariaDBServer{FreePort(t)}
	setup := filepath.Join(dir, "setup.sql")
	if err := os.WriteFile(setup, []byte("create database shop;\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	server := exec.Command(mariadbTool(t, "mariadbd"), "--no-defaults", "--datadir="+data, "--port="+strconv.Itoa(m.Port),
		"--bind-address=127.0.0.1", "--socket="+filepath.Join(dir, "sock"), "--pid-file="+filepath.Join(dir, "pid"),
		"--init-file="+setup, "--innodb-flush-log-at-trx-commit=0")
	server.Dir, server.SysProcAttr = dir, as
	startServer(t, server, syscall.SIGTERM, func() bool {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", m.Port))
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return m
}

func mariadbTool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/" + name); err != nil {
			t.Fatalf("there is no %s: apt-get install mariadb-server-core mariadb-client-core", name)
		}
	}
	return path
}
