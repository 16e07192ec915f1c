//go:build go1.21 && (linux || dragonfly || freebsd || netbsd || openbsd)

package dial

import "syscall"

// quietly is how to send without SIGPIPE.
const quietly = syscall.MSG_NOSIGNAL

// socket makes one that does not block, and that is closed in programs that this one starts.
func socket(family, kind int) (int, error) {
	return syscall.Socket(family, kind|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
}
