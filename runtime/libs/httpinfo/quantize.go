//go:build go1.21

package httpinfo

import "strings"

// Quantize is a path that stands for all that differ from it in ids: segments that hold anything but letters, - and _
// become a star, versions as v2 stay. The environment may ask for it where no route is known.
func Quantize(path string) string {
	var b strings.Builder
	starred := false
	for rest := strings.TrimPrefix(path, "/"); rest != ""; {
		var segment string
		segment, rest, _ = strings.Cut(rest, "/")
		b.WriteByte('/')
		if varies(segment) {
			starred = true
			segment = "*"
		}
		b.WriteString(segment)
	}
	if !starred {
		return path
	}
	return b.String()
}

func varies(segment string) bool {
	letters, digits, others := 0, 0, 0
	for i := 0; i < len(segment); i++ {
		switch c := lower(segment[i]); {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z' || c == '-' || c == '_':
			letters++
		default:
			others++
		}
	}
	if letters == 1 && digits > 0 && segment[0] == 'v' {
		return false
	}
	return digits+others > 0
}

// Path is what the resource of a request without a route says of its path.
func (c *Config) Path(path string) string {
	if c.HandlerQuantized {
		return Quantize(path)
	}
	return path
}

// SentPath is Path for a request that is sent.
func (c *Config) SentPath(path string) string {
	if c.ClientQuantized {
		return Quantize(path)
	}
	return path
}
