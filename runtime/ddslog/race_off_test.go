//go:build go1.21 && !race

package ddslog

const raceEnabled = false
