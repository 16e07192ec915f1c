//go:build go1.21

package httpinfo

import (
	"net/netip"
	"strings"
)

// ipHeaders are where proxies say whose request it is, the first one counts.
var ipHeaders = [...]string{
	"X-Forwarded-For", "X-Real-Ip", "True-Client-Ip", "X-Client-Ip", "Forwarded", "Forwarded-For", "X-Cluster-Client-Ip",
	"Fastly-Client-Ip", "Cf-Connecting-Ip", "Cf-Connecting-Ipv6",
}

// clientIP returns the address that a request has come from directly, and that of the client behind proxies: the first
// public one that a header names, else the first one at all, unless the request has come from a public address.
func clientIP(header map[string][]string, remote, only string) (peer, client string) {
	names := ipHeaders[:]
	if only != "" {
		names = []string{only}
	}
	from := parseIP(remote)
	found := named(header, names)
	if from.IsValid() {
		peer, client = from.String(), from.String()
	}
	if found.IsValid() && (public(found) || !public(from)) {
		client = found.String()
	}
	return peer, client
}

func named(header map[string][]string, names []string) (first netip.Addr) {
	for _, name := range names {
		for _, value := range header[name] {
			for value != "" {
				var text string
				text, value, _ = strings.Cut(value, ",")
				if name == "Forwarded" {
					text = forwardedFor(text)
				}
				ip := parseIP(strings.TrimSpace(text))
				if public(ip) {
					return ip
				}
				if !first.IsValid() {
					first = ip
				}
			}
		}
	}
	return first
}

// forwardedFor returns who an element of a Forwarded header (RFC 7239) is for: for="[2001:db8::1]:80";proto=https.
func forwardedFor(element string) string {
	for element != "" {
		var pair string
		pair, element, _ = strings.Cut(element, ";")
		key, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if strings.EqualFold(key, "for") {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

// parseIP reads an address, with a port or without one.
func parseIP(text string) netip.Addr {
	if ip, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return ip.Unmap()
	}
	at, err := netip.ParseAddrPort(text)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}

// clusters is what Kubernetes and others use inside as if it were private.
var clusters, siteLocal = netip.MustParsePrefix("100.65.0.0/10"), netip.MustParsePrefix("fec0::/10")

func public(ip netip.Addr) bool {
	return ip.IsValid() && !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() && !clusters.Contains(ip) && !siteLocal.Contains(ip)
}
