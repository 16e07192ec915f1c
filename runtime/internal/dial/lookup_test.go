//go:build go1.21 && (linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package dial

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// nameServer is a name server on a loopback address, which keeps what it was asked.
type nameServer struct {
	net.PacketConn
	mu    sync.Mutex
	asked []string // "name type"
}

// serve starts a server that sends what reply makes of each question, number n.
func serve(t *testing.T, address string, reply func(q query, name string, n int) [][]byte) *nameServer {
	t.Helper()
	conn, err := net.ListenPacket("udp", address)
	if err != nil {
		t.Skip(err)
	}
	s := &nameServer{PacketConn: conn}
	done := make(chan bool)
	t.Cleanup(func() { conn.Close(); <-done })
	go func() {
		defer close(done)
		buf := make([]byte, 2048)
		for n := 0; ; n++ {
			size, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			q := query(append([]byte(nil), buf[:size]...))
			name := nameOf(q)
			s.mu.Lock()
			s.asked = append(s.asked, fmt.Sprint(name, " ", q.kind()))
			s.mu.Unlock()
			for _, m := range reply(q, name, n) {
				conn.WriteTo(m, from)
			}
		}
	}()
	return s
}

// nameOf reads a question's name.
func nameOf(q query) string {
	var name strings.Builder
	for at := headerLen; q[at] != 0; at += 1 + int(q[at]) {
		name.Write(q[at+1 : at+1+int(q[at])])
		name.WriteByte('.')
	}
	return name.String()
}

func (s *nameServer) port() uint16 { return uint16(s.LocalAddr().(*net.UDPAddr).Port) }

func (s *nameServer) questions() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.asked, ", ")
}

// using makes a resolver of the texts of the two files.
func using(t *testing.T, port uint16, hosts, conf string) *resolver {
	t.Helper()
	r := &resolver{hosts: filepath.Join(t.TempDir(), "hosts"), conf: filepath.Join(t.TempDir(), "resolv.conf"), port: port}
	for path, text := range map[string]string{r.hosts: hosts, r.conf: conf} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// known answers like a server that knows these names, with IPv4 addresses alone.
func known(names map[string]byte) func(query, string, int) [][]byte {
	return func(q query, name string, _ int) [][]byte {
		last, ok := names[name]
		switch {
		case !ok:
			return [][]byte{answer(q, codeNoName)}
		case q.kind() == typeAAAA:
			return [][]byte{answer(q, codeOK)}
		}
		return [][]byte{answer(q, codeOK, recordA(last))}
	}
}

func TestLookup(t *testing.T) {
	s := serve(t, "127.0.0.1:0", known(map[string]byte{"agent.ns.cluster.local.": 1, "agent.dd.": 2, "plain.": 3}))
	r := using(t, s.port(), "10.9.9.9 inhosts\n", "nameserver 127.0.0.1\nsearch ns.cluster.local cluster.local\noptions ndots:2\n")
	for host, want := range map[string]string{
		"agent": "10.0.0.1", "agent.dd": "10.0.0.2", "plain": "10.0.0.3", "plain.": "10.0.0.3", "inhosts": "10.9.9.9", "localhost": "127.0.0.1 ::1",
		"1.2.3.4": "1.2.3.4", "::1": "::1",
		"nobody": "!no address is known of nobody", "a..b": "!" + errName.Error(), strings.Repeat("a", 300): "!" + errName.Error(), "fe80::1%x": "!" + errName.Error(),
	} {
		list, err := r.lookup(host, time.Now().Add(5*time.Second))
		got := texts(list)
		if err != nil {
			got = "!" + err.Error()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
	before := len(s.questions())
	r.lookup("agent.dd", time.Now().Add(time.Second))
	if want := ", agent.dd.ns.cluster.local. 1, agent.dd.ns.cluster.local. 28, agent.dd.cluster.local. 1, agent.dd.cluster.local. 28, agent.dd. 1, agent.dd. 28"; s.questions()[before:] != want {
		t.Errorf("asked:%s", s.questions()[before:])
	}
}

func TestLookupIPv6(t *testing.T) {
	six := append([]byte{0x20, 1}, make([]byte, 14)...)
	s := serve(t, "[::1]:0", func(q query, _ string, _ int) [][]byte {
		if q.kind() == typeAAAA {
			return [][]byte{answer(q, codeOK, record(typeAAAA, six...))}
		}
		return [][]byte{answer(q, codeOK, recordA(1))}
	})
	r := using(t, s.port(), "", "nameserver ::1")
	if list, err := r.lookup("agent", time.Now().Add(time.Second)); err != nil || texts(list) != "10.0.0.1 2001::" {
		t.Errorf("%s %v", texts(list), err)
	}
}

// TestOddServers: each does something else before or instead of answering well. All get two questions in a try.
func TestOddServers(t *testing.T) {
	good := func(q query) []byte { return answer(q, codeOK, recordA(byte(q.kind()))) }
	one := func(m []byte) [][]byte { return [][]byte{m} }
	for _, c := range []struct {
		name  string
		reply func(q query, n int) [][]byte
		want  string
		least time.Duration
	}{
		{"foreign answers first", func(q query, _ int) [][]byte {
			other := good(append(query{q[0] + 1}, q[1:]...))
			return [][]byte{nil, {1, 2, 3}, other, q, good(q), good(q)}
		}, "10.0.0.1", 0},
		{"the first try is lost", func(q query, n int) [][]byte {
			if n < 2 {
				return nil
			}
			return one(good(q))
		}, "10.0.0.1", tryFor},
		{"no word about IPv6", func(q query, _ int) [][]byte {
			if q.kind() == typeAAAA {
				return nil
			}
			return one(good(q))
		}, "10.0.0.1", tryFor},
		{"failure for IPv6", func(q query, _ int) [][]byte {
			if q.kind() == typeAAAA {
				return one(answer(q, 2))
			}
			return one(good(q))
		}, "10.0.0.1", 0},
		{"failure for IPv4", func(q query, _ int) [][]byte {
			if q.kind() == typeA {
				return one(answer(q, 2))
			}
			return one(answer(q, codeOK))
		}, "!" + errFailed.Error(), 0},
		{"failure once", func(q query, n int) [][]byte {
			if n < 2 {
				return one(answer(q, 2))
			}
			return one(good(q))
		}, "10.0.0.1", 0},
		{"nonsense", func(q query, _ int) [][]byte { return one(good(q)[:len(q)+5]) }, "!" + errMessage.Error(), 0},
		{"silence", func(query, int) [][]byte { return nil }, "!" + errServers.Error(), 2 * tryFor},
	} {
		c := c
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, "127.0.0.1:0", func(q query, _ string, n int) [][]byte { return c.reply(q, n) })
			r := using(t, s.port(), "", "nameserver 127.0.0.1\nsearch x y\noptions ndots:0")
			began := time.Now()
			list, err := r.lookup("agent", began.Add(5*time.Second))
			took := time.Since(began)
			got := texts(list)
			if err != nil {
				got = "!" + err.Error()
			}
			if got != c.want || took < c.least || took > c.least+900*time.Millisecond {
				t.Errorf("%s after %v, want %s", got, took, c.want)
			}
		})
	}
}

