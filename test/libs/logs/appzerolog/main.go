// Command appzerolog logs by zerolog in all its ways.
package main

import (
	"context"
	"fmt"
	stdlog "log"
	"os"

	"github.com/rs/zerolog"
	"github.com/rs/zerolog/log"
)

func main() {
	zerolog.CallerMarshalFunc = caller
	log.Logger = zerolog.New(os.Stdout)
	log.Info().Msg("outside")
	all(context.Background())
}

//dd:trace everything
func all(ctx context.Context) {
	l := zerolog.New(os.Stdout)
	l.Info().Int("a", 1).Msg("json")
	l.Info().Send()
	l.Log().Msg("no level")
	w := l.With().Int("w", 1).Caller().Logger()
	w.Warn().Dict("d", zerolog.Dict().Int("x", 1)).Msgf("with %d", 1)
	log.Info().Msg("global")
	l.Debug().Discard().Msg("discarded")
	quiet := l.Level(zerolog.WarnLevel)
	quiet.Info().Msg("not enabled")
	l.Info().Str("dd.trace_id", "mine").Msg("has one")
	own := l.With().Str("dd.trace_id", "mine").Logger()
	own.Info().Msg("has one")
	l.Print("print")
	hooked := l.Hook(zerolog.HookFunc(func(e *zerolog.Event, _ zerolog.Level, _ string) { e.Int("hook", 1) }))
	hooked.Info().Msg("hook")
	inner(ctx, l)
	byContext(ctx)
	bySlog()
	console := zerolog.New(zerolog.ConsoleWriter{Out: os.Stdout, NoColor: true, PartsExclude: []string{"time"}})
	console.Info().Int("a", 1).Msg("console")
	std := stdlog.New(l, "", 0)
	std.Print("by way of log")
	defer func() { fmt.Printf("%q\n", recover()) }()
	l.Panic().Msg("panics")
}

//dd:trace inner
func inner(ctx context.Context, l zerolog.Logger) {
	e := l.Info().Int("a", 1)
	finish(e)
	l.Info().Msg("inner")
	zerolog.Ctx(l.WithContext(ctx)).Info().Msg("logger of a context")
}

// finish writes an event that another span has begun.
//
//dd:trace finish
func finish(e *zerolog.Event) { e.Msg("written here") }
