// Command appzap logs by zap in all its ways.
package main

import (
	"fmt"
	"log"
	"os"
	"sort"
	"strings"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func main() {
	core(zapcore.NewJSONEncoder).Info("outside")
	all()
}

// core makes a logger that writes no time.
func core(encoder func(zapcore.EncoderConfig) zapcore.Encoder, more ...zapcore.Core) *zap.Logger {
	c := zap.NewProductionEncoderConfig()
	c.TimeKey = ""
	c.EncodeCaller = func(caller zapcore.EntryCaller, enc zapcore.PrimitiveArrayEncoder) {
		enc.AppendString(fmt.Sprint("line ", caller.Line))
	}
	all := append([]zapcore.Core{zapcore.NewCore(encoder(c), zapcore.Lock(os.Stdout), zap.InfoLevel)}, more...)
	return zap.New(zapcore.NewTee(all...), zap.AddCaller())
}

//dd:trace everything
func all() {
	l := core(zapcore.NewJSONEncoder)
	l.Info("json", zap.Int("a", 1))
	l.Info("no fields")
	l.With(zap.Int("w", 1)).Info("with", zap.Int("a", 1))
	l.With(zap.Int("w", 1), zap.Namespace("n"), zap.Int("x", 2)).Info("namespace", zap.Int("a", 1))
	l.With(zap.Namespace("n")).With(zap.Namespace("m")).Info("namespaces")
	l.Info("a namespace of its own", zap.Namespace("n"), zap.Int("a", 1))
	l.Sugar().Infow("sugar", "a", 1)
	l.Sugar().Infof("sugar %d", 1)
	l.With(zap.String("dd.trace_id", "mine")).Info("has one")
	l.Info("has one", zap.String("dd.trace_id", "mine"))
	l.Debug("not enabled")
	if ce := l.Check(zap.InfoLevel, "checked"); ce != nil {
		inner(ce)
	}
	if ce := l.Check(zap.DebugLevel, "not checked"); ce != nil {
		panic("enabled")
	} else {
		ce.Write(zap.Int("a", 1))
	}
	console := core(zapcore.NewConsoleEncoder)
	console.Info("console", zap.Int("a", 1))
	console.With(zap.Namespace("n")).Info("console namespace", zap.Int("a", 1))
	seen, logs := observer.New(zap.InfoLevel)
	core(zapcore.NewJSONEncoder, seen).Info("tee", zap.Int("a", 1))
	var words []string
	for key, value := range logs.All()[0].ContextMap() {
		words = append(words, fmt.Sprint(key, "=", value))
	}
	sort.Strings(words)
	fmt.Println(strings.Join(words, " "))
	zap.NewStdLog(l).Print("by way of log")
	undo := zap.RedirectStdLog(l)
	log.Print("redirected")
	undo()
	defer func() { fmt.Printf("%q\n", recover()) }()
	l.Panic("panics")
}

//dd:trace inner
func inner(ce *zapcore.CheckedEntry) { ce.Write(zap.Int("a", 1)) }
