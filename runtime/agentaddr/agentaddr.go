//go:build go1.21

// Package agentaddr finds out from the environment where the Datadog agent listens. The runtime and the ddinstrument
// command both ask it, so that they never differ. It reads nothing itself: what it looks at is handed in. And it does
// without net and net/url, as all of the runtime does: with them a program would be linked against the C library.
package agentaddr

import (
	"fmt"
	"strconv"
	"strings"
)

// DefaultSocket is where the agent's unix socket is, if it has one and nothing else is said.
const DefaultSocket = "/var/run/datadog/apm.socket"

// Defaults of DD_AGENT_HOST and DD_TRACE_AGENT_PORT.
const (
	DefaultHost = "localhost"
	DefaultPort = "8126"
)

// Address is one way to an agent.
type Address struct {
	Network string // "tcp" or "unix", as net.Dial has them
	Address string // host:port, or the socket's path
	URL     string // the same for people and logs: http://host:port, https://host:port, unix:///path
	TLS     bool   // https
	Path    string // what goes before the agent's own paths, without a slash at the end; usually empty
}

// AgentURL decides: DD_TRACE_AGENT_URL (http, https, unix), else DD_AGENT_HOST and DD_TRACE_AGENT_PORT, else
// DefaultSocket if it exists, else localhost:8126. The address is always usable: with an error, which names the
// variable and its value, it is what is used instead.
func AgentURL(getenv func(string) string, socketExists func(string) bool) (*Address, error) {
	var bad error
	if text := getenv("DD_TRACE_AGENT_URL"); text != "" {
		a, err := Parse(text)
		if err == nil {
			return a, nil
		}
		bad = fmt.Errorf("DD_TRACE_AGENT_URL=%q: %w", text, err)
	}
	host, port := getenv("DD_AGENT_HOST"), getenv("DD_TRACE_AGENT_PORT")
	if host == "" && port == "" && socketExists != nil && socketExists(DefaultSocket) {
		return unix(DefaultSocket), bad
	}
	if host == "" {
		host = DefaultHost
	}
	if port == "" {
		port = DefaultPort
	} else if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		if bad == nil {
			bad = fmt.Errorf("DD_TRACE_AGENT_PORT=%q: not a port number", port)
		}
		port = DefaultPort
	}
	return tcp("http", host, port, ""), bad
}

func unix(path string) *Address {
	return &Address{Network: "unix", Address: path, URL: "unix://" + path}
}

func tcp(scheme, host, port, path string) *Address {
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]") // DD_AGENT_HOST=[::1] is as good as ::1
	hostport := host + ":" + port
	if strings.Contains(host, ":") {
		hostport = "[" + host + "]:" + port
	}
	path = strings.TrimRight(path, "/")
	return &Address{
		Network: "tcp", Address: hostport, URL: scheme + "://" + hostport + path, TLS: scheme == "https", Path: path,
	}
}
