package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// version is one of which tracers believe that it knows what /info says, later
// than those that lose something of v1.0 (7.73 to 7.78).
const version = "7.99.0-ddinstrument"

// info is the answer to /info. Tracers choose what they send by it: only what
// is understood is named here. Statistics are not, for what every trace tells
// needs no counting beside; so no trace is left out either (client_drop_p0s).
var info = func() string {
	var paths []string
	for _, f := range formats {
		paths = append(paths, f.path)
	}
	body, err := json.Marshal(map[string]any{
		"version":            version,
		"endpoints":          paths,
		"client_drop_p0s":    false,
		"long_running_spans": true,
		"span_events":        true,
		"span_meta_structs":  false,
		"config":             struct{}{},
	})
	if err != nil {
		panic(err) // of constants
	}
	return string(body) + "\n"
}()

// infoState tells one /info from another.
var infoState = func() string {
	sum := sha256.Sum256([]byte(info))
	return hex.EncodeToString(sum[:])
}()
