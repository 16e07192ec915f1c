//go:build go1.21

package tracer

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// watched are all open spans and their numbers, for DD_TRACE_DEBUG and for recordings: to keep such a list costs more
// than a span does.
type watched struct {
	sync.Map
	count atomic.Int64
	keep  bool // until forget is called
}

// maxWatched is how many open spans are known; of a program that never finishes its spans, only so many stay in memory.
const maxWatched = 100000

func (w *watched) began(s *Span) {
	n := begun.Add(1)
	if w.keep || w.count.Load() < maxWatched {
		w.count.Add(1)
		w.Store(s, n)
	}
}

// forget returns the number of a span, 0 if there is none.
func (w *watched) forget(s *Span) uint64 {
	n, known := w.LoadAndDelete(s)
	if known {
		w.count.Add(-1)
	}
	number, _ := n.(uint64)
	return number
}

// ended also tells of a span that its parent has not waited for.
func (w *watched) ended(s *Span) {
	if !w.keep {
		w.forget(s)
	}
	if !s.set.Debug {
		return
	}
	if p := s.parent.Load(); p != nil && p.id == s.parentID && p.finished.Load() {
		diag.Once("late "+s.site.Name, "span %s is closing after its parent, %s", s.site.Name, p.site.Name)
	}
}

// maxNamed is how many open spans a warning names.
const maxNamed = 20

// warnOfOpen says which spans are open when Stop is called.
func (set *settings) warnOfOpen() {
	list := set.unfinished()
	if len(list) == 0 {
		return
	}
	sort.Slice(list, func(i, j int) bool { return list[i].start < list[j].start })
	var b strings.Builder
	for i, s := range list {
		if i == maxNamed {
			b.WriteString(", ...")
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(s.describe())
	}
	diag.Once(b.String(), "%s will not be sent, open when tracer.Stop is called: %s", spans(len(list)), &b)
}

func spans(n int) string {
	if n == 1 {
		return "1 span"
	}
	return fmt.Sprintf("%d spans", n)
}

func (s *Span) describe() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("%s (resource %s, trace %d, span %d, parent %d, started %s, priority %d)",
		s.named(), subject{s}.Resource(), s.trace.low, s.id, s.parentID, time.Unix(0, s.start).UTC().Format(time.RFC3339Nano), s.trace.priority())
}

// named is the operation name. The lock is held.
func (s *Span) named() string {
	if s.more != nil && s.more.name != "" {
		return s.more.name
	}
	return s.site.Name
}

// unfinished returns the open spans that are known: with DD_TRACE_DEBUG all of them; otherwise those that are active on
// this goroutine, and those above spans which wait for them.
func (set *settings) unfinished() (list []*Span) {
	if set.watched != nil {
		set.watched.Range(func(s, _ any) bool {
			if s := s.(*Span); !s.finished.Load() {
				list = append(list, s)
			}
			return true
		})
		return list
	}
	seen := map[*Span]bool{}
	add := func(s *Span) {
		for ; s != nil; s = openAncestor(s) {
			if !seen[s] && !s.finished.Load() {
				seen[s] = true
				list = append(list, s)
			}
		}
	}
	for s := spanAt(slot.Get()); s != nil; s = openUnder(s) {
		add(s)
	}
	for i := range unsent.shards {
		sh := &unsent.shards[i]
		sh.Lock()
		for t := sh.first; t != nil; t = t.after {
			add(t.root)
			add(t.done.Load())
		}
		sh.Unlock()
	}
	return list
}
