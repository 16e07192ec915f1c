//go:build go1.21

package httpinfo

import "strings"

// before returns what stands before the route of a router that sees path: where handlers have stripped a prefix, the part
// of the outer router's pattern that has matched it, or else the prefix itself. The lock is held.
func (s *Served) before(path string) string {
	prefix, ok := strings.CutSuffix(s.path, path)
	if !ok && s.escape != "" {
		prefix, ok = strings.CutSuffix(s.escape, path)
	}
	if !ok || prefix == "" || path == "" { // the path is as it came, or quite another one
		return ""
	}
	if path[0] != '/' || prefix[0] != '/' {
		return prefix
	}
	if outer, ok := segments(s.route, strings.Count(prefix, "/")); ok {
		return outer
	}
	return prefix
}

// segments returns the first n segments of a pattern, with a host that stands before them. There are none where the
// pattern is shorter, or ends in something that stands for several.
func segments(pattern string, n int) (string, bool) {
	i := strings.IndexByte(pattern, '/')
	if i < 0 {
		return "", false
	}
	for ; n > 0; n-- {
		if i == len(pattern) || pattern[i] != '/' {
			return "", false
		}
		start := i + 1
		if i = strings.IndexByte(pattern[start:], '/'); i < 0 {
			i = len(pattern)
		} else {
			i += start
		}
		if s := pattern[start:i]; s == "" || s == "{$}" || strings.HasSuffix(s, "...}") || s[0] == '*' {
			return "", false
		}
	}
	return pattern[:i], true
}

// join puts a pattern behind what stands before it. A host that it may begin with is out of place there.
func join(outer, pattern string) string {
	if outer == "" {
		return pattern
	}
	if i := strings.IndexByte(pattern, '/'); i > 0 {
		pattern = pattern[i:]
	}
	return outer + pattern
}

// Pattern is a pattern of ServeMux without its method.
func Pattern(p string) string {
	if i := strings.IndexAny(p, " \t"); i > 0 {
		return strings.TrimLeft(p[i+1:], " \t")
	}
	return p
}
