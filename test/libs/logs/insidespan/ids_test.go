package insidespan

import (
	"bytes"
	"context"
	"log"
	"log/slog"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// TestRemote logs with a context that has brought a span from another process, and none of this one.
func TestRemote(t *testing.T) {
	ctx := tracer.Extract(tracer.TextMap{"x-datadog-trace-id": "234", "x-datadog-parent-id": "4321"}).Context(context.Background())
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).InfoContext(ctx, "remote")
	if want := "dd.trace_id=234 dd.span_id=4321\n"; !strings.HasSuffix(b.String(), want) {
		t.Errorf("it logs %s, want %s at the end", &b, want)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// TestAllocations counts what a record costs in a span. Plain, it is the same but for zap.
func TestAllocations(t *testing.T) {
	ctx, span := tracer.Trace(context.Background(), "allocations")
	defer span.Finish()
	s := slog.New(slog.NewJSONHandler(discard{}, nil))
	l := log.New(discard{}, "", log.LstdFlags)
	z := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(discard{}), zap.InfoLevel))
	for name, row := range map[string]struct {
		log  func()
		most float64
	}{
		"slog":         {func() { s.Info("message", "a", 1) }, 0},
		"slog context": {func() { s.InfoContext(ctx, "message", "a", 1) }, 0},
		"slog quiet":   {func() { s.DebugContext(ctx, "message", "a", 1) }, 0},
		"log":          {func() { l.Print("message") }, 0},
		"zap":          {func() { z.Info("message", zap.Int("a", 1)) }, 3},
	} {
		if n := testing.AllocsPerRun(100, row.log); n > row.most {
			t.Errorf("%s: %v allocations, want %v", name, n, row.most)
		}
	}
}
