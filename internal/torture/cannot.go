package main

import "regexp"

// An exception is tests that can't pass traced, and why: they look at what a
// program is made of, which tracing changes, rather than at what it does.
type exception struct {
	tests  *regexp.Regexp // of package and test
	reason string
}

var exceptions = []exception{}

// cannot says why a test can't pass traced, or "".
func cannot(test string) string {
	for _, e := range exceptions {
		if e.tests.MatchString(test) {
			return e.reason
		}
	}
	return ""
}
