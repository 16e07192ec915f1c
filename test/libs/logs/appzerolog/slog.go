//go:build !noslog

package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/rs/zerolog"
)

// timeless takes the time out of records.
type timeless struct{ slog.Handler }

func (h timeless) WithGroup(name string) slog.Handler { return timeless{h.Handler.WithGroup(name)} }

func (h timeless) Handle(ctx context.Context, r slog.Record) error {
	r.Time = time.Time{}
	return h.Handler.Handle(ctx, r)
}

// bySlog logs by way of log/slog.
func bySlog() {
	l := slog.New(timeless{zerolog.NewSlogHandler(zerolog.New(os.Stdout))})
	l.Info("slog", "a", 1)
	l.WithGroup("g").Info("slog group", "a", 1)
}
