package overlay

import (
	"path/filepath"
	"slices"
	"strings"
)

// lastFlag returns the value of a flag, the last one given.
func lastFlag(flags []string, name string) (value string, ok bool) {
	for _, f := range flags {
		n, v, given := strings.Cut(strings.TrimLeft(f, "-"), "=")
		if n != name {
			continue
		}
		value, ok = v, true
		if !given {
			value = "true"
		}
	}
	return value, ok
}

// without returns the flags that do not have one of the names.
func without(flags []string, names ...string) []string {
	var kept []string
	for _, f := range flags {
		n, _, _ := strings.Cut(strings.TrimLeft(f, "-"), "=")
		if !slices.Contains(names, n) {
			kept = append(kept, f)
		}
	}
	return kept
}

// splitFlags splits GOFLAGS as the go command does: at spaces, with quotes
// around a whole flag.
func splitFlags(s string) []string {
	var words []string
	for {
		s = strings.TrimLeft(s, " \t\r\n")
		if s == "" {
			return words
		}
		if q := s[0]; q == '"' || q == '\'' {
			if end := strings.IndexByte(s[1:], q); end >= 0 {
				words, s = append(words, s[1:1+end]), s[end+2:]
				continue
			}
		}
		end := strings.IndexAny(s, " \t\r\n")
		if end < 0 {
			end = len(s)
		}
		words, s = append(words, s[:end]), s[end:]
	}
}

// joinFlags is the inverse of splitFlags.
func joinFlags(flags []string) string {
	words := make([]string, len(flags))
	for i, f := range flags {
		words[i] = f
		if strings.ContainsAny(f, " \t\r\n") {
			quote := "'"
			if strings.Contains(f, "'") {
				quote = `"`
			}
			words[i] = quote + f + quote
		}
	}
	return strings.Join(words, " ")
}

// abs makes a path of the command line absolute.
func abs(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
