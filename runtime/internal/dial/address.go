//go:build go1.21 && (linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package dial

import (
	"errors"
	"strconv"
	"strings"
	"syscall"
)

// addr is an IP address and a port.
type addr struct {
	ip   [16]byte // of IPv4 the first four
	v6   bool
	zone uint32
	port uint16
}

func (a addr) family() int {
	if a.v6 {
		return syscall.AF_INET6
	}
	return syscall.AF_INET
}

func (a addr) sockaddr() syscall.Sockaddr {
	if a.v6 {
		return &syscall.SockaddrInet6{Port: int(a.port), ZoneId: a.zone, Addr: a.ip}
	}
	return &syscall.SockaddrInet4{Port: int(a.port), Addr: [4]byte(a.ip[:4])}
}

// splitPort takes host:port and [host]:port apart.
func splitPort(address string) (host string, port uint16, err error) {
	colon := strings.LastIndexByte(address, ':')
	if colon < 0 {
		return "", 0, errors.New("the address has no port")
	}
	n, err := strconv.ParseUint(address[colon+1:], 10, 16)
	if err != nil {
		return "", 0, errors.New("the address has no port number")
	}
	host = address[:colon]
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	}
	return host, uint16(n), nil
}

// parseIP reads an address in the forms 192.0.2.1, 2001:db8::1, ::ffff:192.0.2.1 and fe80::1%2; a zone must be a number.
func parseIP(s string) (addr, bool) {
	if !strings.Contains(s, ":") {
		ip, ok := parseIPv4(s)
		a := addr{}
		copy(a.ip[:], ip[:])
		return a, ok
	}
	a := addr{v6: true}
	s, zone, zoned := strings.Cut(s, "%")
	if zoned {
		n, err := strconv.ParseUint(zone, 10, 32)
		if err != nil {
			return addr{}, false
		}
		a.zone = uint32(n)
	}
	head, tail, gap := strings.Cut(s, "::")
	first, ok := parseGroups(head, !gap)
	if !ok {
		return addr{}, false
	}
	last, ok := parseGroups(tail, true)
	if n := len(first) + len(last); !ok || gap && n > 14 || !gap && n != 16 {
		return addr{}, false
	}
	copy(a.ip[:], first)
	copy(a.ip[16-len(last):], last)
	if a.zone == 0 && [12]byte(a.ip[:12]) == [12]byte{10: 0xff, 11: 0xff} { // IPv4 in disguise
		b := addr{}
		copy(b.ip[:], a.ip[12:])
		return b, true
	}
	return a, true
}

// parseGroups reads what stands on one side of the ::. Only at the end of an address may there be an IPv4 one.
func parseGroups(s string, end bool) ([]byte, bool) {
	if s == "" {
		return nil, true
	}
	var b []byte
	groups := strings.Split(s, ":")
	for i, g := range groups {
		if end && i == len(groups)-1 && strings.Contains(g, ".") {
			ip, ok := parseIPv4(g)
			return append(b, ip[:]...), ok && len(b) <= 12
		}
		n, err := strconv.ParseUint(g, 16, 16)
		if err != nil || len(g) > 4 || len(b) >= 16 {
			return nil, false
		}
		b = append(b, byte(n>>8), byte(n))
	}
	return b, true
}

func parseIPv4(s string) (ip [4]byte, ok bool) {
	parts := strings.SplitN(s, ".", 5)
	if len(parts) != 4 {
		return ip, false
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 8)
		if err != nil || len(p) > 1 && p[0] == '0' {
			return ip, false
		}
		ip[i] = byte(n)
	}
	return ip, true
}
