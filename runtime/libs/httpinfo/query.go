//go:build go1.21

package httpinfo

import (
	"regexp"
	"strings"
)

// Query is what becomes of the query of a URL in a tag.
type Query struct {
	off  bool
	only []string // parameters that alone are kept, as they are; nil: all are
	hide obfuscator
}

// Text returns a query without secrets; "" where it is not to be shown.
func (q *Query) Text(raw string) string {
	switch {
	case raw == "" || q.off || q.hide.drop:
		return ""
	case q.only != nil:
		return keepOnly(raw, q.only)
	}
	return q.hide.text(raw)
}

// keepOnly returns the parameters of a query that have one of the names.
func keepOnly(raw string, names []string) string {
	var b strings.Builder
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		key, _, _ := strings.Cut(pair, "=")
		for _, name := range names {
			if key == name {
				if b.Len() > 0 {
					b.WriteByte('&')
				}
				b.WriteString(pair)
				break
			}
		}
	}
	return b.String()
}

// obfuscator takes secrets out of queries.
type obfuscator struct {
	usual bool           // what Datadog's tracers take for secrets
	own   *regexp.Regexp // what the environment says; nil: nothing is hidden
	limit int            // of the bytes that own looks at; 0: none
	drop  bool           // nothing may be shown
}

// defaultLimit is that of the other tracers.
const defaultLimit = 5000

const redacted = "<redacted>"

func (o *obfuscator) text(raw string) string {
	switch {
	case o.usual:
		return hideSecrets(raw)
	case o.own == nil:
		return raw
	case o.limit > 0 && len(raw) > o.limit: // a part could leave a part of a secret
		return redacted
	}
	return o.own.ReplaceAllLiteralString(raw, redacted)
}
