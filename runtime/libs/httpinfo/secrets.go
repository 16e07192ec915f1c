//go:build go1.21

package httpinfo

import (
	"regexp"
	"sync"
)

// secretPattern is the documented default of DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP; what it captures, before a JSON
// Web Token, stays. It takes package regexp a microsecond for every byte of a query that holds a secret, so what stands
// below finds by hand what it would; the tests compare the two. Letters beyond ASCII are none of a keyword's here.
const secretPattern = `(?i)(?:(?:"|%22)?)(?:(?:old[-_]?|new[-_]?)?p(?:ass)?w(?:or)?d(?:1|2)?|pass(?:[-_]?phrase)?|secret|` +
	`(?:api[-_]?|private[-_]?|public[-_]?|access[-_]?|secret[-_]?|app(?:lication)?[-_]?)key(?:[-_]?id)?|token|` +
	`consumer[-_]?(?:id|key|secret)|sign(?:ed|ature)?|auth(?:entication|orization)?)` +
	`(?:(?:\s|%20)*(?:=|%3D)[^&]+|(?:"|%22)(?:\s|%20)*(?::|%3A)(?:\s|%20)*(?:"|%22)(?:%2[^2]|%[^2]|[^"%])+(?:"|%22))|` +
	`(?:bearer(?:\s|%20)+[a-z0-9._\-]+|token(?::|%3A)[a-z0-9]{13}|gh[opsu]_[0-9a-zA-Z]{36}|` +
	`(^|[^\w%-]|%[0-9a-f]{2})ey[I-L][\w-]+(?:=|%3D)*\.ey[I-L][\w-]+(?:=|%3D)*(?:\.(?:[\w.+/=-]|%3D|%2F|%2B)+)?|` +
	`-{5}BEGIN(?:[a-z\s]|%20)+PRIVATE(?:\s|%20)KEY-{5}[^\-]+-{5}END(?:[a-z\s]|%20)+PRIVATE(?:\s|%20)KEY(?:-{5})?(?:\n|%0A)?|` +
	`(?:ssh-(?:rsa|dss)|ecdsa-[a-z0-9]+-[a-z0-9]+)(?:\s|%20|%09)+(?:[a-z0-9/.+]|%2F|%5C|%2B){100,}(?:=|%3D)*(?:(?:\s|%20|%09)+[a-z0-9._-]+)?)`

// The two kinds of secrets that are hardly ever in a query, and that have more than one way to match.
var (
	privateKey = anchored(`-{5}BEGIN(?:[a-z\s]|%20)+PRIVATE(?:\s|%20)KEY-{5}[^\-]+-{5}END(?:[a-z\s]|%20)+PRIVATE(?:\s|%20)KEY(?:-{5})?(?:\n|%0A)?`)
	sshKey     = anchored(`(?:ssh-(?:rsa|dss)|ecdsa-[a-z0-9]+-[a-z0-9]+)(?:\s|%20|%09)+(?:[a-z0-9/.+]|%2F|%5C|%2B){100,}(?:=|%3D)*(?:(?:\s|%20|%09)+[a-z0-9._-]+)?`)
)

// anchored returns a function that tells where a match at the beginning of a text ends, or none.
func anchored(pattern string) func(string) int {
	re := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)^(?:` + pattern + `)`) })
	return func(s string) int {
		if at := re().FindStringIndex(s); at != nil {
			return at[1]
		}
		return none
	}
}

// hideSecrets replaces what secretPattern matches.
func hideSecrets(q string) string {
	var b []byte
	from := 0
	for i := 0; i < len(q); {
		if !likely(q, i) {
			i++
			continue
		}
		end, stays := secretAt(q, i)
		if end == none {
			i++
			continue
		}
		b = append(append(b, q[from:i+stays]...), redacted...)
		i, from = end, end
	}
	if from == 0 {
		return q
	}
	return string(append(b, q[from:]...))
}

// likely tells by two bytes whether a secret may begin at i. Mostly none does.
func likely(q string, i int) bool {
	c, next := lower(q[i]), byte(0)
	if i+1 < len(q) {
		next = lower(q[i+1])
	}
	switch c {
	case '"', '%':
		return true
	case '-':
		return next == '-'
	case 'a':
		return next == 'p' || next == 'c' || next == 'u'
	case 'b':
		return next == 'e'
	case 'c', 't':
		return next == 'o'
	case 'e':
		return next == 'c' || next == 'y' && i == 0
	case 'g':
		return next == 'h'
	case 'n':
		return next == 'e'
	case 'o':
		return next == 'l'
	case 'p':
		return next == 'a' || next == 'w' || next == 'r' || next == 'u'
	case 's':
		return next == 'e' || next == 'i' || next == 's'
	}
	return next == 'e' && !isWord(c) // of a token for the web
}

// secretAt returns where a secret ends that begins at i, and how many bytes of its beginning stay.
func secretAt(q string, i int) (end, stays int) {
	if end = namedAt(q, i); end != none {
		return end, 0
	}
	switch lower(q[i]) {
	case 'b':
		end = many(q, spaces(q, word(q, i, "bearer"), 1), 1, isName)
	case 't':
		if end = oneOf(q, word(q, i, "token"), ":", "%3a"); end != none {
			end = exactly(q, end, 13)
		}
	case 'g':
		if end = word(q, i, "gh"); end != none && end < len(q) && oneByte(q[end], "opsu") {
			end = exactly(q, word(q, end+1, "_"), 36)
		} else {
			end = none
		}
	case '-':
		if word(q, i, "-----begin") != none {
			end = after(i, privateKey(q[i:]))
		}
	case 's', 'e':
		if word(q, i, "ssh-") != none || word(q, i, "ecdsa-") != none {
			end = after(i, sshKey(q[i:]))
		}
	}
	if end != none {
		return end, 0
	}
	return webTokenAt(q, i)
}

func after(i, n int) int {
	if n == none {
		return none
	}
	return i + n
}

// webTokenAt finds a JSON Web Token, behind what tells it from the rest of a word: that stays.
func webTokenAt(q string, i int) (end, stays int) {
	if i == 0 {
		if end = webToken(q, i); end != none {
			return end, 0
		}
	}
	switch c := q[i]; {
	case c == '%':
		if i+2 < len(q) && isHex(q[i+1]) && isHex(q[i+2]) {
			return webToken(q, i+3), 3
		}
	case !isWord(c) && c < 0x80:
		return webToken(q, i+1), 1
	}
	return none, 0
}

func webToken(q string, i int) int {
	i = padding(q, webTokenPart(q, i))
	i = padding(q, webTokenPart(q, word(q, i, ".")))
	if dot := word(q, i, "."); dot != none {
		if end := signature(q, dot); end > dot {
			return end
		}
	}
	return i
}

// webTokenPart is one that begins with a brace, in base64.
func webTokenPart(q string, i int) int {
	i = word(q, i, "ey")
	if i == none || i >= len(q) || !oneByte(q[i], "ijkl") {
		return none
	}
	return many(q, i+1, 1, isWord)
}

func padding(q string, i int) int {
	for next := i; next != none; next = oneOf(q, i, "=", "%3d") {
		i = next
	}
	return i
}

func signature(q string, i int) int {
	for i < len(q) {
		if c := q[i]; isWord(c) || c == '.' || c == '+' || c == '/' || c == '=' {
			i++
		} else if next := oneOf(q, i, "%3d", "%2f", "%2b"); next != none {
			i = next
		} else {
			break
		}
	}
	return i
}
