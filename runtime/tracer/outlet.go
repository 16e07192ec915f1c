//go:build go1.21

package tracer

import (
	"context"

	"github.com/ddinstrument/ddinstrument/runtime/internal/transport"
)

// outlet is where what a tracer has finished goes: traces, and statistics.
type outlet struct {
	sender *transport.Sender
	peer   *peer // nil with OTLP
}

// maxBefore is how many tracers that Start has replaced are remembered. What waits in older ones still goes, by their own
// timers.
const maxBefore = 8

// outlets are the tracer's own, the last one, and those of tracers that it has replaced.
func (set *settings) outlets() []outlet {
	list := set.before[:len(set.before):len(set.before)]
	if set.sender != nil {
		list = append(list, outlet{set.sender, set.peer})
	}
	return list
}

// replaces has set take over the outlets of the tracer that it is put in the place of. Of too many, one in which nothing waits
// goes first.
func (set *settings) replaces(before *settings) {
	list := before.outlets()
	if len(list) > maxBefore {
		out := 0
		for i := range list {
			if list[i].sender.Empty() && !list[i].peer.counting() {
				out = i
				break
			}
		}
		list = append(append([]outlet(nil), list[:out]...), list[out+1:]...)
	}
	set.before = list
}

// drain sends all that there is, of tracers that have been replaced too, and returns the first error.
func (set *settings) drain(ctx context.Context, hurry bool) (err error) {
	list := set.outlets()
	for i := len(list) - 1; i >= 0; i-- {
		list[i].peer.post(true)
		if failed := list[i].sender.Flush(ctx, hurry); err == nil {
			err = failed
		}
	}
	return err
}

// silent tells whether nothing can wait anywhere: there are no spans, and no tracer has been replaced.
func (set *settings) silent() bool { return set == nil || set.off && len(set.before) == 0 }

// sendAll sends, as a program or its tracing ends, what has finished of traces that are still open too.
func (set *settings) sendAll(ctx context.Context) error {
	sendUnsent(ctx)
	settleUnsent(ctx)
	return set.drain(ctx, true)
}
