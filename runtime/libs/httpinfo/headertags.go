//go:build go1.21

package httpinfo

import (
	"strings"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// HeaderTag is a header of requests that becomes a tag.
type HeaderTag struct{ Header, Tag string }

// headers reads DD_TRACE_HEADER_TAGS: "X-Tenant:tenant,User-Id".
func (r *reader) headers(name string) (list []HeaderTag) {
	for _, entry := range strings.Split(r.text(name), ",") {
		entry = strings.ToLower(strings.TrimSpace(entry))
		if entry == "" {
			continue
		}
		header, tag := entry, "http.request.headers."+strings.Map(tagRune, entry)
		if i := strings.LastIndexByte(entry, ':'); i >= 0 {
			header, tag = strings.TrimSpace(entry[:i]), strings.TrimSpace(entry[i+1:])
		}
		if header == "" || tag == "" {
			r.wrong(name, entry, "the entry is left out")
			continue
		}
		list = append(list, HeaderTag{canonical(header), tag})
	}
	return list
}

// tagRune is what a character of a header's name is in a tag's.
func tagRune(r rune) rune {
	if r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return r
	}
	return '_'
}

// Tag sets what the environment wants to know of a request that has come: headers of it, and whose it is.
func (c *Config) Tag(span *tracer.Span, header map[string][]string, remote string) {
	for _, t := range c.Headers {
		if values := header[t.Header]; len(values) > 0 {
			span.SetTexts(tracer.SiteTag{Key: t.Tag, Value: strings.TrimSpace(strings.Join(values, ","))})
		}
	}
	if c.ClientIP {
		peer, client := clientIP(header, remote, c.IPHeader)
		span.SetTexts(tracer.SiteTag{Key: "network.client.ip", Value: peer}, tracer.SiteTag{Key: "http.client_ip", Value: client})
	}
}
