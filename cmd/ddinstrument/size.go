package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// sizeUnits are what a size may be written in, the longer ones first.
var sizeUnits = []struct {
	name string
	n    float64
}{
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9},
	{"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}, {"b", 1},
}

// parseSize reads a number of bytes: 128MiB, 1.5GB, 64m, 1000000.
func parseSize(s string) (int64, error) {
	number, factor := strings.ToLower(strings.TrimSpace(s)), 1.0
	for _, unit := range sizeUnits {
		if before, ok := strings.CutSuffix(number, unit.name); ok {
			number, factor = strings.TrimSpace(before), unit.n
			break
		}
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(f) || f*factor < 1 || f*factor > 1<<50 {
		return 0, fmt.Errorf("%q is no size: want a number of bytes, such as 128MiB or 1GB", s)
	}
	return int64(f * factor), nil
}
