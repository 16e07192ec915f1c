package integrations

import "embed"

// The glue is Go for another package: its files leave themselves out of every
// build of this one.
//
//go:embed */*.yaml */*.go
var files embed.FS
