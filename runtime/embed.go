// Package runtimefs holds the sources of the runtime, so that the command can
// give them to a build without the network. Programs import what is below.
package runtimefs

import "embed"

// FS holds the folders of the runtime, tests included.
//
//go:embed agentaddr ddslog internal libs tracer tracetest withnet
var FS embed.FS
