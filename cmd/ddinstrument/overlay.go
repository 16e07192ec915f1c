package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ddinstrument/ddinstrument/overlay"
)

func (a *app) overlayCommand() *cobra.Command {
	return a.packagesCommand("overlay", "Write the overlay, and print GOFLAGS for an ordinary go command", `
The packages are ./... when none are named. What is printed is the whole value
of GOFLAGS, with what it holds already. Run it again when the sources have
changed.

	GOFLAGS=$(ddinstrument overlay) go build ./cmd/shop
	GOFLAGS=$(ddinstrument overlay) dlv debug ./cmd/shop`, "./...",
		func(cmd *overlay.Command, b *overlay.Build) error {
			if cmd.NamesFiles() {
				return fmt.Errorf("%w: overlay takes packages, not files", overlay.ErrUsage)
			}
			flags, err := b.GOFLAGS(cmd, a.env)
			if err != nil {
				return err
			}
			fmt.Fprintln(a.out, flags)
			return nil
		})
}

// toolCommand is how the go command runs its tools when coverage is measured.
func (a *app) toolCommand() *cobra.Command {
	return &cobra.Command{
		Use:                overlay.ToolExec,
		Hidden:             true,
		DisableFlagParsing: true,
		RunE: func(_ *cobra.Command, args []string) error {
			var err error
			a.status, err = overlay.RunTool(args, a.streams())
			return err
		},
	}
}
