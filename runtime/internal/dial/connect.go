//go:build go1.21 && (linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package dial

import (
	"os"
	"syscall"
	"time"
)

// maxDialled and leastEach bound how long a name with many addresses is tried.
const (
	maxDialled = 8
	leastEach  = Timeout / 4
)

// connect is the way without net.
func connect(network, address string, limit time.Time) (Conn, error) {
	if network == "unix" {
		return open(syscall.AF_UNIX, syscall.SOCK_STREAM, &syscall.SockaddrUnix{Name: address}, before(limit, Timeout))
	}
	host, port, err := splitPort(address)
	if err != nil {
		return nil, err
	}
	list, err := system.lookup(host, limit)
	if err != nil {
		return nil, err
	}
	return connectTCP(list, port, limit)
}

// connectTCP tries addresses in turn. All together have about as long as one alone. The first error counts.
func connectTCP(list []addr, port uint16, limit time.Time) (Conn, error) {
	if len(list) > maxDialled {
		list = list[:maxDialled]
	}
	each := Timeout / time.Duration(len(list))
	if each < leastEach {
		each = leastEach
	}
	var first error
	for _, a := range list {
		a.port = port
		c, err := open(a.family(), syscall.SOCK_STREAM, a.sockaddr(), before(limit, each))
		if err == nil {
			return c, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

// connectUDP makes a socket that sends to one server and takes messages of that one alone. What is done with it must be
// done by the time limit.
func connectUDP(server addr, limit time.Time) (Conn, error) {
	return open(server.family(), syscall.SOCK_DGRAM, server.sockaddr(), limit)
}

// before is the time limit, or in a while if that comes first.
func before(limit time.Time, while time.Duration) time.Time {
	if soon := time.Now().Add(while); soon.Before(limit) {
		return soon
	}
	return limit
}

// open makes a socket and connects it. The time limit is also the connection's, until it is given another one.
func open(family, kind int, to syscall.Sockaddr, limit time.Time) (Conn, error) {
	if !time.Now().Before(limit) {
		return nil, os.ErrDeadlineExceeded
	}
	fd, err := socket(family, kind)
	if err != nil {
		return nil, err
	}
	if family != syscall.AF_UNIX && kind == syscall.SOCK_STREAM { // as net does; what is sent is sent in one piece
		syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	}
	err = syscall.Connect(fd, to)
	waits := err == syscall.EINPROGRESS || err == syscall.EALREADY || err == syscall.EINTR
	if err != nil && err != syscall.EISCONN && !waits {
		syscall.Close(fd)
		return nil, err
	}
	s, err := newSocket(fd, limit)
	if err != nil {
		return nil, err
	}
	if waits {
		err = s.connected()
	}
	if err == nil && family != syscall.AF_UNIX && s.toItself() {
		err = syscall.ECONNREFUSED
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}
