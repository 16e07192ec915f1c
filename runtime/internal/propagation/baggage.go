//go:build go1.21

package propagation

import "strings"

// W3C Baggage (https://www.w3.org/TR/baggage/), within the limits of Datadog's tracers (dd-trace-go, baggageMaxItems and
// baggageMaxBytes).
const (
	baggageKey      = "baggage"
	MaxBaggage      = 64
	maxBaggageBytes = 8192
)

// injectBaggage leaves out what is beyond the limits.
func injectBaggage(to Carrier, items []Pair) {
	var b []byte
	n := 0
	for _, item := range items {
		before := len(b)
		if n > 0 {
			b = append(b, ',')
		}
		b = escape(b, strings.TrimSpace(item.Key), isToken)
		b = escape(append(b, '='), strings.TrimSpace(item.Value), isBaggageOctet)
		if len(b) > maxBaggageBytes {
			b = b[:before]
			continue
		}
		if n++; n == MaxBaggage {
			break
		}
	}
	if len(b) > 0 {
		to.Set(baggageKey, string(b))
	}
}

// extractBaggage takes the items up to the limits. One that makes no sense makes nonsense of all, as for Datadog's other
// tracers. What W3C calls properties, behind a semicolon, is not kept.
func extractBaggage(from Carrier) (items []Pair) {
	text := values(from, baggageKey)
	size := 0
	for text != "" && len(items) < MaxBaggage {
		var part string
		part, text, _ = strings.Cut(text, ",")
		if size += len(part) + 1; size > maxBaggageBytes+1 {
			break
		}
		part, _, _ = strings.Cut(part, ";")
		key, value, ok := strings.Cut(part, "=")
		key, value = unescape(strings.TrimSpace(key)), unescape(strings.TrimSpace(value))
		if !ok || key == "" || value == "" {
			return nil
		}
		items = SetItem(items, key, value)
	}
	return items
}

// SetItem returns a list in which key has that value, or none if the value is empty. The one given stays as it is.
func SetItem(list []Pair, key, value string) []Pair {
	rest := make([]Pair, 0, len(list)+1)
	rest = append(rest, without(list, key)...)
	if value == "" {
		return rest
	}
	return append(rest, Pair{key, value})
}

// isToken tells which bytes a key may have as they are (RFC 7230, token), but for "%", which begins an escape.
func isToken(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("!#$&'*-.^_`|~", c) >= 0
}

// isBaggageOctet tells which a value may have. Not "+", which some read as a space.
func isBaggageOctet(c byte) bool {
	return isToken(c) || strings.IndexByte("()/:<>?@[]{}=", c) >= 0
}

func escape(b []byte, text string, plain func(byte) bool) []byte {
	for i := 0; i < len(text); i++ {
		if c := text[i]; plain(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
		}
	}
	return b
}

// unescape undoes escape, and reads "+" as a space, which is how dd-trace-go writes one. What is no escape stays.
func unescape(text string) string {
	if !strings.ContainsAny(text, "%+") {
		return text
	}
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '+':
			b = append(b, ' ')
			continue
		case c == '%' && i+2 < len(text):
			high, ok1 := digit(text[i+1])
			low, ok2 := digit(text[i+2])
			if ok1 && ok2 {
				b = append(b, high<<4|low)
				i += 2
				continue
			}
		}
		b = append(b, text[i])
	}
	return string(b)
}
