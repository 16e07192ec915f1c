//go:build go1.21

package tracetest

import (
	"sort"
	"strconv"
	"strings"
)

// Tree returns all spans as text, a line for each, to be compared as a whole:
//
//	NAME [resource=R] [service=S] [type=T] [KEY=VALUE ...] [!ERROR TYPE: MESSAGE]
//
// Children stand below their parents, indented by two spaces, in the order in which they started; the tags in the order of
// their keys. A value of more than one word is quoted. What is not worth a word is left out: a resource that is the name; a service that is the
// parent's, or DD_SERVICE; tags that all spans have (DD_ENV, DD_VERSION, DD_TAGS, tracer.SetTags); stacks; what the tracer
// adds on its own (process_id, runtime-id, language, and what begins with an underscore).
func (r *Recorder) Tree() string {
	var c common
	c.service, c.tags = r.tape.Common()
	var b strings.Builder
	var write func(s *Span, indent string)
	write = func(s *Span, indent string) {
		b.WriteString(indent + c.line(s) + "\n")
		for _, child := range s.children {
			write(child, indent+"  ")
		}
	}
	for _, s := range r.Roots() {
		write(s, "")
	}
	return b.String() + r.note()
}

// common is what a tree does not say of each span.
type common struct {
	service string
	tags    map[string]string
}

func (c *common) line(s *Span) string {
	words := []string{s.Name}
	add := func(key, value string) { words = append(words, key+"="+word(value)) }
	if s.Resource != s.Name {
		add("resource", s.Resource)
	}
	above := c.service
	if s.parent != nil {
		above = s.parent.Service
	}
	if s.Service != above {
		add("service", s.Service)
	}
	if s.Type != "" {
		add("type", s.Type)
	}
	for _, key := range s.keys() {
		value := s.Tag(key)
		if common, ok := c.tags[key]; !ok || common != value {
			add(key, value)
		}
	}
	if s.Failed {
		words = append(words, s.failure())
	}
	return strings.Join(words, " ")
}

// failure is what a failed span's line ends with.
func (s *Span) failure() string {
	typ, message := s.Meta["error.type"], s.Meta["error.message"]
	if typ == "" && message == "" {
		return "!"
	}
	message = strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(message) // a line for each span
	return "!" + typ + ": " + message
}

// keys are those of the tags that a line has.
func (s *Span) keys() (keys []string) {
	for key := range s.Meta {
		keys = append(keys, key)
	}
	for key := range s.Metrics {
		keys = append(keys, key)
	}
	shown := keys[:0]
	for _, key := range keys {
		switch {
		case strings.HasPrefix(key, "_"):
		case key == "process_id", key == "runtime-id", key == "language", key == "events":
		case key == "error.stack", s.Failed && (key == "error.type" || key == "error.message"):
		default:
			shown = append(shown, key)
		}
	}
	sort.Strings(shown)
	return shown
}

// word quotes a value that would not read as one word.
func word(value string) string {
	if value == "" || strings.ContainsAny(value, " \"") || strconv.Quote(value) != `"`+value+`"` {
		return strconv.Quote(value)
	}
	return value
}
