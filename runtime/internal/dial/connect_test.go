//go:build go1.21 && (linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package dial

import (
	"errors"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
)

func listen(t *testing.T, network, address string) net.Listener {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func soon() time.Time { return time.Now().Add(5 * time.Second) }

// TestConnect sends some megabytes there and back, over everything that there is.
func TestConnect(t *testing.T) {
	for _, c := range []struct{ network, listen, dial string }{
		{"tcp", "127.0.0.1:0", "127.0.0.1"}, {"tcp", "127.0.0.1:0", "localhost"}, {"tcp", "127.0.0.1:0", "[::ffff:127.0.0.1]"},
		{"tcp", "[::1]:0", "[::1]"}, {"tcp", "[::1]:0", "localhost"}, {"unix", filepath.Join(t.TempDir(), "s"), ""},
	} {
		t.Run(c.network+" "+c.dial, func(t *testing.T) {
			l := listen(t, c.network, c.listen)
			address := l.Addr().String()
			if tcp, ok := l.Addr().(*net.TCPAddr); ok {
				_, port, _ := net.SplitHostPort(tcp.String())
				address = c.dial + ":" + port
			}
			echo(t, l)
			conn, err := connect(c.network, address, soon())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(soon())
			text := make([]byte, 3<<20)
			for i := range text {
				text[i] = byte(i * 7 >> 3)
			}
			sent := make(chan error)
			go func() { _, err := conn.Write(text); sent <- err }()
			got := make([]byte, len(text))
			if _, err := io.ReadFull(conn, got); err != nil || string(got) != string(text) {
				t.Errorf("not what was sent; %v", err)
			}
			if err := <-sent; err != nil {
				t.Error(err)
			}
		})
	}
}

// echo sends back what the first connection sends.
func echo(t *testing.T, l net.Listener) {
	done := make(chan bool)
	t.Cleanup(func() { l.Close(); <-done })
	go func() {
		defer close(done)
		if conn, err := l.Accept(); err == nil {
			io.Copy(conn, conn)
			conn.Close()
		}
	}()
}

func TestConnectFails(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	address := l.Addr().String()
	l.Close()
	for _, c := range []struct {
		network, address string
		want             error
	}{
		{"tcp", address, syscall.ECONNREFUSED}, {"unix", filepath.Join(t.TempDir(), "none"), syscall.ENOENT},
		{"unix", string(make([]byte, 300)), syscall.EINVAL}, {"tcp", "127.0.0.1", nil}, {"tcp", "fe80::1%x:1", errName},
	} {
		conn, err := connect(c.network, c.address, soon())
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%.40s: %v %v", c.address, conn, err)
		}
	}
	if _, err := connect("tcp", address, time.Now().Add(-time.Second)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("too late: %v", err)
	}
	if _, err := Dial("tcp", address, true, soon()); err != ErrNoTLS {
		t.Errorf("TLS: %v", err)
	}
}

// full returns the address of a listener with which connections hang: its queue is full.
func full(t *testing.T) addr {
	fd, err := socket(syscall.AF_INET, syscall.SOCK_STREAM)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	name, _ := syscall.Getsockname(fd)
	a, _ := parseIP("127.0.0.1")
	a.port = uint16(name.(*syscall.SockaddrInet4).Port)
	for i := 0; i < 20; i++ {
		conn, err := open(syscall.AF_INET, syscall.SOCK_STREAM, a.sockaddr(), time.Now().Add(100*time.Millisecond))
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return a
		}
		if err == nil {
			t.Cleanup(func() { conn.Close() })
		}
	}
	t.Skip("connections do not hang here")
	return a
}

func TestHungConnect(t *testing.T) {
	a := full(t)
	for _, c := range []struct {
		list  []addr
		limit time.Duration
		want  time.Duration
	}{{[]addr{a}, 5 * time.Second, Timeout}, {[]addr{a}, 200 * time.Millisecond, 200 * time.Millisecond}, {[]addr{a, a}, 5 * time.Second, Timeout}} {
		began := time.Now()
		_, err := connectTCP(c.list, a.port, began.Add(c.limit))
		took := time.Since(began)
		if !errors.Is(err, os.ErrDeadlineExceeded) || took < c.want-50*time.Millisecond || took > c.want+700*time.Millisecond {
			t.Errorf("%d addresses, %v: %v after %v", len(c.list), c.limit, err, took)
		}
	}
	good := listen(t, "tcp", "[::1]:0") // the next address is tried when the first one hangs
	six, _ := parseIP("::1")
	_, text, _ := net.SplitHostPort(good.Addr().String())
	a.port = 0 // each has the other's port: the first is refused
	_, port, _ := splitPort(":" + text)
	began := time.Now()
	conn, err := connectTCP([]addr{a, six}, port, soon())
	if err != nil || time.Since(began) > time.Second {
		t.Fatalf("the second address: %v after %v", err, time.Since(began))
	}
	conn.Close()
}

// TestNothingStays: no goroutine and no descriptor, whatever happened.
func TestNothingStays(t *testing.T) {
	descriptors := func() int {
		list, err := os.ReadDir("/dev/fd")
		if err != nil {
			t.Skip(err)
		}
		return len(list)
	}
	l := listen(t, "tcp", "127.0.0.1:0")
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	s := serve(t, "127.0.0.1:0", func(q query, _ string, n int) [][]byte {
		return [][]byte{answer(q, uint16(n%4)), answer(q, 0, recordA(1))[:len(q)+3]}
	})
	r := using(t, s.port(), "", "nameserver 127.0.0.1")
	once := func() {
		conn, err := connect("tcp", l.Addr().String(), soon())
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(-time.Second))
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("after the deadline: %v", err)
		}
		conn.Close()
		connect("tcp", "127.0.0.1:1", soon())
		connect("unix", "/nowhere", soon())
		r.lookup("agent", time.Now().Add(time.Second))
	}
	once()
	goroutines, files := runtime.NumGoroutine(), descriptors()
	for i := 0; i < 20; i++ {
		once()
	}
	// The other end closes when it likes.
	for end := time.Now().Add(2 * time.Second); descriptors() > files && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if g, f := runtime.NumGoroutine(), descriptors(); g > goroutines || f > files {
		t.Errorf("%d goroutines, %d before; %d descriptors, %d before", g, goroutines, f, files)
	}
}

// TestBrokenPipe: a connection that is gone is an error, and no signal to a program that waits for SIGPIPE.
func TestBrokenPipe(t *testing.T) {
	l := listen(t, "unix", filepath.Join(t.TempDir(), "s"))
	conn, err := connect("unix", l.Addr().String(), soon())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	other, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	other.Close()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGPIPE)
	defer signal.Stop(signals)
	if _, err := conn.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("writing: %v", err)
	}
	select {
	case s := <-signals:
		t.Error(s)
	case <-time.After(100 * time.Millisecond):
	}
}

// TestInherited: no program that this one starts has the connection.
func TestInherited(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	conn, err := connect("tcp", l.Addr().String(), soon())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.(*sock).raw.Control(func(fd uintptr) {
		flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, fd, syscall.F_GETFD, 0)
		if errno != 0 || flags&syscall.FD_CLOEXEC == 0 {
			t.Errorf("flags %x, %v", flags, errno)
		}
	})
}
