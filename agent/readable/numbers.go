package readable

import (
	"fmt"
	"strconv"
	"time"
)

// Duration gives three digits in a readable unit, at most 7 columns: 850ns,
// 12.4ms, 1.23s, 3m07s, 5h12m.
func Duration(ns int64) string {
	d := time.Duration(max(ns, 0))
	switch {
	case d < time.Microsecond:
		return strconv.FormatInt(int64(d), 10) + "ns"
	case d < 999500*time.Nanosecond:
		return ThreeDigits(float64(d)/1e3) + "µs"
	case d < 999500*time.Microsecond:
		return ThreeDigits(float64(d)/1e6) + "ms"
	case d < time.Minute:
		return ThreeDigits(float64(d)/1e9) + "s"
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", d/time.Minute, d/time.Second%60)
	case d < 1000*time.Hour:
		return fmt.Sprintf("%dh%02dm", d/time.Hour, d/time.Minute%60)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}

// ThreeDigits writes a number below 1000.
func ThreeDigits(f float64) string {
	switch {
	case f < 9.995:
		return strconv.FormatFloat(f, 'f', 2, 64)
	case f < 99.95:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'f', 0, 64)
}

// Count writes 12345 as 12,345.
func Count[N int | uint64](n N) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Plural writes "1 span", "2 spans".
func Plural[N int | uint64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Count(n) + " " + noun + "s"
}
