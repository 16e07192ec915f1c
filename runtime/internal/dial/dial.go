//go:build go1.21

// Package dial opens connections to the agent without package net.
//
// Importing net makes a program another one: with cgo it is linked dynamically and against the C library, is larger by
// megabytes, and no longer told by Go that all of its goroutines are asleep. So this package speaks to the system by
// package syscall and looks names up itself, in the hosts file and by DNS. A program that has net anyway registers it
// here (package withnet), so that the agent is found in the way in which the program finds everything else; TLS comes
// with that.
//
// It reads no file by way of package os (see package files), starts no goroutine, and is done with everything when the
// time that it is given is over. It knows nothing of HTTP.
package dial

import (
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// A Conn is a connection; net.Conn has all of it.
type Conn interface {
	io.ReadWriteCloser
	SetDeadline(time.Time) error
}

// A Func connects to an address of a network, "tcp" or "unix", with TLS if it shall be secure.
type Func func(network, address string, secure bool, limit time.Time) (Conn, error)

// ErrNoTLS is what Dial says to the wish for a secure connection where nobody has registered anything for that.
var ErrNoTLS = errors.New("the program has no TLS")

// Timeout is the most that connecting to one address may take.
const Timeout = time.Second

var registered atomic.Pointer[Func]

// Register makes f the way to connect, nil the package's own one, and returns what it was before.
func Register(f *Func) (before *Func) { return registered.Swap(f) }

// Dial connects, at the latest by the time limit. That one may be over, but not zero.
func Dial(network, address string, secure bool, limit time.Time) (Conn, error) {
	if f := registered.Load(); f != nil {
		return (*f)(network, address, secure, limit)
	}
	if secure {
		return nil, ErrNoTLS
	}
	return connect(network, address, limit)
}
