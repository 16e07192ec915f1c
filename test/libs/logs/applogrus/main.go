// Command applogrus logs by logrus in all its ways.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/sirupsen/logrus"
)

func main() {
	l := logrus.New()
	l.SetOutput(os.Stdout)
	l.SetFormatter(&logrus.JSONFormatter{DisableTimestamp: true})
	l.Info("outside")
	all(context.Background(), l)
}

type hook struct{}

func (hook) Levels() []logrus.Level { return logrus.AllLevels }
func (hook) Fire(e *logrus.Entry) error {
	words := []string{"hook " + e.Message}
	for key, value := range e.Data {
		words = append(words, fmt.Sprint(key, "=", value))
	}
	sort.Strings(words[1:])
	fmt.Println(strings.Join(words, " "))
	return nil
}

//dd:trace everything
func all(ctx context.Context, l *logrus.Logger) {
	l.Info("json")
	l.WithField("a", 1).WithError(errors.New("e")).Warn("fields")
	e := l.WithField("a", 1)
	e.Info("entry")
	inner(ctx, e)
	e.Info("entry again")
	l.WithContext(ctx).Info("context")
	l.WithField("dd.trace_id", "mine").Info("has one")
	l.Debug("not enabled")
	l.SetFormatter(&logrus.JSONFormatter{DisableTimestamp: true, DataKey: "data"})
	e.Info("data key")
	l.SetFormatter(&logrus.JSONFormatter{DisableTimestamp: true, DataKey: "data", PrettyPrint: true})
	e.Info("pretty data key")
	l.SetFormatter(&logrus.TextFormatter{DisableTimestamp: true, DisableColors: true})
	e.Info("text")
	l.SetFormatter(&logrus.JSONFormatter{DisableTimestamp: true})
	l.AddHook(hook{})
	l.Info("hooked")
	fmt.Println(len(e.Data))
	defer func() { fmt.Printf("%v\n", recover().(*logrus.Entry).Message) }()
	l.Panic("panics")
}

// inner logs with the context of another span than the goroutine's.
//
//dd:trace inner
func inner(ctx context.Context, e *logrus.Entry) {
	e.Info("inner")
	done := make(chan bool)
	go func() {
		defer close(done)
		elsewhere(ctx, e, e.WithContext(ctx))
	}()
	<-done
}

//dd:trace elsewhere root
func elsewhere(_ context.Context, e, of *logrus.Entry) {
	e.Info("elsewhere")
	of.Info("elsewhere, by context")
}
