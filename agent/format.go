package agent

import (
	"math"
	"strconv"
	"strings"

	"github.com/ddinstrument/ddinstrument/agent/readable"
)

// formatNumber writes a tag's number without noise.
func formatNumber(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'g', 6, 64)
}

// formatTag writes key=value, the value in quotes where its end would not be
// seen otherwise.
func formatTag(key, value string) string {
	key, value = readable.Clean(key), readable.Clean(value)
	if value == "" || strings.ContainsAny(value, ` "`) {
		value = `"` + strings.ReplaceAll(value, `"`, `\"`) + `"`
	}
	return key + "=" + value
}

// formatShare writes how much of a trace a span took, in 4 columns.
func formatShare(part, whole int64) string {
	if whole <= 0 {
		return ""
	}
	percent := int(math.Round(100 * float64(max(part, 0)) / float64(whole)))
	if percent == 0 && part > 0 {
		return "<1%"
	}
	return strconv.Itoa(percent) + "%"
}
