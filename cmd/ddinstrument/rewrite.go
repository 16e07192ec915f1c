package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/overlay"
)

// gofmtHelp says what the flags of rewrite and strip are.
const gofmtHelp = `
The flags are gofmt's. Without one, what the files become is printed.

	-l        list the files that would change
	-d        print a diff of them
	-w        write them
`

const rewriteHelp = `
What ddinstrument build inserts during the build is put into the sources of the
packages (.), to be read, reviewed and built by plain go. It follows the
directives: run again, it changes nothing; what belongs to a directive that has
changed or gone changes or goes with it. ddinstrument strip takes it out.
` + gofmtHelp + `	--force   overwrite inserted code that has been edited since
	--mod     with -w: let go.mod require the runtime, by go get

With -l or -d, and without -w, the exit status is 1 when a file would change.
Every file is replaced by a rename, never written in part; other hard links to
it keep what it was.

	ddinstrument rewrite -w ./...

keeps itself up to date as

	//go:generate go tool ddinstrument rewrite -w .

in a module that has ddinstrument as a tool.`

const stripHelp = `
What ddinstrument rewrite has put into the sources of the packages (.) is taken
out again: each file is what it was, to the byte, but for what has been edited
since, which stays.
` + gofmtHelp + `	--force   take out inserted code even where it has been edited since

With -l or -d, and without -w, the exit status is 1 when a file would change.

	ddinstrument strip -w ./...`

// A planner says what becomes of the files of a command's packages.
type planner func(context.Context, *overlay.Command, []string) (*overlay.Changes, error)

func (a *app) rewriteCommand() *cobra.Command {
	own := map[string]bool{"l": false, "d": false, "w": false, "force": false, "mod": false}
	c := a.inPlace("rewrite", "Put the spans into the sources, as gofmt puts the format", rewriteHelp, own, overlay.Rewrite)
	c.Use = "rewrite [-l] [-d] [-w] [--force] [--mod] [build flags] [packages]"
	return c
}

func (a *app) stripCommand() *cobra.Command {
	own := map[string]bool{"l": false, "d": false, "w": false, "force": false}
	c := a.inPlace("strip", "Take the spans out of the sources again", stripHelp, own, overlay.Strip)
	c.Use = "strip [-l] [-d] [-w] [--force] [build flags] [packages]"
	c.Long = strings.TrimSuffix(c.Long, rulesHelp)
	return c
}

// inPlace makes a command that changes sources.
func (a *app) inPlace(verb, short, long string, own map[string]bool, plan planner) *cobra.Command {
	return a.command(verb, short, long, own, func(c *cobra.Command, cmd *overlay.Command) error {
		if len(cmd.Patterns) == 0 {
			cmd.Patterns = []string{"."}
		}
		if err := placeable(cmd); err != nil {
			return err
		}
		a.collectLess()
		ch, err := a.changes(c.Context(), cmd, plan)
		if err != nil {
			return err
		}
		if ownSet(cmd, "mod") && len(ch.Modules) > 0 {
			if err := a.require(cmd, ch.Modules); err != nil {
				return err
			}
			// Other versions may have come with it, and other types.
			if ch, err = a.changes(c.Context(), cmd, plan); err != nil {
				return err
			}
		}
		return a.deliver(cmd, ch)
	})
}

// plenty is how much memory, in bytes, is used before any is collected.
const plenty = 512 << 20

// collectLess has the garbage collector wait: the process ends soon, and what it
// reads, it needs to the end. The user's own settings count.
func (a *app) collectLess() {
	getenv := overlay.Getenv(a.env)
	if getenv("GOGC") == "" && getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(-1)
		debug.SetMemoryLimit(plenty)
	}
}

// placeable refuses what has no meaning for sources.
func placeable(cmd *overlay.Command) error {
	usage := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s "+format, append([]any{overlay.ErrUsage, cmd.Verb}, args...)...)
	}
	for _, p := range cmd.Patterns {
		switch {
		case strings.HasSuffix(p, ".go"):
			return usage("takes packages, not files: %s", p)
		case strings.Contains(p, "@"):
			return usage("takes packages whose sources are yours, not versions: %s", p)
		case strings.HasPrefix(p, "-"):
			return usage("takes flags before packages: %s", p)
		}
	}
	_, overlaid := cmd.Flag("overlay")
	switch {
	case overlaid:
		return usage("changes the files that are there, and takes no -overlay")
	case isSet(cmd, "n"):
		return usage("has no -n; -l lists what would change, and -d shows it")
	case ownSet(cmd, "mod") && !ownSet(cmd, "w"):
		return usage("writes go.mod with -w only, not with --mod alone; the go command's flag is -mod")
	case cmd.Verb == "strip" && (cmd.All || len(cmd.Trace) > 0):
		return usage("takes out whatever is there, and no rules")
	}
	return nil
}

// changes plans, and prints what there is to say about directives and about
// what stands in the way.
func (a *app) changes(ctx context.Context, cmd *overlay.Command, plan planner) (*overlay.Changes, error) {
	ch, err := twice(a, cmd, func() (*overlay.Changes, error) { return plan(ctx, cmd, a.env) })
	if err != nil {
		if errors.Is(err, errGo) {
			a.status = overlay.Status{Code: failed}
		}
		return nil, err
	}
	a.diagnose(cmd, ch.Diagnostics)
	if directives.Wrong(ch.Diagnostics) {
		return nil, errSaid
	}
	if len(ch.Missing) > 0 {
		fmt.Fprintln(a.err, strings.Join(ch.Missing, "\n"))
		a.status = overlay.Status{Code: failed}
		return nil, errGo
	}
	if len(ch.Edited) > 0 && !ownSet(cmd, "force") {
		a.diagnose(cmd, ch.Edited)
		return nil, errSaid
	}
	return ch, nil
}

// diagnose prints diagnostics, with files as the go command names them.
func (a *app) diagnose(cmd *overlay.Command, list []directives.Diagnostic) {
	for _, d := range list {
		d.Pos.Filename = a.short(cmd, d.Pos.Filename)
		fmt.Fprintln(a.err, d)
	}
}

// deliver does with changes what the flags say.
func (a *app) deliver(cmd *overlay.Command, ch *overlay.Changes) error {
	list, diff, write := ownSet(cmd, "l"), ownSet(cmd, "d"), ownSet(cmd, "w")
	if write {
		if err := overlay.Write(ch.Files); err != nil {
			return err
		}
	}
	color := a.colored(a.out)
	for _, c := range ch.Files {
		path := a.short(cmd, c.Path)
		if list {
			fmt.Fprintln(a.out, path)
		}
		if diff {
			a.out.Write(diffOf(path, c, color))
		}
		if !list && !diff && !write {
			a.out.Write(c.New)
		}
	}
	if write || !list && !diff {
		a.hint(cmd, ch.Modules)
	}
	if !write && (list || diff) && len(ch.Files) > 0 {
		return errSaid
	}
	return nil
}

// ownSet reports whether a flag of the command's own is set.
func ownSet(cmd *overlay.Command, name string) bool { return cmd.Own[name] == "true" }
