//go:build ignore

package zerolog

import (
	"log/slog"

	"github.com/ddinstrument/ddinstrument/runtime/libs/logline"
)

func ddBare(record *slog.Record) { logline.Bare(record) }
