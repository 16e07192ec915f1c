//go:build go1.21

package agentaddr

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

var (
	errScheme = errors.New("not http://, https:// or unix://")
	errEscape = errors.New("a % that is not followed by two hexadecimal digits")
	errHost   = errors.New("no host")
)

// Parse reads http://host[:port][/path], https://... and unix:///path. As in any URL, a user before the host and what
// follows a ? or # may be there; it is not used.
func Parse(text string) (*Address, error) {
	text = strings.TrimSpace(text)
	for i := 0; i < len(text); i++ {
		if text[i] < ' ' || text[i] == 0x7f { // it would end up in the head of requests
			return nil, errors.New("a control character")
		}
	}
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return nil, errScheme
	}
	if end := strings.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end]
	}
	switch scheme = strings.ToLower(scheme); scheme {
	case "unix":
		path, err := unescape(rest)
		if err != nil {
			return nil, err
		}
		if path == "" {
			return nil, errors.New("no path of a socket")
		}
		return unix(path), nil
	case "http":
		return parseHTTP(scheme, rest, "80")
	case "https":
		return parseHTTP(scheme, rest, "443")
	}
	return nil, errScheme
}

func parseHTTP(scheme, rest, port string) (*Address, error) {
	host, path := rest, ""
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		host, path = rest[:slash], rest[slash:]
	}
	host = host[strings.LastIndexByte(host, '@')+1:]
	if colon := strings.LastIndexByte(host, ':'); colon > strings.LastIndexByte(host, ']') {
		if colon+1 < len(host) {
			port = host[colon+1:]
		}
		host = host[:colon]
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return nil, fmt.Errorf("not a port number: %s", port)
	}
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	}
	host, err := unescape(host)
	switch {
	case err != nil:
		return nil, err
	case host == "":
		return nil, errHost
	case !isHost(host):
		return nil, fmt.Errorf("not a host: %q", host)
	}
	if path, err = escape(path); err != nil {
		return nil, err
	}
	return tcp(scheme, host, port, path), nil
}

// isHost tells whether s may be a name or an IP address; whether it is one, looking it up will tell.
func isHost(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c == 0x7f || strings.IndexByte("\"#/<>?@[\\]^`{|}", c) >= 0 {
			return false
		}
	}
	return true
}

// unescape replaces %41 by A.
func unescape(s string) (string, error) {
	if !strings.Contains(s, "%") {
		return s, nil
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b = append(b, s[i])
			continue
		}
		c, err := hexByte(s[i:])
		if err != nil {
			return "", err
		}
		b = append(b, c)
		i += 2
	}
	return string(b), nil
}

// escape makes a path what it must be in a request: bytes that may not stand there become %41, what is so already stays.
func escape(path string) (string, error) {
	b := make([]byte, 0, len(path))
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == '%' {
			if _, err := hexByte(path[i:]); err != nil {
				return "", err
			}
		} else if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>[\\]^`{|}", c) >= 0 {
			b = fmt.Appendf(b, "%%%02X", c)
			continue
		}
		b = append(b, c)
	}
	return string(b), nil
}

// hexByte reads the %41 that s begins with.
func hexByte(s string) (byte, error) {
	if len(s) < 3 {
		return 0, errEscape
	}
	n, err := strconv.ParseUint(s[1:3], 16, 8)
	if err != nil {
		return 0, errEscape
	}
	return byte(n), nil
}
