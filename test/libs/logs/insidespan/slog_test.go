// Package insidespan asks the handlers of log/slog and of others, by the standard library's own questions, in a span.
package insidespan

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/slogtest"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"go.uber.org/zap/exp/zapslog"
	"go.uber.org/zap/zapcore"
)

// TestMain runs nothing where the loggers are not traced: ../logs_test.go has these tests run by ddinstrument.
func TestMain(m *testing.M) {
	if os.Getenv("LOGGERS_TRACED") == "" {
		fmt.Println("not traced")
		return
	}
	os.Exit(m.Run())
}

func TestHandlers(t *testing.T) {
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		"multi": func(b *bytes.Buffer) slog.Handler {
			return slog.NewMultiHandler(slog.NewJSONHandler(b, nil), slog.NewTextHandler(new(bytes.Buffer), nil))
		},
		"zap": func(b *bytes.Buffer) slog.Handler {
			enc := zapcore.NewJSONEncoder(zapcore.EncoderConfig{MessageKey: "msg", LevelKey: "level", TimeKey: "time",
				EncodeLevel: zapcore.CapitalLevelEncoder, EncodeTime: zapcore.RFC3339TimeEncoder})
			return zapslog.NewHandler(zapcore.NewCore(enc, zapcore.AddSync(b), zapcore.DebugLevel))
		},
	} {
		var b *bytes.Buffer
		slogtest.Run(t, func(t *testing.T) slog.Handler {
			if name == "zap" && strings.HasSuffix(t.Name(), "/zero-time") {
				t.Skip("zap writes a time of zero")
			}
			_, span := tracer.Trace(context.Background(), t.Name())
			t.Cleanup(func() { span.Finish() })
			b = new(bytes.Buffer)
			return handler(b)
		}, func(t *testing.T) map[string]any {
			m := map[string]any{}
			if err := json.Unmarshal(b.Bytes(), &m); err != nil {
				t.Fatalf("%v: %s", err, b)
			}
			if n := bytes.Count(b.Bytes(), []byte("dd.trace_id")); n != 1 {
				t.Errorf("ids are there %d times: %s", n, b)
			}
			if _, top := m["dd.trace_id"]; !top {
				t.Errorf("no ids at the top level: %s", b)
			}
			return m
		})
	}
}
