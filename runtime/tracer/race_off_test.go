//go:build go1.21 && !race

package tracer

const raceEnabled = false
