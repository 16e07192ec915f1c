// Package bench measures one record of each logger, outside of all spans and in one. Run it without the integrations and
// with them:
//
//	go test -bench . -benchmem ./bench
//	ddinstrument test --libs -bench . -benchmem ./bench
package bench

import (
	"context"
	"io"
	"log"
	"log/slog"
	"os/exec"
	"sync"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"github.com/panjf2000/ants/v2"
	"github.com/rs/zerolog"
	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// discard is no io.Discard, which loggers know.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

var _ io.Writer = discard{}

func records() map[string]func(ctx context.Context) {
	s := slog.New(slog.NewJSONHandler(discard{}, nil))
	l := log.New(discard{}, "", log.LstdFlags)
	z := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(discard{}), zap.InfoLevel))
	e := zerolog.New(discard{})
	r := logrus.New()
	r.SetFormatter(&logrus.JSONFormatter{})
	r.SetOutput(discard{})
	return map[string]func(ctx context.Context){
		"slog":         func(context.Context) { s.Info("message", "a", 1) },
		"slog-context": func(ctx context.Context) { s.InfoContext(ctx, "message", "a", 1) },
		"slog-quiet":   func(ctx context.Context) { s.DebugContext(ctx, "message", "a", 1) },
		"log":          func(context.Context) { l.Print("message") },
		"zap":          func(context.Context) { z.Info("message", zap.Int("a", 1)) },
		"zerolog":      func(context.Context) { e.Info().Int("a", 1).Msg("message") },
		"logrus":       func(context.Context) { r.WithField("a", 1).Info("message") },
	}
}

func BenchmarkRecord(b *testing.B) {
	for name, record := range records() {
		b.Run(name+"/outside", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				record(context.Background())
			}
		})
		b.Run(name+"/inside", func(b *testing.B) {
			ctx, span := tracer.Trace(context.Background(), "bench")
			defer span.Finish()
			b.ReportAllocs()
			for b.Loop() {
				record(ctx)
			}
		})
	}
}

func BenchmarkPool(b *testing.B) {
	p, err := ants.NewPool(4)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Release()
	g, err := ants.NewPoolWithFuncGeneric(4, func(wg *sync.WaitGroup) { wg.Done() })
	if err != nil {
		b.Fatal(err)
	}
	defer g.Release()
	_, span := tracer.Trace(context.Background(), "bench")
	defer span.Finish()
	b.Run("submit", func(b *testing.B) {
		b.ReportAllocs()
		var wg sync.WaitGroup
		task := func() { wg.Done() }
		for b.Loop() {
			wg.Add(1)
			p.Submit(task)
		}
		wg.Wait()
	})
	b.Run("generic", func(b *testing.B) {
		b.ReportAllocs()
		var wg sync.WaitGroup
		for b.Loop() {
			wg.Add(1)
			g.Invoke(&wg)
		}
		wg.Wait()
	})
}

func BenchmarkCommand(b *testing.B) {
	_, span := tracer.Trace(context.Background(), "bench")
	defer span.Finish()
	for b.Loop() {
		if err := exec.Command("true").Run(); err != nil {
			b.Fatal(err)
		}
	}
}