// TestServers: one that is not there costs nothing, since the system tells; a silent one its time; and the time limit
// is one.
func TestServers(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("127.0.0.2 is not this machine everywhere")
	}
	s := serve(t, "127.0.0.1:0", known(map[string]byte{"agent.": 1}))
	lookup := func(conf string, limit time.Duration) (string, time.Duration) {
		began := time.Now()
		list, err := using(t, s.port(), "", conf).lookup("agent", began.Add(limit))
		if err != nil {
			return "!" + err.Error(), time.Since(began)
		}
		return texts(list), time.Since(began)
	}
	if got, took := lookup("nameserver 127.0.0.2\nnameserver 127.0.0.1", 5*time.Second); got != "10.0.0.1" || took > 900*time.Millisecond {
		t.Errorf("the second server: %s after %v", got, took)
	}
	if got, took := lookup("nameserver 127.0.0.2", 5*time.Second); got != "!"+errServers.Error() || took > 900*time.Millisecond {
		t.Errorf("no server: %s after %v", got, took)
	}
	silent, err := net.ListenPacket("udp", fmt.Sprintf("127.0.0.3:%d", s.port()))
	if err != nil {
		t.Skip(err)
	}
	defer silent.Close()
	if got, took := lookup("nameserver 127.0.0.3\nnameserver 127.0.0.1", 5*time.Second); got != "10.0.0.1" || took < tryFor {
		t.Errorf("behind a silent server: %s after %v", got, took)
	}
	if got, took := lookup("nameserver 127.0.0.3\nnameserver 127.0.0.1", 300*time.Millisecond); got[0] != '!' || took > 900*time.Millisecond {
		t.Errorf("with little time: %s after %v", got, took)
	}
}
