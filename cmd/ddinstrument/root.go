package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ddinstrument/ddinstrument/overlay"
)

// stream holds the standard streams that a command works with.
type stream struct {
	in       io.Reader
	out, err io.Writer
}

func (s stream) streams() overlay.Streams { return overlay.Streams{In: s.in, Out: s.out, Err: s.err} }

// An app is what all commands share.
type app struct {
	stream
	env    []string
	status overlay.Status // what this process ends with
}

// Exit statuses: fine, something to say, could not work.
const (
	said   = 1
	failed = 2
)

// errSaid ends a command that has printed what there was to say.
var errSaid = errors.New("said")

// errGo ends a command with the status of a go command that has printed what
// there was to say.
var errGo = errors.New("said by the go command")

// run runs the command line and returns how the process is to end.
func run(args []string, s stream, env []string) overlay.Status {
	a := &app{stream: s, env: env}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	err := root.Execute()
	switch {
	case err == nil, errors.Is(err, errGo):
	case errors.Is(err, errSaid):
		a.status = overlay.Status{Code: said}
	case errors.Is(err, overlay.ErrUsage):
		message := strings.TrimPrefix(err.Error(), overlay.ErrUsage.Error()+": ")
		fmt.Fprintf(s.err, "ddinstrument: %s\nRun 'ddinstrument help' for usage.\n", message)
		a.status = overlay.Status{Code: failed}
	default:
		fmt.Fprintf(s.err, "ddinstrument: %v\n", err)
		a.status = overlay.Status{Code: failed}
	}
	return a.status
}

const rootHelp = `ddinstrument traces Go programs with Datadog, from comments.

Put //dd:trace above a function, and every call of it is a span:

	//dd:trace sandwich.make resource={order.Kind} tag.slices={n}
	func (s *Shop) Make(ctx context.Context, order Order, n int) (*Sandwich, error) {

Then build, run or test with ddinstrument in the place of go. The spans are
inserted during the build; the sources and go.mod stay as they are.

	ddinstrument run ./cmd/shop

The spans go to the Datadog agent. When no agent answers, run and test receive
them and print them as a tree when the program ends; ddinstrument agent does so for
any number of programs, and shows them in a browser. When none arrive, ddinstrument
doctor says why.

All commands take rules that trace without a comment, from ddinstrument.yaml and
from the command line:

  --all          every function of the packages below
  --trace RULE   those that a rule names: './store/...:*Store.* service=orders'

--libs traces the libraries that a program uses, from net/http to Redis, with no
line of code; for run it is on by itself: ddinstrument help libs.`

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "ddinstrument",
		Short:         "Datadog tracing for Go programs from comments",
		Long:          rootHelp,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		a.buildCommand(), a.runCommand(), a.testCommand(), a.installCommand(), a.vetCommand(),
		a.checkCommand(), a.listCommand(), a.overlayCommand(), a.toolCommand(),
		a.rewriteCommand(), a.stripCommand(),
		a.agentCommand(), a.doctorCommand(),
		languageTopic(), libsTopic(),
	)
	return root
}

// version says which ddinstrument this is, and which Go built it.
func version() string {
	v := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		v = info.Main.Version
	}
	return v + " " + runtime.Version()
}
