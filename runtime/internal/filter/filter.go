//go:build go1.21

// Package filter drops traces by their local root, with the verdict that the agent has for the same settings
// (github.com/DataDog/datadog-agent: pkg/trace/filters/blacklister.go, and filteredByTags in pkg/trace/agent/agent.go;
// how they are written in the environment: pkg/config/setup/apm.go and comp/trace/config/setup.go). Only an empty entry,
// as a comma or space too many makes it, is none here; there, it drops every trace.
//
// The package knows spans only as Roots.
package filter

import (
	"encoding/csv"
	"fmt"
	"regexp"
	"strings"

	"github.com/ddinstrument/ddinstrument/runtime/internal/json"
)

// Root is a local root.
type Root interface {
	Resource() string
	Text(key string) (value string, ok bool) // of a tag that is a text
}

// Filter says which traces are dropped. The zero Filter drops none.
type Filter struct {
	ignore          []*regexp.Regexp
	reject, require []rule
}

// rule is about one tag: its value, what is found in its value or, with neither, that there is one.
type rule struct {
	key, value string
	pattern    *regexp.Regexp
}

func (r *rule) matches(root Root) bool {
	v, ok := root.Text(r.key)
	return ok && (r.value == "" || v == r.value) && (r.pattern == nil || r.pattern.MatchString(v))
}

// Empty tells whether the filter drops nothing.
func (f *Filter) Empty() bool { return len(f.ignore)+len(f.reject)+len(f.require) == 0 }

// Drops tells whether the trace is dropped. While its root is open, a tag that is required may still come. A nil Filter
// drops none.
func (f *Filter) Drops(root Root, open bool) bool {
	if f == nil {
		return false
	}
	if len(f.ignore) > 0 {
		resource := root.Resource()
		for _, pattern := range f.ignore {
			if pattern.MatchString(resource) {
				return true
			}
		}
	}
	for i := range f.reject {
		if f.reject[i].matches(root) {
			return true
		}
	}
	for i := range f.require {
		if !open && !f.require[i].matches(root) {
			return true
		}
	}
	return false
}

// Ignore adds the value of DD_APM_IGNORE_RESOURCES: regular expressions, separated by commas and quoted as in CSV. One that
// is found anywhere in a root's resource drops the trace. The patterns that are none are returned.
func (f *Filter) Ignore(text string) (bad []string) {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	r := csv.NewReader(strings.NewReader(text))
	r.TrimLeadingSpace, r.LazyQuotes = true, true
	list, err := r.Read()
	if err != nil {
		return []string{err.Error()}
	}
	for _, expr := range list {
		if expr == "" {
			continue
		}
		pattern, err := regexp.Compile(expr)
		if err != nil {
			bad = append(bad, err.Error())
			continue
		}
		f.ignore = append(f.ignore, pattern)
	}
	return bad
}

// Reject adds the values of DD_APM_FILTER_TAGS_REJECT and DD_APM_FILTER_TAGS_REGEX_REJECT: a root with such a tag drops the
// trace.
func (f *Filter) Reject(exact, patterns string) (badExact, badPatterns []string) {
	return addTexts(&f.reject, exact, patterns)
}

// Require adds the values of DD_APM_FILTER_TAGS_REQUIRE and DD_APM_FILTER_TAGS_REGEX_REQUIRE: a root without such a tag
// drops the trace.
func (f *Filter) Require(exact, patterns string) (badExact, badPatterns []string) {
	return addTexts(&f.require, exact, patterns)
}

// Lists makes the filter of an agent that has said what it drops: as the methods above, but with the entries in lists.
// An entry that is no pattern is left out.
func Lists(ignore, reject, rejectPatterns, require, requirePatterns []string) *Filter {
	f := new(Filter)
	for _, expr := range ignore {
		if pattern, err := regexp.Compile(expr); err == nil {
			f.ignore = append(f.ignore, pattern)
		}
	}
	add(&f.reject, reject, rejectPatterns)
	add(&f.require, require, requirePatterns)
	return f
}

func addTexts(rules *[]rule, exact, patterns string) (badExact, badPatterns []string) {
	list, badExact := split(exact)
	patternList, badPatterns := split(patterns)
	return badExact, append(badPatterns, add(rules, list, patternList)...)
}

// add reads key:value pairs. A pattern for a key that has an exact value already is not looked at, as in the agent.
func add(rules *[]rule, exact, patterns []string) (badPatterns []string) {
	known := map[string]bool{}
	for _, entry := range exact {
		key, value, _ := strings.Cut(entry, ":")
		key = strings.TrimSpace(key)
		known[key] = true
		*rules = append(*rules, rule{key: key, value: strings.TrimSpace(value)})
	}
	for _, entry := range patterns {
		key, expr, _ := strings.Cut(entry, ":")
		key = strings.TrimSpace(key)
		if known[key] {
			continue
		}
		pattern, err := regexp.Compile(strings.TrimSpace(expr))
		if err != nil {
			badPatterns = append(badPatterns, err.Error())
			continue
		}
		*rules = append(*rules, rule{key: key, pattern: pattern})
	}
	return badPatterns
}

// split reads a list: what is between spaces, or a JSON array of strings.
func split(text string) (list, bad []string) {
	if text = strings.TrimSpace(text); !strings.HasPrefix(text, "[") {
		return strings.Fields(text), nil
	}
	v, err := json.Parse(text)
	if err != nil {
		return nil, []string{"not JSON: " + err.Error()}
	}
	entries, _ := v.([]any)
	for _, e := range entries {
		entry, ok := e.(string)
		if !ok {
			bad = append(bad, fmt.Sprintf("%v is no string", e))
		}
		if strings.TrimSpace(entry) != "" {
			list = append(list, entry)
		}
	}
	return list, bad
}
