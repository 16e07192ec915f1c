package integrations

import (
	"fmt"
	"strings"

	"golang.org/x/mod/semver"
)

// A versionRange is a range of versions, both ends included. An upper end of
// two numbers, as v1.9, stands for all versions that begin so.
type versionRange struct{ from, to string }

// parseRange reads "v1.2.0 - v1.9", "go1.22 - go1.26", or one version: "go1.26".
func parseRange(s string) (versionRange, error) {
	from, to, ok := strings.Cut(s, " - ")
	if !ok {
		to = from
	}
	r := versionRange{canonical(from), canonical(to)}
	if !semver.IsValid(r.from) || !semver.IsValid(r.to) {
		return r, fmt.Errorf("%q is no range of versions; write v1.2.0 - v1.9, or go1.22 - go1.26", s)
	}
	return r, nil
}

// canonical makes a version of Go one of semver's: go1.26.1 is v1.26.1, and
// go1.26rc1 is v1.26.0-rc1.
func canonical(v string) string {
	number, ok := strings.CutPrefix(v, "go")
	if !ok {
		return v
	}
	number, _, _ = strings.Cut(number, " ") // go1.26.1 X:experiment
	number, _, _ = strings.Cut(number, "-") // go1.26.1-vendor
	for _, pre := range []string{"rc", "beta"} {
		if head, n, ok := strings.Cut(number, pre); ok {
			return "v" + head + ".0-" + pre + n
		}
	}
	return "v" + number
}

// holds reports whether a version lies in the range.
func (r versionRange) holds(v string) bool {
	v = canonical(v)
	if !semver.IsValid(v) || semver.Compare(v, r.from) < 0 {
		return false
	}
	if strings.Count(r.to, ".") < 2 && semver.MajorMinor(v) == semver.MajorMinor(r.to) {
		return true
	}
	return semver.Compare(v, r.to) <= 0
}
