package libtest

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// NATS starts a NATS server with JetStream, of Debian's package nats-server, and returns its URL.
func NATS(t testing.TB) string {
	t.Helper()
	exe, err := exec.LookPath("nats-server")
	if err != nil {
		if exe = "/usr/sbin/nats-server"; !isThere(exe) {
			t.Fatal("there is no nats-server: apt-get install nats-server")
		}
	}
	dir := t.TempDir()
	ports := filepath.Join(dir, "ports")
	if err := os.Mkdir(ports, 0o777); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-a", "127.0.0.1", "-p", "-1", "-js", "-sd", filepath.Join(dir, "store"), "--ports_file_dir", ports, "-l", filepath.Join(dir, "log"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		list, _ := filepath.Glob(filepath.Join(ports, "*.ports"))
		if len(list) == 0 {
			continue
		}
		text, _ := os.ReadFile(list[0])
		_, rest, ok := strings.Cut(string(text), "nats://")
		addr, _, _ := strings.Cut(rest, `"`)
		if c, err := net.Dial("tcp", addr); ok && err == nil {
			c.Close()
			return "nats://" + addr
		}
	}
	log, _ := os.ReadFile(filepath.Join(dir, "log"))
	t.Fatalf("nats-server does not answer:\n%s", log)
	return ""
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
