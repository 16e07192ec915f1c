package agent

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// formatDuration gives three digits in a readable unit, at most 7 columns:
// 850ns, 12.4ms, 1.23s, 3m07s, 5h12m.
func formatDuration(ns int64) string {
	d := time.Duration(max(ns, 0))
	switch {
	case d < time.Microsecond:
		return fmt.Sprintf("%dns", d.Nanoseconds())
	case d < time.Millisecond:
		return threeDigits(float64(d)/1e3, "µs", "1.00ms")
	case d < time.Second:
		return threeDigits(float64(d)/1e6, "ms", "1.00s")
	case d < time.Minute:
		return threeDigits(float64(d)/1e9, "s", "60.0s")
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", d/time.Minute, d/time.Second%60)
	case d < 1000*time.Hour:
		return fmt.Sprintf("%dh%02dm", d/time.Hour, d/time.Minute%60)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}

// threeDigits writes f, below 1000; next is what rounding up to 1000 makes.
func threeDigits(f float64, unit, next string) string {
	switch {
	case f < 9.995:
		return strconv.FormatFloat(f, 'f', 2, 64) + unit
	case f < 99.95:
		return strconv.FormatFloat(f, 'f', 1, 64) + unit
	case f < 999.5:
		return strconv.FormatFloat(f, 'f', 0, 64) + unit
	}
	return next
}

// formatCount writes 12345 as 12,345.
func formatCount(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural writes "1 span", "2 spans".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return formatCount(n) + " " + noun + "s"
}

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
	key, value = clean(key), clean(value)
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
