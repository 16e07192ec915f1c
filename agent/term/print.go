package term

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/agent/readable"
)

// printJSON writes each trace as one line, as package agent describes it. One
// that grew after it was printed is printed again, in full.
func (f *follower) printJSON(list []agent.Summary) error {
	for _, s := range list {
		t, ok := f.store.Trace(s.ID)
		if !ok {
			continue // let go meanwhile: the notes say so
		}
		line, err := json.Marshal(&t)
		if err != nil {
			return fmt.Errorf("print a trace as JSON: %w", err)
		}
		if _, err := f.out.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return nil
}

func (f *follower) printTrees(list []agent.Summary) error {
	list, more := f.some(list, crowdTrees)
	var traces []agent.Trace
	for _, s := range list {
		if t, ok := f.store.Trace(s.ID); ok {
			traces = append(traces, t)
		}
	}
	if len(traces) == 0 {
		return nil
	}
	var b bytes.Buffer
	opts := agent.TreeOptions{Width: f.Width(), Color: f.Color, Dir: f.Dir}
	if !f.Terminal {
		opts.MaxLines = -1 // who has it in a file can search it
	}
	if err := agent.WriteTree(&b, traces, opts); err != nil {
		return err
	}
	// The last line counts traces: of interest at a program's end, not after
	// every few of them.
	text := strings.TrimRight(b.String(), "\n")
	if end := strings.LastIndexByte(text, '\n'); end >= 0 {
		text = text[:end+1]
	}
	if _, err := io.WriteString(f.out, text); err != nil {
		return err
	}
	return f.printMore(more)
}

// layout keeps the columns of lines where they are: they only grow.
type layout struct{ service, name int }

// The widest that these columns become.
const (
	maxService = 20
	maxName    = 32
)

// line is a trace on one line of so many columns, 0 for any number: when it
// began, how long it took, what it was, and how it went. Words say it too where
// there is no colour.
func (l *layout) line(s agent.Summary, columns int, p painter) string {
	mark, style := " ", ""
	if s.Failed {
		mark = "✗"
	}
	if s.Errors > 0 {
		style = red
	}
	head := time.Unix(0, s.Start).Format("15:04:05") + " " + mark + readable.Right(readable.Duration(s.Duration), 7)
	facts := factsOf(s)
	service, name, resource := readable.Clean(s.Service), readable.Clean(s.Name), ""
	if s.Resource != s.Name {
		resource = readable.Clean(s.Resource)
	}
	l.service = max(l.service, min(readable.Width(service), maxService))
	l.name = max(l.name, min(readable.Width(name), maxName))
	w := [...]int{l.service, l.name, readable.Width(resource)}
	if columns > 0 {
		w = l.within(columns-readable.Width(head), readable.Width(facts))
	}
	line := p.paint(style, head) + "  " + p.paint(cyan, readable.Fit(service, w[0])) + "  " + p.paint(bold, readable.Fit(name, w[1])) + "  "
	if w[2] > 0 {
		line += readable.Fit(resource, w[2]) + "  "
	}
	return line + p.paint(style, facts)
}

// within shares the room among service, name and resource. Where the first two
// stand depends on no single line.
func (l *layout) within(room, facts int) (w [3]int) {
	const (
		usual = 18 // what the facts take
		gaps  = 8
	)
	room = max(room-usual-gaps, 0)
	w[0], w[1] = min(l.service, max(room/4, 6)), min(l.name, max(room*2/5, 8))
	w[2] = room - w[0] - w[1] - max(facts-usual, 0)
	if w[2] < 8 {
		w[2] = 0
	}
	return w
}

// factsOf says how a trace went.
func factsOf(s agent.Summary) string {
	facts := readable.Plural(s.Spans, "span")
	if s.Errors > 0 {
		facts += ", " + readable.Plural(s.Errors, "error")
	}
	if !s.Finished {
		facts += ", no root"
	}
	if n := len(s.Services); n > 1 {
		facts += ", " + readable.Plural(n, "service")
	}
	return facts
}

// notes tell of what goes on in a store, each kind of thing now and then.
type notes struct {
	w                io.Writer
	dropped, refused note
	failed           string // the last that was said of the file
}

// a note is a number that grows.
type note struct {
	told uint64
	at   time.Time
}

// noteEvery is how long it takes until the same is told again.
const noteEvery = 30 * time.Second

func newNotes(w io.Writer) *notes { return &notes{w: w} }

// due reports whether the number is to be told.
func (n *note) due(now uint64, at time.Time) bool {
	if now <= n.told || !n.at.IsZero() && at.Sub(n.at) < noteEvery {
		return false
	}
	n.told, n.at = now, at
	return true
}

func (n *notes) look(t agent.Totals, now time.Time) {
	if t.SaveFailed != n.failed {
		n.failed = t.SaveFailed
		fmt.Fprintf(n.w, "ddinstrument: %s; from now on, no traces are saved\n", readable.Clean(t.SaveFailed))
	}
	if n.dropped.due(uint64(t.Dropped), now) {
		fmt.Fprintf(n.w, "ddinstrument: the oldest traces are let go, %s so far: more than %s do not fit (--memory)\n",
			readable.Count(t.Dropped), size(t.Budget))
	}
	if n.refused.due(t.Refused, now) {
		fmt.Fprintf(n.w, "ddinstrument: %s refused so far, the last one: %s\n", readable.Plural(t.Refused, "payload"), readable.Clean(t.LastRefused))
	}
}

// size writes a number of bytes.
func size(n int64) string {
	for _, unit := range []struct {
		name string
		n    int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= unit.n {
			return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/float64(unit.n)), ".0") + " " + unit.name
		}
	}
	return readable.Plural(int(n), "byte")
}
