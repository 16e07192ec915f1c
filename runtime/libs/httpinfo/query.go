//go:build go1.21

package httpinfo

import (
	"regexp"
	"strings"
	"sync"
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
	case o.usual && suspicious(raw):
		return usualSecrets().ReplaceAllString(raw, "${1}"+redacted)
	case o.own == nil:
		return raw
	case o.limit > 0 && len(raw) > o.limit: // a part could leave a part of a secret
		return redacted
	}
	return o.own.ReplaceAllLiteralString(raw, redacted)
}

// secretPattern is the documented default of DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP. What it captures, before a
// JSON Web Token, stays.
const secretPattern = `(?i)(?:(?:"|%22)?)(?:(?:old[-_]?|new[-_]?)?p(?:ass)?w(?:or)?d(?:1|2)?|pass(?:[-_]?phrase)?|secret|` +
	`(?:api[-_]?|private[-_]?|public[-_]?|access[-_]?|secret[-_]?|app(?:lication)?[-_]?)key(?:[-_]?id)?|token|` +
	`consumer[-_]?(?:id|key|secret)|sign(?:ed|ature)?|auth(?:entication|orization)?)` +
	`(?:(?:\s|%20)*(?:=|%3D)[^&]+|(?:"|%22)(?:\s|%20)*(?::|%3A)(?:\s|%20)*(?:"|%22)(?:%2[^2]|%[^2]|[^"%])+(?:"|%22))|` +
	`(?:bearer(?:\s|%20)+[a-z0-9._\-]+|token(?::|%3A)[a-z0-9]{13}|gh[opsu]_[0-9a-zA-Z]{36}|` +
	`(^|[^\w%-]|%[0-9a-f]{2})ey[I-L][\w-]+(?:=|%3D)*\.ey[I-L][\w-]+(?:=|%3D)*(?:\.(?:[\w.+/=-]|%3D|%2F|%2B)+)?|` +
	`-{5}BEGIN(?:[a-z\s]|%20)+PRIVATE(?:\s|%20)KEY-{5}[^\-]+-{5}END(?:[a-z\s]|%20)+PRIVATE(?:\s|%20)KEY(?:-{5})?(?:\n|%0A)?|` +
	`(?:ssh-(?:rsa|dss)|ecdsa-[a-z0-9]+-[a-z0-9]+)(?:\s|%20|%09)+(?:[a-z0-9/.+]|%2F|%5C|%2B){100,}(?:=|%3D)*(?:(?:\s|%20|%09)+[a-z0-9._-]+)?)`

// usualSecrets is compiled when the first query comes that looks as if it held one.
var usualSecrets = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(secretPattern) })

// suspicious tells whether secretPattern may match: each of its alternatives has one of these words. Most queries have
// none, and the expression is a hundred times slower.
func suspicious(q string) bool {
	for i := 0; i < len(q); i++ {
		c := q[i]
		if c >= 0x80 {
			return true // some letters beyond ASCII match s and k
		}
		switch c | 0x20 {
		case 'a':
			if has(q[i:], "auth") {
				return true
			}
		case 'b':
			if has(q[i:], "bearer") || has(q[i:], "begin") {
				return true
			}
		case 'c':
			if has(q[i:], "consumer") {
				return true
			}
		case 'e':
			if has(q[i:], "ecdsa-") || has(q[i:], "ey") && len(q) > i+2 && q[i+2]|0x20 >= 'i' && q[i+2]|0x20 <= 'l' {
				return true
			}
		case 'g':
			if has(q[i:], "gh") && len(q) > i+3 && q[i+3] == '_' {
				return true
			}
		case 'k':
			if has(q[i:], "key") {
				return true
			}
		case 'p':
			if has(q[i:], "pass") || has(q[i:], "pw") {
				return true
			}
		case 's':
			if has(q[i:], "secret") || has(q[i:], "sign") || has(q[i:], "ssh-") {
				return true
			}
		case 't':
			if has(q[i:], "token") {
				return true
			}
		}
	}
	return false
}

// has tells whether s begins with a word, which is given in lower case.
func has(s, word string) bool {
	if len(s) < len(word) {
		return false
	}
	for i := 0; i < len(word); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != word[i] && c < 0x80 {
			return false
		}
	}
	return true
}
