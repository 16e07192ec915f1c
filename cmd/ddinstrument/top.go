package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ddinstrument/ddinstrument/agent/term"
	"github.com/ddinstrument/ddinstrument/overlay"
)

const topHelp = `Show services and resources live.

The numbers are those of a development agent that runs (ddinstrument agent): rate,
errors, and latencies of each service and of each kind of request, of the last
minute. They are refreshed every second; into a file or pipe, they are printed
once.

  q quit     / filter, Esc shows all again     w last minute, or all time
  j k        scroll; space and page keys too
  a n r e    sort by name, requests, rate, errors
  5 9 0 t    sort by p50, p95, p99, time; the same key again the other way round

	ddinstrument agent top`

func (a *app) topCommand() *cobra.Command {
	var url string
	c := &cobra.Command{
		Use:                   "top [--agent URL]",
		Short:                 "Show services and resources live",
		Long:                  topHelp,
		Args:                  cobra.NoArgs,
		DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, stop := untilEnded(c.Context())
			defer stop()
			return a.top(ctx, strings.TrimRight(url, "/"))
		},
	}
	c.Flags().StringVar(&url, "agent", "http://"+defaultUI, "`URL` of the agent's pages, as it prints it")
	c.SetFlagErrorFunc(usageError)
	return c
}

func (a *app) top(ctx context.Context, url string) error {
	if !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://") {
		return fmt.Errorf("%w: --agent %s: want http://HOST:PORT", overlay.ErrUsage, url)
	}
	source := numbersOf(url)
	const window = time.Minute // as top begins
	first, err := source(ctx, window)
	if err != nil {
		return fmt.Errorf("%w; start ddinstrument agent, or say where its pages are: --agent URL, as it prints it", err)
	}
	title := "ddinstrument agent top · " + url
	if !a.isScreen() {
		return term.Print(a.out, title, first, a.columns(a.out, 100))
	}
	return term.Top(ctx, a.in.(*os.File), a.out.(*os.File), title, first, source, a.colored(a.out))
}

// isScreen reports whether there is a terminal that can be drawn on, and typed
// at: one that calls itself dumb knows no escape sequences (Emacs' shell is one).
func (a *app) isScreen() bool {
	return isTerminal(a.in) && isTerminal(a.out) && overlay.Getenv(a.env)("TERM") != "dumb"
}

// numbersOf reads the numbers that a development agent's pages show.
func numbersOf(url string) term.Source {
	client := &http.Client{Timeout: 5 * time.Second}
	return func(ctx context.Context, window time.Duration) (s term.Snapshot, err error) {
		query := ""
		if window > 0 {
			query = "?window=" + window.String()
		}
		err = errors.Join(
			getJSON(ctx, client, url+"/api/services"+query, &s.Services),
			getJSON(ctx, client, url+"/api/resources"+query, &s.Resources))
		if err != nil {
			// One reason is enough.
			reason, _, _ := strings.Cut(err.Error(), "\n")
			return s, fmt.Errorf("there are no numbers at %s: %s", url, reason)
		}
		return s, nil
	}
}
