//go:build go1.21

package dial

import "syscall"

// quietly is no flag here, but an option of the socket.
const quietly = 0

// socket makes one that does not block, and that is closed in programs that this one starts.
func socket(family, kind int) (int, error) {
	syscall.ForkLock.RLock()
	fd, err := syscall.Socket(family, kind, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return -1, err
	}
	err = syscall.SetNonblock(fd, true)
	if err == nil {
		err = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_NOSIGPIPE, 1)
	}
	if err != nil {
		syscall.Close(fd)
		return -1, err
	}
	return fd, nil
}
