package main

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/panjf2000/ants/v2"
	"github.com/rs/zerolog"
	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
	"go.uber.org/zap/exp/zapslog"
	"golang.org/x/sync/errgroup"
)

func work() []step {
	return []step{
		{"os/exec", children},
		{"ants", pooled},
		{"errgroup", grouped},
	}
}

// children is the program once more.
func children(ctx context.Context) (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, exe, "child").Output()
	return strings.TrimSpace(string(out)), err
}

func pooled(context.Context) (string, error) {
	pool, err := ants.NewPool(2)
	if err != nil {
		return "", err
	}
	defer pool.Release()
	var done atomic.Int32
	var all sync.WaitGroup
	for range 3 {
		all.Add(1)
		if err := pool.Submit(func() { defer all.Done(); done.Add(1) }); err != nil {
			return "", err
		}
	}
	all.Wait()
	return fmt.Sprint(done.Load(), " done"), nil
}

func grouped(ctx context.Context) (string, error) {
	group, _ := errgroup.WithContext(ctx)
	var done atomic.Int32
	for range 3 {
		group.Go(func() error { done.Add(1); return nil })
	}
	err := group.Wait()
	return fmt.Sprint(done.Load(), " done"), err
}

var (
	ofSlog    = slog.New(slog.NewJSONHandler(os.Stderr, nil))
	ofZap     = zap.Must(zap.NewProduction())
	ofZapslog = slog.New(zapslog.NewHandler(ofZap.Core()))
	ofLogrus  = &logrus.Logger{Out: os.Stderr, Formatter: &logrus.JSONFormatter{}, Level: logrus.InfoLevel, Hooks: logrus.LevelHooks{}}
	ofZerolog = zerolog.New(os.Stderr)
)

// logEverywhere writes a record with each of the loggers, to standard error.
func logEverywhere(ctx context.Context, text string) {
	log.Print("log: " + text)
	ofSlog.InfoContext(ctx, "slog: "+text)
	ofZap.Info("zap: " + text)
	ofZapslog.InfoContext(ctx, "zapslog: "+text)
	ofLogrus.WithContext(ctx).Info("logrus: " + text)
	ofZerolog.Info().Ctx(ctx).Msg("zerolog: " + text)
}
