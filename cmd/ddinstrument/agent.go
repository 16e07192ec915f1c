package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"
	xterm "golang.org/x/term"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/agent/term"
	"github.com/ddinstrument/ddinstrument/overlay"
)

const agentHelp = `Receive traces on this machine, and show them.

Any Datadog tracer sends its traces here without being told to, for this is where
the Datadog agent listens, and so does one of OpenTelemetry's that sends OTLP/HTTP.
Nothing goes any further. All of it is shown by pages for a browser, at
http://127.0.0.1:8127, and each trace is printed when it has finished:

  (nothing)  a line each
  -v         a tree each
  --json     a line of JSON each: {"trace_id", "spans": [{"name", ...}]}; again,
             in full, when spans come later

The last traces are kept in memory. --save appends them to a file, a line of JSON
each, and --open reads such a file.

	ddinstrument agent
	ddinstrument agent --listen unix:///tmp/apm.socket --save traces.jsonl
	ddinstrument agent top`

// agentFlags are the flags of ddinstrument agent.
type agentFlags struct {
	listen        []string
	otlp, ui      string
	memory        string
	save, open    string
	verbose, json bool
}

func (a *app) agentCommand() *cobra.Command {
	var f agentFlags
	c := &cobra.Command{
		Use:                   "agent [flags]",
		Short:                 "Receive traces on this machine, and show them",
		Long:                  agentHelp,
		Args:                  cobra.NoArgs,
		DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, stop := untilEnded(c.Context())
			defer stop()
			return a.agent(ctx, f)
		},
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.listen, "listen", []string{"127.0.0.1:8126"}, "receive traces at this `address`, HOST:PORT or unix:///path; may be repeated")
	flags.StringVar(&f.otlp, "otlp", "127.0.0.1:4318", "receive OpenTelemetry's at this `address`, or off")
	flags.StringVar(&f.ui, "ui", defaultUI, "show pages for a browser at this `address`, or off")
	flags.StringVar(&f.memory, "memory", "128MiB", "keep traces up to this `size`; then the oldest are let go")
	flags.StringVar(&f.save, "save", "", "append traces to a `file`")
	flags.StringVar(&f.open, "open", "", "read traces from a `file` first")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "print a tree for each trace")
	flags.BoolVar(&f.json, "json", false, "print a line of JSON for each trace")
	c.SetFlagErrorFunc(usageError)
	c.AddCommand(a.topCommand())
	return c
}

// untilEnded is a context that ends when the user, or whoever ends programs,
// wants this one to end. Who wants it twice does not wait for it.
func untilEnded(ctx context.Context) (context.Context, context.CancelFunc) {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(ctx, signals...)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// usageError is what a flag that is wrong gives.
func usageError(_ *cobra.Command, err error) error {
	return fmt.Errorf("%w: %w", overlay.ErrUsage, err)
}

// agent runs the development agent until ctx ends.
func (a *app) agent(ctx context.Context, f agentFlags) (err error) {
	memory, err := parseSize(f.memory)
	if err != nil {
		return fmt.Errorf("%w: --memory: %w", overlay.ErrUsage, err)
	}
	if f.verbose && f.json {
		return fmt.Errorf("%w: -v and --json are two ways to print: choose one", overlay.ErrUsage)
	}
	limitMemory(memory)
	running, err := startAgent(f, memory)
	if err != nil {
		return err
	}
	defer func() {
		if failed := running.close(); err == nil {
			err = failed
		}
	}()
	store := running.server.Store()
	if f.open != "" {
		switch err := store.Open(f.open); {
		case errors.Is(err, agent.ErrCut):
			fmt.Fprintf(a.err, "ddinstrument: %v; all other traces are read\n", err)
		case err != nil:
			return err
		}
	}
	if f.save != "" {
		if running.saver, err = store.Save(f.save); err != nil {
			return err
		}
	}
	// What is printed about itself is no trace: scripts read those.
	for _, line := range running.lines() {
		fmt.Fprintln(a.err, line)
	}
	if err := term.Follow(ctx, store, a.out, a.err, a.followOptions(f)); err != nil {
		return err
	}
	t := store.Totals()
	fmt.Fprintf(a.err, "ddinstrument: received %d spans, kept %d traces\n", t.ReceivedSpans, t.Traces)
	return nil
}

// limitMemory keeps the process not far above the traces' budget: by itself Go
// lets the heap grow to twice of what is in use.
func limitMemory(budget int64) {
	const besides = 32 << 20 // the program itself, and payloads being decoded
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(budget + budget/8 + besides)
	}
}

func (a *app) followOptions(f agentFlags) term.Options {
	opts := term.Options{Terminal: isTerminal(a.out), Color: a.colored(a.out), Width: func() int { return a.columns(a.out, 0) }}
	opts.Dir, _ = os.Getwd()
	switch {
	case f.verbose:
		opts.Form = term.Trees
	case f.json:
		opts.Form = term.JSON
	}
	return opts
}

// isTerminal reports whether people read, or write, at the other end.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && xterm.IsTerminal(int(f.Fd()))
}

// columns is how wide lines may be, if anything says so.
func (a *app) columns(w io.Writer, otherwise int) int {
	if f, ok := w.(*os.File); ok {
		if columns, _, err := xterm.GetSize(int(f.Fd())); err == nil && columns > 0 {
			return columns
		}
	}
	if columns, err := strconv.Atoi(overlay.Getenv(a.env)("COLUMNS")); err == nil && columns > 0 {
		return columns
	}
	return otherwise
}
