//go:build go1.21

// Package natsinfo says what the spans of NATS are like, and puts a trace into a message's headers.
package natsinfo

import (
	"bytes"
	"context"
	"net"
	"strings"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// The sites of what is sent, with and without waiting for an answer, and of what is received. Subjects vary too much to
// have sites of their own.
var (
	Publish = tracer.Site{Name: "nats.publish", Service: "nats", Library: true, Type: "queue", Tags: tags("producer", "publish")}
	Request = tracer.Site{Name: "nats.request", Service: "nats", Library: true, Type: "queue", Tags: tags("client", "request")}
	Consume = tracer.Site{Name: "nats.consume", Type: "queue", Tags: tags("consumer", "process"), Entry: true, Measured: true}
)

func tags(kind, operation string) []tracer.SiteTag {
	return []tracer.SiteTag{
		{Key: "component", Value: "nats-io/nats.go"}, {Key: "span.kind", Value: kind}, {Key: "messaging.system", Value: "nats"},
		{Key: "messaging.operation.name", Value: operation},
	}
}

const inbox = "_INBOX"

// Inbox reports whether a subject is one that answers go to. prefix is what the connection has instead of _INBOX, or "".
func Inbox(subject, prefix string) bool {
	return strings.HasPrefix(subject, inbox+".") || prefix != "" && len(subject) > len(prefix) && subject[len(prefix)] == '.' && subject[:len(prefix)] == prefix
}

// Internal reports whether a subject belongs to the server, to JetStream, or to what is built on it: messages to such
// are none of the program's own.
func Internal(subject string) bool { return strings.HasPrefix(subject, "$") }

// Describe sets what a span says of a subject. Of one that answers go to, which is a new one each time, it is that alone.
func Describe(span *tracer.Span, subject, prefix string) {
	if span == nil {
		return
	}
	if Inbox(subject, prefix) {
		subject = inbox
	}
	span.SetResource(subject)
	span.SetTag("messaging.destination.name", subject)
}

// Server says which server a message goes to.
func Server(span *tracer.Span, addr net.Addr) {
	if span == nil || addr == nil {
		return
	}
	if host, port, err := net.SplitHostPort(addr.String()); err == nil {
		span.SetTag("network.destination.name", host)
		span.SetTag("network.destination.port", port)
	}
}

// Carrier is the header of a message that has come, as the library has it.
type Carrier map[string][]string

// Get returns the value of a key, however that is spelled.
func (c Carrier) Get(key string) string {
	list, ok := c[key]
	if !ok {
		for k, l := range c {
			if len(k) == len(key) && strings.EqualFold(k, key) {
				list = l
				break
			}
		}
	}
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// Set does nothing.
func (Carrier) Set(key, value string) {}

// Start begins the span of a message that was received.
func Start(header map[string][]string, subject, prefix string) *tracer.Span {
	_, span := Consume.Start(Parent(header))
	Describe(span, subject, prefix)
	return span
}

// Parent is a context with the span that has sent a message; nil if its header has none.
func Parent(header map[string][]string) context.Context {
	if len(header) == 0 {
		return nil
	}
	return tracer.Extract(Carrier(header)).Context(nil)
}

// version is the first line of encoded headers, and end the last one.
const (
	version = "NATS/1.0\r\n"
	end     = "\r\n"
)

// pairs are keys and values.
type pairs []string

func (p *pairs) add(key, value string) { *p = append(*p, key, value) }

func (p pairs) has(key []byte) bool {
	for i := 0; i < len(p); i += 2 {
		if strings.EqualFold(p[i], string(key)) {
			return true
		}
	}
	return false
}

// valueIn returns the value of a key in encoded headers, "" if there is none.
func valueIn(header []byte, key string) string {
	for len(header) > 0 {
		line, rest, _ := bytes.Cut(header, []byte("\r\n"))
		header = rest
		if name, value, ok := bytes.Cut(line, []byte(":")); ok && strings.EqualFold(string(name), key) {
			return string(bytes.TrimSpace(value))
		}
	}
	return ""
}

// Headers returns encoded headers with the active span of ctx among them; header itself, which is not changed, where there
// is none. What it has of the kind, because somebody hands on what he has received, is replaced.
func Headers(ctx context.Context, header []byte) []byte {
	list := make(pairs, 0, 16)
	tracer.Propagate(ctx, tracer.Onto{There: func(key string) string { return valueIn(header, key) }, Add: list.add})
	if len(list) == 0 {
		return header
	}
	lines, ok := bytes.CutSuffix(header, []byte(end))
	if !ok && len(header) > 0 {
		return header // nothing that we know
	}
	size := len(header) + len(version) + len(end)
	for i := 0; i < len(list); i += 2 {
		size += len(list[i]) + len(list[i+1]) + len(": \r\n")
	}
	to := make([]byte, 0, size)
	if len(header) == 0 {
		to = append(to, version...)
	}
	for len(lines) > 0 {
		line := lines
		if i := bytes.IndexByte(lines, '\n'); i >= 0 {
			line = lines[:i+1]
		}
		lines = lines[len(line):]
		if key, _, isPair := bytes.Cut(line, []byte(":")); !isPair || !list.has(key) {
			to = append(to, line...)
		}
	}
	for i := 0; i < len(list); i += 2 {
		to = append(append(append(append(to, list[i]...), ": "...), list[i+1]...), end...)
	}
	return append(to, end...)
}
