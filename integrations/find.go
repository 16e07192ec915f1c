package integrations

import (
	"fmt"
	"slices"
	"strings"
)

// A Set is the integrations that are in use, by the import path of what they
// change.
type Set map[string][]*Package

// Choose returns the integrations that a list names, separated by commas: by
// their names or by the last element of those, all of them, or none for "off".
func Choose(list string) (Set, error) {
	set := Set{}
	if list == "off" || list == "false" || list == "" {
		return set, nil
	}
	all, err := All()
	if err != nil {
		return nil, err
	}
	if list == "all" || list == "on" || list == "true" {
		set.add(all)
		return set, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(all, func(in *Integration) bool { return in.called(strings.TrimSpace(name)) })
		if i < 0 {
			return nil, unknown(strings.TrimSpace(name), all)
		}
		set.add(all[i : i+1])
	}
	return set, nil
}

func (s Set) add(list []*Integration) {
	for _, in := range list {
		for i := range in.Packages {
			p := &in.Packages[i]
			s[p.Path] = append(s[p.Path], p)
		}
	}
}

// unknown says that there is no library of a name, and which may have been meant.
func unknown(name string, all []*Integration) error {
	var near []*Integration
	for _, in := range all {
		if name != "" && strings.Contains(strings.ToLower(in.Name), strings.ToLower(name)) {
			near = append(near, in)
		}
	}
	switch {
	case name == "off" || name == "all":
		return fmt.Errorf("%s is not one of several; write it alone", name)
	case len(near) > 0:
		return fmt.Errorf("no library %q is known; did you mean %s?", name, names(near))
	}
	return fmt.Errorf("no library %q is known; it is all, off, or some of %s", name, names(all))
}

// called reports whether a name is the integration's: its own, or a part of it
// at the end, major version left out: go-redis for github.com/redis/go-redis/v9.
func (in *Integration) called(name string) bool {
	full := in.Name
	if head, last, ok := cutLast(full); ok && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		full = head
	}
	return name != "" && (name == in.Name || name == full || strings.HasSuffix(full, "/"+name))
}

func cutLast(s string) (head, last string, ok bool) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+1:], true
}

func names(list []*Integration) string {
	var b []string
	for _, in := range list {
		b = append(b, in.Name)
	}
	return strings.Join(b, ", ")
}

// Find returns what is done to a package in a version; nil if that version is
// not known.
func (s Set) Find(path, version string) *Package {
	for _, p := range s[path] {
		if r, err := parseRange(p.Versions); err == nil && r.holds(version) {
			return p
		}
	}
	return nil
}

// Known says which versions of a package are known.
func (s Set) Known(path string) string {
	var list []string
	for _, p := range s[path] {
		list = append(list, p.Versions)
	}
	return strings.Join(list, ", ")
}
