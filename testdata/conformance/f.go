package conf

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"github.com/ddinstrument/ddinstrument/runtime/ddslog"
	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

func init() {
	add(map[string]func(){"F1": rowF1, "F2": rowF2, "F3": rowF3, "F4": rowF4, "F5": rowF5})
}

// masked prints lines with the active span's ids as TRACE and SPAN.
type masked struct{}

func (masked) Write(p []byte) (int, error) {
	ids := tracer.TextMap{}
	tracer.Inject(nil, ids)
	text := string(p)
	if span := ids["x-datadog-parent-id"]; span != "" {
		trace := ids["traceparent"][3:35]
		text = strings.NewReplacer(`"`+ids["x-datadog-trace-id"]+`"`, "TRACE64", `"`+span+`"`, "SPAN", `"`+trace+`"`, "TRACE", "="+trace, "=TRACE", "="+span, "=SPAN").Replace(text)
	}
	os.Stdout.WriteString(text)
	return len(p), nil
}

var (
	noTime = &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
			return slog.Attr{}
		}
		return a
	}}
	logger = slog.New(ddslog.New(slog.NewJSONHandler(masked{}, noTime)))
)

func rowF1() { logs(bg) }

//dd:trace logs service=other tag.env=own tag.version=own
func logs(ctx context.Context) { logger.InfoContext(ctx, "m") }

// rowF2: where no span is active, and after one.
func rowF2() {
	logger.Info("before")
	f()
	logger.Info("after")
}

func rowF3() { logsPlainly() }

//dd:trace logs
func logsPlainly() { logger.Info("m") }

func rowF4() {
	h := http.Header{}
	h.Set("x-datadog-trace-id", "234")
	h.Set("x-datadog-parent-id", "4321")
	logger.InfoContext(tracer.Extract(h).Context(bg), "m")
}

// rowF5 logs in groups, and by package log.
func rowF5() {
	slog.SetDefault(logger)
	logsInGroups()
	var b bytes.Buffer
	slog.SetDefault(slog.New(slog.NewTextHandler(&b, noTime)))
	log.SetOutput(masked{})
	log.SetFlags(0)
	ddslog.Install()
	logsByDefault()
	fmt.Println(b.Len() > 0, strings.Contains(b.String(), " dd.span_id="), strings.Contains(b.String(), "dd.span_id=0"))
}

//dd:trace logs
func logsInGroups() {
	logger.With("a", 1).WithGroup("g").With("b", 2).WithGroup("h").Info("m", "c", 3)
	inGoroutine(func() { slog.Info("goroutine") })
	log.Printf("%d", 7)
}

//dd:trace logs
func logsByDefault() {
	log.Printf("%d", 7)
	slog.Info("m")
}
