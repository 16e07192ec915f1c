package term

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/agent/readable"
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
	given = 10 * time.Second
	// page is how many traces are asked for at once.
	page = 1000
	// crowd is how many lines a terminal is given in one step, and crowdTrees
	// of how many traces the trees that it is given are chosen.
	crowd      = 40
	crowdTrees = 500
)

// Options say how traces are printed.
type Options struct {
	Form Form
	// Terminal: people read it, so that a flood of lines is summed up.
	Terminal bool
	Color    bool
	// Width returns the columns there are, 0 for any number.
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
	list = slices.DeleteFunc(list, f.isTold)
	if len(list) == 0 {
		return nil
	}
	if f.Form == Trees {
		return f.printTrees(list)
	}
	return f.printLines(list)
}

// isTold reports whether people have been told of a trace. They are once,
// however late its last spans come, but for one that takes so long that they
// were told before it had finished.
func (f *follower) isTold(s agent.Summary) bool {
	if !s.Finished && f.printed.has(told{s.ID, true}) {
		return true
	}
	return !f.printed.add(told{s.ID, s.Finished})
}

func (f *follower) printLines(list []agent.Summary) error {
	list, more := f.some(list, crowd)
	for _, s := range list {
		if _, err := fmt.Fprintln(f.out, f.layout.line(s, f.Width(), painter(f.Color))); err != nil {
			return err
		}
	}
	return f.printMore(more)
}

// some are as many as people can be told at once.
func (f *follower) some(list []agent.Summary, most int) (some []agent.Summary, more int) {
	if !f.Terminal || len(list) <= most {
		return list, 0
	}
	return list[:most], len(list) - most
}

func (f *follower) printMore(n int) error {
	if n == 0 {
		return nil
	}
	_, err := fmt.Fprintln(f.out, painter(f.Color).paint(dim, "          … and "+readable.Plural(n, "trace")+" more at once"))
	return err
}

// told is a trace that was printed, and as what.
type told struct {
	id       agent.TraceID
	finished bool
}

// recent remembers the last ones that it was given: so many that none of them
// is likely to come again after it is forgotten.
type recent struct{ now, before map[told]bool }

const remembered = 50_000

func (r *recent) has(t told) bool { return r.now[t] || r.before[t] }

// add reports whether it is new.
func (r *recent) add(t told) bool {
	if r.has(t) {
		return false
	}
	if r.now == nil || len(r.now) == remembered {
		r.now, r.before = map[told]bool{}, r.now
	}
	r.now[t] = true
	return true
}
