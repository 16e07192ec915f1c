//go:build ddinstrument

package main

import (
	"context"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// Tracing begins by itself. A measurement is over when everything has been sent.

func start() {}
func flush() { tracer.Flush(context.Background()) }
