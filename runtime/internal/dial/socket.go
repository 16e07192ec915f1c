//go:build go1.21 && (linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package dial

import (
	"os"
	"syscall"
	"time"
)

// sock is a connection on a file, which has the runtime's poller and deadlines. Reading and closing are the file's.
type sock struct {
	*os.File
	raw syscall.RawConn
}

// newSocket takes over a socket that does not block, also if there is an error. (os notes files that are opened or
// looked at, for the go command's cache of test results, but not those that are made of a descriptor.)
func newSocket(fd int, limit time.Time) (*sock, error) {
	f := os.NewFile(uintptr(fd), "agent")
	raw, err := f.SyscallConn()
	if err == nil {
		err = f.SetDeadline(limit) // fails if the poller does not take it: then reading would not wait
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &sock{f, raw}, nil
}

// connected waits for the end of connecting. It asks before it waits, too: the poller forgets what it has seen earlier.
func (s *sock) connected() (err error) {
	waiting := s.raw.Write(func(fd uintptr) bool {
		var code int
		if code, err = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ERROR); err != nil {
			return true
		}
		switch e := syscall.Errno(code); e {
		case 0:
			_, unconnected := syscall.Getpeername(int(fd))
			return unconnected == nil
		case syscall.EISCONN:
		case syscall.EINPROGRESS, syscall.EALREADY, syscall.EINTR:
			return false
		default:
			err = e
		}
		return true
	})
	if waiting != nil {
		return waiting
	}
	return err
}

// toItself tells whether a socket was given the port that it connects to, and so is both ends: nobody listens there.
func (s *sock) toItself() (same bool) {
	s.raw.Control(func(fd uintptr) {
		ours, err1 := syscall.Getsockname(int(fd))
		theirs, err2 := syscall.Getpeername(int(fd))
		if err1 != nil || err2 != nil {
			return
		}
		switch a := ours.(type) {
		case *syscall.SockaddrInet4:
			b, ok := theirs.(*syscall.SockaddrInet4)
			same = ok && a.Port == b.Port && a.Addr == b.Addr
		case *syscall.SockaddrInet6:
			b, ok := theirs.(*syscall.SockaddrInet6)
			same = ok && a.Port == b.Port && a.Addr == b.Addr
		}
	})
	return same
}

// Write sends. It is not the file's, since a connection that is gone must not raise SIGPIPE, which the program may have
// asked to be told of, or which a C program around it may die of.
func (s *sock) Write(p []byte) (n int, err error) {
	waiting := s.raw.Write(func(fd uintptr) bool {
		for n < len(p) {
			var m int
			m, err = syscall.SendmsgN(int(fd), p[n:], nil, nil, quietly)
			switch {
			case err == syscall.EINTR:
			case err == syscall.EAGAIN:
				return false
			case err != nil:
				return true
			default:
				n += m
			}
		}
		return true
	})
	if waiting != nil {
		err = waiting
	}
	return n, err
}
