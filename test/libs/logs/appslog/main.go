// Command appslog logs by log/slog in all its ways.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
)

func main() {
	slog.New(slog.NewJSONHandler(os.Stdout, &plain)).Info("outside")
	all()
}

// plain leaves out the time, which no test knows.
var plain = slog.HandlerOptions{AddSource: true, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
	switch {
	case len(groups) == 0 && a.Key == slog.TimeKey:
		return slog.Attr{}
	case a.Key == slog.SourceKey:
		src := a.Value.Any().(*slog.Source)
		return slog.Int("line", src.Line)
	}
	return a
}}

//dd:trace everything
func all() {
	l := slog.New(slog.NewJSONHandler(os.Stdout, &plain))
	l.Info("json", "a", 1)
	l.With("w", 2).WithGroup("g").With("x", 3).Info("groups", "a", 1)
	l.WithGroup("g").WithGroup("h").Warn("empty groups")
	l.WithGroup("g").LogAttrs(context.Background(), slog.LevelError, "attrs", slog.Int("a", 1))
	slog.New(slog.NewJSONHandler(os.Stdout, &plain).WithGroup("early")).Info("early group", "a", 1)
	slog.New(slog.NewTextHandler(os.Stdout, &plain)).WithGroup("g").Info("text", "a", 1)
	l.Debug("not enabled")
	l.With("dd.trace_id", "mine").Info("has one")
	l.Info("has one", "dd.trace_id", "mine")

	ctx := context.Background()
	inner(ctx, l)
	own(l)

	slog.New(copies{slog.NewJSONHandler(os.Stdout, &plain)}).WithGroup("g").Info("copied", "a", 1)
	queue := newLater(slog.NewJSONHandler(os.Stdout, &plain).WithGroup("g"))
	queued(slog.New(queue))
	queue.close()
	slog.New(new(foreign)).Info("foreign", "a", 1)
	slog.New(slog.NewMultiHandler(slog.NewJSONHandler(os.Stdout, &plain), new(foreign))).Info("both", "a", 1)

	// The default logger, over package log; and package log over the default logger.
	log.SetFlags(0)
	log.SetOutput(os.Stdout)
	slog.Info("default", "a", 1)
	slog.Default().WithGroup("g").Info("default group", "a", 1)
	slog.SetDefault(l)
	log.Print("by way of log")
	slog.NewLogLogger(l.Handler(), slog.LevelInfo).Print("log logger")
	var buf bytes.Buffer
	slog.New(slog.NewJSONHandler(&buf, &plain)).Info("buffered")
	fmt.Print(buf.String())
}

//dd:trace queued
func queued(l *slog.Logger) { l.Info("queued", "a", 1) }

// inner logs with its own context on a goroutine where another span is active.
//
//dd:trace inner
func inner(ctx context.Context, l *slog.Logger) {
	l.InfoContext(ctx, "by context")
	func() {
		//dd:trace innermost
		{
			l.Info("innermost")
			l.InfoContext(ctx, "innermost, by context")
		}
	}()
	done := make(chan bool)
	go func() {
		defer close(done)
		elsewhere(ctx, l)
	}()
	<-done
}

//dd:trace elsewhere root
func elsewhere(_ context.Context, l *slog.Logger) { l.Info("elsewhere") }

// own logs by records of its own.
func own(l *slog.Logger) {
	r := slog.NewRecord(plainTime, slog.LevelInfo, "own record", 0)
	r.AddAttrs(slog.Int("a", 1))
	l.Handler().Handle(context.Background(), r)
	l.Handler().Handle(context.Background(), slog.Record{Message: "no record of slog's"})
}
