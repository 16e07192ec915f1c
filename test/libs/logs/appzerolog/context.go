//go:build !nocontext

package main

import (
	"context"
	"os"

	"github.com/rs/zerolog"
)

// byContext logs with the context of another span than the goroutine's.
//
//dd:trace bycontext
func byContext(ctx context.Context) {
	l := zerolog.New(os.Stdout)
	l.Info().Ctx(ctx).Msg("its own")
	done := make(chan bool)
	go func() {
		defer close(done)
		elsewhere(ctx, l, l.With().Ctx(ctx).Logger())
	}()
	<-done
}

//dd:trace elsewhere root
func elsewhere(_ context.Context, l, of zerolog.Logger) {
	l.Info().Msg("elsewhere")
	of.Info().Msg("elsewhere, by context")
}
