//go:build unix

package libtest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Redis starts a Redis of its own for a test, whose end stops it, and returns its address. Args are redis-server's.
func Redis(t testing.TB, args ...string) (addr string) {
	t.Helper()
	return redis(t, FreePort(t), args...)
}

func redis(t testing.TB, port int, args ...string) (addr string) {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal("there is no redis-server: apt-get install redis-server")
	}
	addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	server := exec.Command(path, append(args, "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")...)
	server.Dir = t.TempDir()
	startServer(t, server, syscall.SIGTERM, func() bool { _, err := redisSay(addr, "PING"); return err == nil })
	return addr
}

// RedisCluster starts two servers that share the slots of a cluster, and returns their addresses.
func RedisCluster(t testing.TB) []string {
	t.Helper()
	var addrs []string
	for len(addrs) < 2 {
		port := FreePort(t)
		for port > 60000 { // servers talk to each other 10,000 above
			port = FreePort(t)
		}
		addrs = append(addrs, redis(t, port, "--cluster-enabled", "yes", "--cluster-node-timeout", "5000"))
	}
	RedisSay(t, addrs[0], "CLUSTER ADDSLOTSRANGE 0 8191")
	RedisSay(t, addrs[1], "CLUSTER ADDSLOTSRANGE 8192 16383")
	RedisSay(t, addrs[1], "CLUSTER SET-CONFIG-EPOCH 2")
	RedisSay(t, addrs[0], "CLUSTER MEET "+strings.ReplaceAll(addrs[1], ":", " "))
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		ready := 0
		for _, addr := range addrs {
			info, _ := redisSay(addr, "CLUSTER INFO")
			slots, _ := redisSay(addr, "CLUSTER NODES")
			if strings.Contains(info, "cluster_state:ok") && strings.Contains(slots, "0-8191") && strings.Contains(slots, "8192-16383") {
				ready++
			}
		}
		if ready == len(addrs) {
			return addrs
		}
		if time.Now().After(deadline) {
			t.Fatal("the servers don't become a cluster")
		}
	}
}

// RedisSentinel starts a sentinel that watches a server by the name of main, and returns its address.
func RedisSentinel(t testing.TB, server string) (addr string) {
	t.Helper()
	conf := filepath.Join(t.TempDir(), "sentinel.conf")
	text := fmt.Sprintf("sentinel monitor main %s 1\n", strings.ReplaceAll(server, ":", " "))
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal("there is no redis-server: apt-get install redis-server")
	}
	port := strconv.Itoa(FreePort(t))
	addr = net.JoinHostPort("127.0.0.1", port)
	sentinel := exec.Command(path, conf, "--sentinel", "--port", port, "--bind", "127.0.0.1")
	sentinel.Dir = t.TempDir()
	startServer(t, sentinel, syscall.SIGTERM, func() bool {
		known, err := redisSay(addr, "SENTINEL get-master-addr-by-name main")
		return err == nil && strings.HasPrefix(known, "*2")
	})
	return addr
}

// RedisSay has a server carry out a command, which must not fail.
func RedisSay(t testing.TB, addr, command string) {
	t.Helper()
	if answer, err := redisSay(addr, command); err != nil || strings.HasPrefix(answer, "-") {
		t.Fatalf("%s: %v %s", command, err, answer)
	}
}

// redisSay sends a command and returns the answer as it comes.
func redisSay(addr, command string) (string, error) {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	fmt.Fprintf(conn, "%s\r\n", command)
	in := bufio.NewReader(conn)
	line, err := in.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "$") {
		return line, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(line[1:]))
	if err != nil || n < 0 {
		return line, err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(in, b)
	return string(b), err
}
