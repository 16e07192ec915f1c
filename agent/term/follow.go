package term

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/ddinstrument/ddinstrument/agent"
)

// A Form is how traces are printed.
type Form int

// The forms: a line each, a tree each, or each as a line of JSON.
const (
	Lines Form = iota
	Trees
	JSON
)

const (
	// step is how long a Follower waits before it looks again.
	step = 100 * time.Millisecond
	// settled is how long a finished trace must not have grown: its other
	// services' spans may be on their way.
	settled = 300 * time.Millisecond
	// given is how long a trace without a root has to grow.
	given = 3 * time.Second
	// page is how many traces are asked for at once.
	page = 1000
	// crowd is how many lines a terminal is given in one step.
	crowd = 40
)

// Options say how traces are printed.
type Options struct {
	Form Form
	// Terminal: people read it, so that a flood of lines is summed up.
	Terminal bool
	Color    bool
	// Width returns the columns there are.
	Width func() int
	// Dir makes file names in errors shorter.
	Dir string
}

// Follow prints the traces of a store to out as they finish, those first that it
// has, until ctx ends. To notes goes, in a line each, what people should know:
// traces let go, payloads refused.
func Follow(ctx context.Context, store *agent.Store, out, notes io.Writer, opts Options) error {
	f := &follower{store: store, out: out, notes: newNotes(notes), Options: opts, pending: map[agent.TraceID]agent.Summary{}}
	changed, stop := store.Watch()
	defer stop()
	tick := time.NewTicker(step)
	defer tick.Stop()
	for {
		if err := f.step(time.Now()); err != nil {
			return err
		}
		idle := changed
		if len(f.pending) > 0 {
			idle = nil // there is something to do at the next tick, changed or not
		}
		select {
		case <-ctx.Done():
			return f.end()
		case <-idle:
		case <-tick.C:
		}
	}
}

// follower is one call of Follow.
type follower struct {
	Options
	store   *agent.Store
	out     io.Writer
	notes   *notes
	seq     uint64
	pending map[agent.TraceID]agent.Summary // not printed as they are now
	printed recent
	layout  layout
}

// step prints what is ripe.
func (f *follower) step(now time.Time) error {
	f.gather()
	f.notes.look(f.store.Totals(), now)
	return f.print(func(s agent.Summary) bool {
		age := now.Sub(time.Unix(0, s.Received))
		return s.Finished && age >= settled || age >= given
	})
}

// end prints what is left.
func (f *follower) end() error {
	f.gather()
	f.notes.look(f.store.Totals(), time.Now().Add(noteEvery))
	return f.print(func(agent.Summary) bool { return true })
}

// gather takes down what is new or has grown since the last time.
func (f *follower) gather() {
	q := agent.Query{After: f.seq, Limit: page}
	for {
		l := f.store.List(q)
		for _, s := range l.Traces {
			// Of a trace that grew meanwhile, this is the older reading.
			if p, ok := f.pending[s.ID]; !ok || p.Seq < s.Seq {
				f.pending[s.ID] = s
			}
		}
		if q.Before == 0 {
			f.seq = l.Seq
		}
		if !l.More {
			return
		}
		q.Before = l.Traces[len(l.Traces)-1].Seq
	}
}

// print prints the pending traces that are ripe, in the order in which they
// came.
func (f *follower) print(ripe func(agent.Summary) bool) error {
	var list []agent.Summary
	for id, s := range f.pending {
		if ripe(s) {
			delete(f.pending, id)
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b agent.Summary) int { return cmp.Compare(a.Seq, b.Seq) })
	if f.Form == JSON {
		return f.printJSON(list)
	}
	// For people, a trace is told once, however late its last spans come.
	list = slices.DeleteFunc(list, func(s agent.Summary) bool { return !f.printed.add(s.ID) })
	if len(list) == 0 {
		return nil
	}
	if f.Form == Trees {
		return f.printTrees(list)
	}
	return f.printLines(list)
}

func (f *follower) printLines(list []agent.Summary) error {
	more := 0
	if f.Terminal && len(list) > crowd {
		list, more = list[:crowd], len(list)-crowd
	}
	for _, s := range list {
		if _, err := fmt.Fprintln(f.out, f.layout.line(s, f.Width(), painter(f.Color))); err != nil {
			return err
		}
	}
	if more > 0 {
		_, err := fmt.Fprintln(f.out, painter(f.Color).paint(dim, "          … and "+plural(more, "trace")+" more at once"))
		return err
	}
	return nil
}

// recent remembers the last ids that it was given: so many that none of them
// is likely to come again after it is forgotten.
type recent struct{ now, before map[agent.TraceID]bool }

const remembered = 50_000

// add reports whether an id is new.
func (r *recent) add(id agent.TraceID) bool {
	if r.now[id] || r.before[id] {
		return false
	}
	if r.now == nil || len(r.now) == remembered {
		r.now, r.before = map[agent.TraceID]bool{}, r.now
	}
	r.now[id] = true
	return true
}
