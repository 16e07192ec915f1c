//go:build go1.21

// Package withnet makes the tracer find the agent by way of package net, and gives it TLS. By itself the tracer does
// without both, since with net a program is linked against the C library. Where a program has net anyway, names mean
// the same to both of them with this, and an agent at an https address can be reached:
//
//	import _ "github.com/ddinstrument/ddinstrument/runtime/withnet"
package withnet

import (
	"crypto/tls"
	"net"
	"os"
	"strings"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/dial"
)

var dialer = dial.Func(connect)

func init() { dial.Register(&dialer) }

func connect(network, address string, secure bool, limit time.Time) (dial.Conn, error) {
	conn, err := plain(network, address, limit)
	if err != nil {
		return nil, err
	}
	if secure {
		return secured(conn, address, limit, new(tls.Config))
	}
	return conn, nil
}

// plain connects. The name localhost is not looked up: that would read files and start goroutines for what is known.
func plain(network, address string, limit time.Time) (net.Conn, error) {
	timeout := dial.Timeout
	if left := time.Until(limit); left < timeout {
		timeout = left
	}
	if timeout <= 0 {
		return nil, os.ErrDeadlineExceeded
	}
	d := net.Dialer{Timeout: timeout}
	if port, ok := strings.CutPrefix(address, "localhost:"); ok && network == "tcp" {
		conn, err := d.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			return conn, nil
		}
		if conn, err := d.Dial("tcp", "[::1]:"+port); err == nil {
			return conn, nil
		}
		return nil, err
	}
	return d.Dial(network, address)
}

// secured puts TLS on top of a connection.
func secured(conn net.Conn, address string, limit time.Time, config *tls.Config) (net.Conn, error) {
	config.ServerName, _, _ = net.SplitHostPort(address)
	conn.SetDeadline(limit)
	secure := tls.Client(conn, config)
	if err := secure.Handshake(); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}
