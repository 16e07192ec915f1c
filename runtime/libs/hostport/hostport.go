//go:build go1.21

// Package hostport splits the addresses that clients of databases are given.
package hostport

import "strings"

// Split splits host:port and [host]:port, without memory or an error: what has
// no port is a host. A path, of a Unix socket, is one too.
func Split(addr string) (host, port string) {
	i := strings.LastIndexByte(addr, ':')
	if i < 0 || strings.IndexByte(addr, '/') >= 0 {
		return addr, ""
	}
	host, port = addr[:i], addr[i+1:]
	if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		host = host[1 : len(host)-1]
	}
	return host, port
}
