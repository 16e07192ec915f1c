//go:build unix

package libtest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
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
	dir, err := os.MkdirTemp("", "ddinstrument-postgres-") // not t.TempDir, into which no other user can look
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	as := otherUser(t, dir, "postgres")
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

// startServer starts a server, and stops it by a signal at the test's end.
func startServer(t testing.TB, server *exec.Cmd, stop os.Signal, ready func() bool) {
	t.Helper()
	var log bytes.Buffer
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	for deadline := time.Now().Add(60 * time.Second); !ready(); time.Sleep(50 * time.Millisecond) {
		select {
		case err := <-ended:
			t.Fatalf("%s: %v\n%s", server, err, log.Bytes())
		default:
		}
		if time.Now().After(deadline) {
			server.Process.Kill()
			<-ended
			t.Fatalf("%s is not ready\n%s", server, log.Bytes())
		}
	}
	t.Cleanup(func() {
		server.Process.Signal(stop)
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			server.Process.Kill()
			<-ended
		}
	})
}

// FreePort returns a port on which nobody listens just now.
func FreePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// otherUser is for servers that don't run as root: it gives them a folder, and says as whom they run. Nothing of that is
// needed for everybody else.
func otherUser(t testing.TB, dir, name string) *syscall.SysProcAttr {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup(name)
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			t.Fatal(err)
		}
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	// In root's group, for a container may have closed its / to everybody else.
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), Groups: []uint32{0}}}
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
