//go:build go1.21

package config

import (
	"fmt"
	"strings"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/agentaddr"
)

// OTLP says that spans go to a receiver of OpenTelemetry's protocol, over HTTP, in place of an agent.
type OTLP struct {
	Address  *agentaddr.Address // with the whole path of a request, never empty
	Headers  []string           // "Name: value", besides what a request needs
	Timeout  time.Duration      // of one request
	Resource []Tag              // of OTEL_RESOURCE_ATTRIBUTES, without service, env and version
}

// The variables are those of https://opentelemetry.io/docs/specs/otel/protocol/exporter, and what they mean is said there.
const (
	tracesPath     = "/v1/traces"
	defaultTimeout = 10000 // milliseconds
	grpcPort       = ":4317"
)

// otlp reads where spans go in place of the agent, whose address is given; nil: they go to the agent.
func (r *reader) otlp(socketExists func(string) bool, agent string) *OTLP {
	name := agentaddr.OTLPVariable(r.getenv, socketExists)
	if name == "" {
		return nil
	}
	a := r.endpoint(name, agent)
	if a == nil {
		return nil
	}
	r.protocol(name, a)
	o := &OTLP{Address: a, Headers: r.headers()}
	o.Timeout = time.Duration(r.number(r.either("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"), defaultTimeout, 1, 3600000)) * time.Millisecond
	return o
}

// either returns the first of two variables unless only the other one is set.
func (r *reader) either(first, second string) string {
	if r.getenv(first) == "" {
		return second
	}
	return first
}

// endpoint reads an address, nil if there is none. The text is not repeated where it may have a password in it.
func (r *reader) endpoint(name, otherwise string) *agentaddr.Address {
	text := strings.TrimSpace(r.getenv(name))
	a, err := agentaddr.Parse(text)
	if err != nil {
		if strings.ContainsAny(text, "@?") {
			text = secret
		}
		r.bad(name, text, err.Error(), otherwise)
		return nil
	}
	path, query := a.Path, ""
	if a.Network == "tcp" {
		text, _, _ = strings.Cut(text, "#")
		text, query, _ = strings.Cut(text, "?")
	}
	switch {
	case name == agentaddr.OTelEndpoint || path == "" && name == agentaddr.OTLPEndpoint:
		path += tracesPath
	case path == "" || strings.HasSuffix(text, "/"): // which Parse has taken off
		path += "/"
	}
	if a.Network == "tcp" {
		a.URL = strings.TrimSuffix(a.URL, a.Path) + path
	}
	if a.Path = path; query != "" { // some receivers want a key there; it is not for logs
		a.Path += "?" + strings.ReplaceAll(query, " ", "%20")
	}
	return a
}

// protocol says so when something else seems to be meant than what is spoken.
func (r *reader) protocol(endpoint string, a *agentaddr.Address) {
	name := r.either("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
	text := r.getenv(name)
	spoken := "http/protobuf to " + a.URL
	switch p := strings.ToLower(strings.TrimSpace(text)); {
	case p == "grpc":
		r.bad(name, text, "gRPC is not spoken, only HTTP, for which receivers usually have port 4318", spoken)
	case p != "" && p != "http/protobuf":
		r.bad(name, text, "not http/protobuf", spoken)
	case p == "" && strings.HasSuffix(a.Address, grpcPort):
		r.bad(endpoint, a.URL, "at port 4317 receivers usually want gRPC, which is not spoken; for HTTP they usually have 4318", spoken)
	}
}

// headers reads the further headers of a request.
func (r *reader) headers() (list []string) {
	name := r.either("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")
	for _, h := range r.attributes(name, secret) {
		switch {
		case !isToken(h.Key) || !isHeader(h.Value):
			r.bad(name, secret, fmt.Sprintf("%q is no header", h.Key), "the rest")
		case isOwn(h.Key):
			r.bad(name, secret, fmt.Sprintf("%s is not for others to set", h.Key), "the rest")
		default:
			list = append(list, h.Key+": "+h.Value)
		}
	}
	return list
}

// secret stands in problems for a value that should not be in a log: such headers are often keys.
const secret = "..."

// isOwn tells whether a header is one that a request has anyway.
func isOwn(name string) bool {
	switch strings.ToLower(name) {
	case "host", "content-type", "content-length", "content-encoding", "transfer-encoding", "connection", "user-agent":
		return true
	}
	return false
}

// isToken tells whether s may be the name of a header (RFC 9110, 5.6.2).
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"(),/:;<=>?@[\\]{}", c) >= 0 {
			return false
		}
	}
	return s != ""
}

// isHeader tells whether s may be the value of one.
func isHeader(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7f {
			return false
		}
	}
	return true
}
