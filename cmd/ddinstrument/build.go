package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/ddinstrument/ddinstrument/overlay"
)

func (a *app) buildCommand() *cobra.Command {
	return a.goCommand("build", "Compile packages, traced: go build with spans", `
Flags and packages are those of go build (go help build).

	ddinstrument build -o shop ./cmd/shop`)
}

func (a *app) installCommand() *cobra.Command {
	return a.goCommand("install", "Compile and install packages, traced: go install with spans", `
Flags and packages are those of go install (go help install).

	ddinstrument install ./cmd/shop`)
}

func (a *app) vetCommand() *cobra.Command {
	return a.goCommand("vet", "Report likely mistakes in packages as they are when traced: go vet with spans", `
Flags and packages are those of go vet (go help vet).

	ddinstrument vet ./...`)
}

// goCommand makes a command that does what the go command does.
func (a *app) goCommand(verb, short, long string) *cobra.Command {
	return a.wrapper(verb, short, long, nil, func(cmd *overlay.Command, b *overlay.Build) error {
		var err error
		a.status, err = b.Go(cmd, a.env, a.streams())
		return err
	})
}

// rulesHelp ends the help of all commands that trace.
const rulesHelp = `

--trace RULE and --all trace what has no directive, as do the rules in
ddinstrument.yaml (ddinstrument help directives); --libs the libraries that the
program uses (ddinstrument help libs).`

// command makes a command with flags of the go command's: they are not cobra's
// to parse.
func (a *app) command(verb, short, long string, own map[string]bool, do func(*cobra.Command, *overlay.Command) error) *cobra.Command {
	return &cobra.Command{
		Use:                verb + " [flags of go " + verb + "] [packages]",
		Short:              short,
		Long:               short + ".\n" + long + rulesHelp,
		DisableFlagParsing: true, DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 && slices.Contains([]string{"-h", "-help", "--help"}, args[0]) {
				return c.Help()
			}
			cmd, err := overlay.ParseCommand(verb, args, own)
			if err != nil {
				return err
			}
			return do(c, cmd)
		},
	}
}

// wrapper makes a command that prepares a build and hands it on.
func (a *app) wrapper(verb, short, long string, own map[string]bool, do func(*overlay.Command, *overlay.Build) error) *cobra.Command {
	return a.command(verb, short, long, own, func(c *cobra.Command, cmd *overlay.Command) (err error) {
		b := &overlay.Build{}
		if verb == "run" && len(cmd.Patterns) == 0 {
			return do(cmd, b) // go run says what is missing
		}
		if !cmd.NamesVersions() {
			if b, err = a.prepare(c, cmd); err != nil {
				return err
			}
		}
		if !b.Linked && len(b.Missing) == 0 {
			fmt.Fprintf(a.err, "ddinstrument: there is nothing to trace: no package here holds a //dd:trace; --all traces every function, --libs known libraries\n")
		}
		return do(cmd, b)
	})
}

// twice plans, and where that fails has the go command say why. If it has
// nothing to say, it plans again: with -mod=mod the go command has mended go.mod
// by then.
func twice[T any](a *app, cmd *overlay.Command, plan func() (T, error)) (T, error) {
	planned, err := plan()
	if err == nil {
		return planned, nil
	}
	var ok bool
	if a.status, ok = overlay.Complain(cmd, a.env, a.streams()); !ok {
		return planned, errGo
	}
	return plan()
}

// prepare plans a build and prints what there is to say about the directives.
func (a *app) prepare(c *cobra.Command, cmd *overlay.Command) (*overlay.Build, error) {
	b, err := twice(a, cmd, func() (*overlay.Build, error) { return overlay.Prepare(c.Context(), cmd, a.env) })
	if err != nil {
		return nil, err
	}
	a.diagnose(cmd, b.Diagnostics)
	if b.Wrong() {
		return nil, errSaid
	}
	if cmd.Verb != "list" { // which shows them all
		a.unknownLibs(b)
	}
	return b, nil
}
