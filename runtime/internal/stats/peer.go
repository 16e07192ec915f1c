//go:build go1.21

package stats

import (
	"encoding/binary"
	"strings"
)

// appendPeer appends "key:value" as a MessagePack string. In the value, IP addresses are replaced, of which there may be
// any number (pkg/obfuscate/ip_address.go: QuantizePeerIPAddresses).
func appendPeer(b []byte, key, value string) []byte {
	b = append(b, 0xdb, 0, 0, 0, 0)
	at := len(b)
	b = append(append(b, key...), ':')
	if strings.IndexByte(value, ',') < 0 {
		b = appendHost(b, value)
	} else {
		b = appendHosts(b, strings.Split(value, ","))
	}
	binary.BigEndian.PutUint32(b[at-4:], uint32(len(b)-at))
	return b
}

// appendHosts appends what of a list is different.
func appendHosts(b []byte, list []string) []byte {
	seen := make(map[string]bool, len(list))
	for i, v := range list {
		host := string(appendHost(nil, v))
		if seen[host] {
			continue
		}
		seen[host] = true
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, host...)
	}
	return b
}

// appendHost appends a host, with a port or not. One that is an IP address is replaced; what stands around it stays.
func appendHost(b []byte, text string) []byte {
	prefix, rest := splitPrefix(text)
	host, port := splitPort(rest)
	n := leadingIP(host)
	if n == 0 || isPublic(host[:n]) {
		return append(b, text...)
	}
	b = append(append(b, prefix...), "blocked-ip-address"...)
	if port != "" {
		b = append(append(b, ':'), port...)
	}
	return append(b, host[n:]...)
}

// isPublic is for addresses that say nothing of a host: this one's, and those at which clouds describe a machine to itself.
func isPublic(ip string) bool {
	switch ip {
	case "127.0.0.1", "::1", "169.254.169.254", "fd00:ec2::254", "169.254.170.2":
		return true
	}
	return false
}

// splitPrefix splits off what stands before an address: a scheme, or the beginning of a name that Amazon gives to hosts.
func splitPrefix(text string) (prefix, rest string) {
	if rest, ok := strings.CutPrefix(text, "ip-"); ok {
		return "ip-", rest
	}
	if !strings.Contains(text, "://") {
		return "", text
	}
	for _, scheme := range [...]string{"dnspoll", "ftp", "file", "http", "https"} {
		i := strings.Index(text, scheme)
		if i < 0 {
			continue
		}
		after := text[i+len(scheme):]
		for _, mark := range [...]string{":///", "://"} {
			if len(after) > len(mark) && strings.HasPrefix(after, mark) {
				return text[i : i+len(scheme)+len(mark)], after[len(mark):]
			}
		}
	}
	return "", text
}

// splitPort splits "host:port" and "[host]:port". Other texts are hosts.
func splitPort(text string) (host, port string) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return text, ""
	}
	host, port = text[:i], text[i+1:]
	if len(host) > 2 && host[0] == '[' && host[len(host)-1] == ']' {
		if inner := host[1 : len(host)-1]; !strings.ContainsAny(inner, "[]") && !strings.ContainsAny(port, "[]") {
			return inner, port
		}
		return text, ""
	}
	if strings.ContainsAny(text, "[]") || strings.IndexByte(host, ':') >= 0 {
		return text, ""
	}
	return host, port
}

// leadingIP returns how many bytes of a host are an IP address, 0 if it does not begin with one. Of an IPv4 address, the
// numbers may be separated by hyphens or underscores, as in names, and more may follow.
func leadingIP(host string) int {
	if host == "" || host[0] != ':' && !isHex(host[0]) {
		return 0
	}
	switch i := strings.IndexAny(host, "._-:%"); {
	case i < 0 || host[i] == '%':
		return 0
	case host[i] == ':':
		if isIPv6(host) {
			return len(host)
		}
		return 0
	default:
		return leadingIPv4(host, host[i])
	}
}

func leadingIPv4(s string, separator byte) int {
	i := 0
	for part := 0; part < 4; part++ {
		if part > 0 {
			if i >= len(s) || s[i] != separator {
				return 0
			}
			i++
		}
		n := decimal(s[i:])
		if n == 0 {
			return 0
		}
		i += n
	}
	// After a separator, there must be something.
	if i < len(s) && (isDigit(s[i]) || s[i] == separator && i == len(s)-1) {
		return 0
	}
	return i
}

// decimal returns how many digits of a number from 0 to 255 a text begins with.
func decimal(s string) (n int) {
	for v := 0; n < len(s) && isDigit(s[n]); n++ {
		v = 10*v + int(s[n]-'0')
		if v > 255 || n > 0 && s[0] == '0' {
			return 0
		}
	}
	return n
}

// isIPv6 tells whether a text is an IPv6 address, with a zone or not (RFC 4291, 2.2; RFC 4007, 11).
func isIPv6(s string) bool {
	s, zone, zoned := strings.Cut(s, "%")
	if zoned && zone == "" {
		return false
	}
	parts, gap := 0, false
	if strings.HasPrefix(s, "::") {
		gap, s = true, s[2:]
	}
	for s != "" {
		n := 0
		for n < len(s) && isHex(s[n]) {
			n++
		}
		if n < len(s) && s[n] == '.' {
			parts += 2
			return leadingIPv4(s, '.') == len(s) && complete(parts, gap)
		}
		if n == 0 || n > 4 {
			return false
		}
		parts++
		s = s[n:]
		switch {
		case s == "":
		case strings.HasPrefix(s, "::") && !gap:
			gap, s = true, s[2:]
		case s[0] == ':' && len(s) > 1:
			s = s[1:]
		default:
			return false
		}
	}
	return complete(parts, gap)
}

// complete tells whether so many parts make an IPv6 address. A gap stands for at least one.
func complete(parts int, gap bool) bool { return parts == 8 && !gap || parts < 8 && gap }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
