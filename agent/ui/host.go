package ui

import (
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

// isOwnName tells whether a request's Host header names this machine. A page
// of someone else whose name was made to resolve to 127.0.0.1 (DNS rebinding)
// is to its browser of the same origin as we are, but says its own name here.
func (h *Handler) isOwnName(r *http.Request) bool {
	host := hostOf(r.Host)
	if host == "localhost" || strings.HasSuffix(host, ".localhost") { // never asked of a name server: RFC 6761, 6.3
		return true
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		// A number is nobody else's: what the connection was made to.
		return addr.IsLoopback() || addr.Unmap() == localAddr(r)
	}
	own := hostOf(h.info.Addr)
	return own != "" && host == own
}

// hostOf is the host of HOST or HOST:PORT, in lower case, without brackets.
func hostOf(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.TrimSuffix(strings.TrimPrefix(hostport, "["), "]")
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

func localAddr(r *http.Request) netip.Addr {
	if a, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr); ok {
		return a.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

// quoted is a text of a request, as an answer may repeat it.
func quoted(s string) string {
	return strconv.QuoteToASCII(s[:min(len(s), 100)])
}
