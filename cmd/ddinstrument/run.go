package main

import (
	"github.com/spf13/cobra"

	"github.com/ddinstrument/ddinstrument/overlay"
)

const runHelp = `
Flags, package or files, and arguments are those of go run (go help run).
ddinstrument run ends with the program's own exit status, hands on the signals
that it gets, and leaves standard input to the program.

When nothing answers at the agent's address, the traces are received here and
shown on standard error when the program ends:

	--view=tree   as a tree (the default)
	--view=json   one span a line, for scripts
	--view=web    in a browser, as they come, at an address that is printed; in a
	              terminal, until Ctrl-C after the program's end
	--view=off    not at all; they go to the agent, if it comes up

With DD_TRACE_AGENT_URL or DD_TRACE_OTLP_ENDPOINT set, they always go there.

	ddinstrument run ./cmd/shop -port 8080`

func (a *app) runCommand() *cobra.Command {
	c := a.wrapper("run", "Compile and run a program, traced: go run with spans", runHelp, viewFlag,
		func(cmd *overlay.Command, b *overlay.Build) error {
			if !b.Runs(cmd) {
				var err error
				a.status, err = b.Go(cmd, a.env, a.streams())
				return err
			}
			exe, status, err := b.Program(cmd, a.env, a.streams())
			if err != nil || !status.OK() {
				a.status = status
				return err
			}
			return a.viewed(cmd, b, func(env []string) (overlay.Status, error) {
				return overlay.Exec(cmd, exe, env, a.streams())
			})
		})
	c.Use = "run [flags of go run] package [arguments]"
	return c
}

const testHelp = `
Flags and packages are those of go test (go help test), those of the test binary
included. A cached result stays cached, and sends no spans.

When nothing answers at the agent's address, the traces are received here and
shown on standard error at the end, as for ddinstrument run (--view).

	ddinstrument test -race ./...`

func (a *app) testCommand() *cobra.Command {
	return a.wrapper("test", "Test packages, traced: go test with spans", testHelp, viewFlag,
		func(cmd *overlay.Command, b *overlay.Build) error {
			return a.viewed(cmd, b, func(env []string) (overlay.Status, error) {
				return b.Go(cmd, env, a.streams())
			})
		})
}
