// Command appwrapped logs by loggers that already write the ids of the active span, by package ddslog.
package main

import (
	"io"
	"log"
	"log/slog"
	"os"

	"github.com/ddinstrument/ddinstrument/runtime/ddslog"
	"github.com/rs/zerolog"
	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

//dd:trace everything
func main() {
	h := slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
	l := slog.New(ddslog.New(h))
	l.Info("slog", "a", 1)
	l.With("w", 1).WithGroup("g").Info("slog group", "a", 1)
	log.SetFlags(0)
	log.SetOutput(ddslog.NewWriter(os.Stdout))
	log.Print("log")
	log.Print(`{"a":1}`)
	slog.Info("default")
	ddslog.Install()
	slog.Info("installed")

	w := ddslog.NewWriter(os.Stdout)
	c := zap.NewProductionEncoderConfig()
	c.TimeKey = ""
	zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(c), zapcore.AddSync(w), zap.InfoLevel)).Info("zap")
	z := zerolog.New(w)
	z.Info().Msg("zerolog")
	r := logrus.New()
	r.SetFormatter(&logrus.JSONFormatter{DisableTimestamp: true})
	r.SetOutput(struct{ io.Writer }{w})
	r.Info("logrus")
}
