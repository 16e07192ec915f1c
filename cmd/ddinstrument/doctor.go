package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ddinstrument/ddinstrument/agent/readable"
	"github.com/ddinstrument/ddinstrument/overlay"
	"github.com/ddinstrument/ddinstrument/runtime/agentaddr"
)

const doctorHelp = `
It goes the way of a span, hop by hop: the go command, the runtime in a small
program of its own, the directives, the build, go.mod, the agent. For each it
says that it is fine, or what is wrong and what to do. The exit status is 1 when
anything is wrong. The agent gets one span, of the service ddinstrument-doctor,
which it does not send on.

With --json, all of it is printed as JSON. --ui says where the pages of ddinstrument
agent are, if not at http://127.0.0.1:8127: they say whether the span has come in.
Build flags such as -tags have go's meaning.

	ddinstrument doctor ./...`

// States of a hop.
const (
	fine    = "ok"
	wrong   = "wrong"
	skipped = "skipped"
)

// A finding is what there is to say of a hop.
type finding struct {
	Hop   string `json:"hop"`
	State string `json:"state"`        // ok, wrong or skipped
	Found string `json:"found"`        // what is so
	Do    string `json:"do,omitempty"` // what to do about it
}

func ok(format string, args ...any) finding {
	return finding{State: fine, Found: fmt.Sprintf(format, args...)}
}

// bad is a finding of what is wrong.
func bad(do, format string, args ...any) finding {
	return finding{State: wrong, Found: fmt.Sprintf(format, args...), Do: do}
}

func skip(why string) finding { return finding{State: skipped, Found: why} }

// An examination is one run of doctor: what the hops find out for those after
// them.
type examination struct {
	*app
	ctx     context.Context
	cmd     *overlay.Command
	getenv  func(string) string
	module  string             // the path of the user's go.mod, "" without
	going   bool               // the go command works in the module
	build   *overlay.Build     // nil when the packages do not load
	addr    *agentaddr.Address // nil when spans do not go to an agent
	otlp    string             // OpenTelemetry's receiver, if they go there
	client  *http.Client       // to the agent
	reached bool
	info    *agentInfo
	sent    *testSpan // nil when it was not accepted
}

// hops are in the order in which a span passes them.
var hops = []struct {
	name string
	look func(*examination) finding
}{
	{"go", (*examination).goCommand},
	{"runtime", (*examination).runtime},
	{"directives", (*examination).directives},
	{"build", (*examination).overlaid},
	{"go.mod", (*examination).required},
	{"settings", (*examination).settings},
	{"address", (*examination).address},
	{"connection", (*examination).connection},
	{"/info", (*examination).askInfo},
	{"test span", (*examination).sendSpan},
	{"seen", (*examination).seeSpan},
	{"clock", (*examination).clock},
}

func (a *app) doctorCommand() *cobra.Command {
	c := a.command("doctor", "Find out why spans do not arrive", doctorHelp, map[string]bool{"ui": true}, func(c *cobra.Command, cmd *overlay.Command) error {
		if len(cmd.Patterns) == 0 {
			cmd.Patterns = []string{"./..."}
		}
		x := &examination{app: a, ctx: c.Context(), cmd: cmd, getenv: overlay.Getenv(a.env)}
		list := x.examine(!isSet(cmd, "json"))
		if isSet(cmd, "json") {
			enc := json.NewEncoder(a.out)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "\t")
			if err := enc.Encode(list); err != nil {
				return err
			}
		}
		return verdict(list)
	})
	c.Use = "doctor [--json] [--ui URL] [build flags] [packages]"
	return c
}

// examine goes from hop to hop, and prints each finding as it comes.
func (x *examination) examine(print bool) []finding {
	var list []finding
	for _, hop := range hops {
		done := x.progress(hop.name)
		f := hop.look(x)
		done()
		f.Hop = hop.name
		list = append(list, f)
		if print {
			fmt.Fprint(x.out, f.text())
		}
	}
	return list
}

// progress says on a terminal what is going on, until it is done.
func (x *examination) progress(hop string) (done func()) {
	if !isTerminal(x.err) || x.getenv("TERM") == "dumb" {
		return func() {}
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for seconds := 0; ; seconds++ {
			fmt.Fprintf(x.err, "\r        %-12s  ... %ds", hop, seconds)
			select {
			case <-tick.C:
			case <-stop:
				fmt.Fprint(x.err, "\r\x1b[K")
				return
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
	}
}

// text is a finding for people: what was found beside the hop's name, what to
// do below it.
func (f finding) text() string {
	mark := map[string]string{fine: "ok", wrong: "WRONG", skipped: "-"}[f.State]
	const column = "\n                      "
	text := fmt.Sprintf("%-7s %-12s  %s", mark, f.Hop, strings.Join(cleanLines(f.Found), column))
	if f.Do != "" {
		text += column + "→ " + strings.Join(cleanLines(f.Do), column+"  ")
	}
	return text + "\n"
}

// cleanLines are the lines of a text, fit for a terminal: whatever answers in
// the agent's place has said a part of it.
func cleanLines(text string) []string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		lines[i] = line[:indent] + readable.Clean(line[indent:])
	}
	return lines
}

func verdict(list []finding) error {
	for _, f := range list {
		if f.State == wrong {
			return errSaid
		}
	}
	return nil
}
