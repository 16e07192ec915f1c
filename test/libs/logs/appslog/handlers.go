package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

var plainTime time.Time

// copies is a handler in the middle that makes records anew.
type copies struct{ slog.Handler }

func (c copies) Handle(ctx context.Context, r slog.Record) error {
	n := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool { n.AddAttrs(a); return true })
	return c.Handler.Handle(ctx, n)
}

func (c copies) WithAttrs(attrs []slog.Attr) slog.Handler { return copies{c.Handler.WithAttrs(attrs)} }
func (c copies) WithGroup(name string) slog.Handler       { return copies{c.Handler.WithGroup(name)} }

// foreign is a handler that writes in a form of its own.
type foreign struct{}

func (f *foreign) Enabled(context.Context, slog.Level) bool { return true }
func (f *foreign) WithAttrs([]slog.Attr) slog.Handler       { return f }
func (f *foreign) WithGroup(string) slog.Handler            { return f }

func (f *foreign) Handle(_ context.Context, r slog.Record) error {
	list := make([]slog.Attr, r.NumAttrs())
	i := 0
	r.Attrs(func(a slog.Attr) bool { list[i] = a; i++; return true })
	fmt.Println(r.Message, list)
	return nil
}

// later is a handler that leaves the writing to another goroutine.
type later struct {
	slog.Handler
	records chan slog.Record
	done    chan bool
}

func newLater(h slog.Handler) *later {
	l := &later{h, make(chan slog.Record, 1), make(chan bool)}
	go func() {
		defer close(l.done)
		for r := range l.records {
			l.Handler.Handle(context.Background(), r)
		}
	}()
	return l
}

func (l *later) Handle(_ context.Context, r slog.Record) error {
	l.records <- r.Clone()
	return nil
}

func (l *later) close() {
	close(l.records)
	<-l.done
}
