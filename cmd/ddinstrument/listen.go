package main

import (
	"fmt"
	"math"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/overlay"
)

// wanted says what the flags take.
var wanted = map[string]string{
	"--listen": "HOST:PORT, such as 127.0.0.1:8126, or unix:///path",
	"--otlp":   "HOST:PORT, such as 127.0.0.1:4318, or off",
	"--ui":     "HOST:PORT, such as 127.0.0.1:8127, or off",
}

// listening is an address at which something of ours listens.
type listening struct{ net.Listener }

// listen opens an address that a flag names: HOST:PORT or unix:///path. The
// error says what to do about it.
func listen(flag, address string) (*listening, error) {
	path, isSocket := strings.CutPrefix(address, "unix://")
	if isSocket {
		return listenUnix(flag, path)
	}
	return listenHost(flag, address)
}

// listenTCP opens an address that a flag names as HOST:PORT, or none if it says
// off.
func listenTCP(flag, address string) (*listening, error) {
	if address == "off" {
		return nil, nil
	}
	return listenHost(flag, address)
}

func listenHost(flag, address string) (*listening, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil || strings.Contains(address, "/") {
		return nil, fmt.Errorf("%w: %s %s: want %s", overlay.ErrUsage, flag, address, wanted[flag])
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > math.MaxUint16 {
		return nil, fmt.Errorf("%w: %s %s: %q is no port", overlay.ErrUsage, flag, address, port)
	}
	ln, err := net.Listen("tcp", address)
	if err == nil {
		return &listening{ln}, nil
	}
	if answers("tcp", address) {
		return nil, inUse(flag, address)
	}
	return nil, fmt.Errorf("%s %s: %w", flag, address, err)
}

// inUse says whose an address probably is, and what to do.
func inUse(flag, address string) error {
	host, _, _ := net.SplitHostPort(address)
	other := fmt.Sprintf("%s %s", flag, net.JoinHostPort(host, "0"))
	if flag == "--listen" {
		return fmt.Errorf("%s is in use, perhaps by an agent: end that one, or choose another address, such as %s for any free port", address, other)
	}
	return fmt.Errorf("%s is in use: choose another address, such as %s for any free port, or %s off", address, other, flag)
}

// listenUnix opens a unix socket. One that nobody answers at is left over.
func listenUnix(flag, path string) (*listening, error) {
	if path == "" {
		return nil, fmt.Errorf("%w: %s unix:// has no path: want unix:///path", overlay.ErrUsage, flag)
	}
	ln, err := agent.ListenUnix(path)
	if err == nil {
		return &listening{ln}, nil
	}
	if info, statErr := os.Lstat(path); statErr == nil {
		switch {
		case info.Mode()&os.ModeSocket == 0:
			return nil, fmt.Errorf("%s unix://%s: there is a file of another kind: choose another path", flag, path)
		case answers("unix", path):
			return nil, fmt.Errorf("unix://%s is in use, perhaps by an agent: end that one, or choose another path", path)
		}
	}
	return nil, fmt.Errorf("%s unix://%s: %w", flag, path, err)
}

// answers reports whether somebody listens at an address.
func answers(network, address string) bool {
	conn, err := net.DialTimeout(network, address, answerTime)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// url is the address in the form that DD_TRACE_AGENT_URL takes.
func (l *listening) url() string { return agent.URLOf(l.Addr()) }

// public reports whether other machines may reach it.
func (l *listening) public() bool {
	addr, ok := l.Addr().(*net.TCPAddr)
	return ok && !addr.IP.IsLoopback()
}
