//go:build go1.21

package tracer

import (
	"context"
	"strconv"
	"strings"
)

// Carrier is what brings the ids of a span from one process to another: the header of a request (http.Header is one), or
// of a message.
type Carrier interface {
	Get(key string) string
	Set(key, value string)
}

// TextMap is a Carrier in memory.
type TextMap map[string]string

// Get returns the value of a key, "" if there is none.
func (m TextMap) Get(key string) string { return m[key] }

// Set sets the value of a key.
func (m TextMap) Set(key, value string) { m[key] = value }

// The keys that all Datadog tracers understand.
const (
	traceIDKey  = "x-datadog-trace-id" // the lower 64 bits, decimal
	parentIDKey = "x-datadog-parent-id"
	priorityKey = "x-datadog-sampling-priority"
	originKey   = "x-datadog-origin"
	tagsKey     = "x-datadog-tags"

	propagated   = "_dd.p." // how the keys in tagsKey begin
	highKey      = "_dd.p.tid"
	mechanismKey = "_dd.p.dm"
)

// Remote is the active span of another process, as a carrier has brought it.
type Remote struct {
	span    Span // stands in the context, as a span that has finished
	trace   trace
	decided bool // there is a sampling priority
	origin  string
	tags    []tag // that are handed on from process to process
}

// Extract reads what Inject has written in another process, or what another tracer has. It returns nil if there is
// nothing, or nothing that makes sense.
func Extract(c Carrier) *Remote {
	id, err := strconv.ParseUint(c.Get(traceIDKey), 10, 64)
	if err != nil || id == 0 {
		return nil
	}
	r := new(Remote)
	r.span.id, _ = strconv.ParseUint(c.Get(parentIDKey), 10, 64)
	r.span.trace, r.span.flags = &r.trace, flagRemote
	r.span.finished.Store(true)
	r.trace.root, r.trace.remote, r.trace.low = &r.span, r, id
	if p, err := strconv.ParseInt(c.Get(priorityKey), 10, 8); err == nil {
		r.trace.priority.Store(int32(p))
		r.decided = true
	}
	r.origin = clip(c.Get(originKey))
	r.takeTags(c.Get(tagsKey))
	return r
}

// takeTags reads "_dd.p.dm=-4,_dd.p.tid=640cfd8d00000000".
func (r *Remote) takeTags(text string) {
	if len(text) > maxPropagated {
		return
	}
	for _, pair := range strings.Split(text, ",") {
		key, value, ok := strings.Cut(pair, "=")
		switch {
		case !ok || !strings.HasPrefix(key, propagated):
		case key == highKey:
			if high, err := strconv.ParseUint(value, 16, 64); err == nil && len(value) == 16 {
				r.trace.high = high
			}
		default:
			r.tags = withTag(r.tags, tag{key: key, text: value})
		}
	}
}

// maxPropagated is how long the value of tagsKey may be.
const maxPropagated = 512

// Context returns a context in which r is active: spans that are started in it are children of r, and local roots. Of a
// nil Remote it returns ctx itself.
func (r *Remote) Context(ctx context.Context) context.Context {
	if r == nil {
		return ctx
	}
	if ctx == nil {
		ctx = background
	}
	return context.WithValue(ctx, spanKey{}, &r.span)
}

// continues makes t the part that this process has of the trace of a remote span.
func (t *trace) continues(remote *Span) {
	r := remote.trace.remote
	t.remote, t.low, t.high = r, r.trace.low, r.trace.high
	if r.decided {
		t.priority.Store(r.trace.priority.Load())
	}
}

// decidedElsewhere tells whether the sampling priority is the one that came with the trace.
func (t *trace) decidedElsewhere() bool {
	return t.remote != nil && t.remote.decided && !t.manual.Load()
}

// handedOn returns the tags that the trace has brought along and takes on to the next process. Who has decided is not
// among them once this one has.
func (t *trace) handedOn() (list []tag) {
	if t.remote == nil {
		return nil
	}
	if t.decidedElsewhere() {
		return t.remote.tags
	}
	for _, tag := range t.remote.tags {
		if tag.key != mechanismKey {
			list = append(list, tag)
		}
	}
	return list
}

func (t *trace) origin() string {
	if t.remote == nil {
		return ""
	}
	return t.remote.origin
}

// Inject writes the active span's ids and its trace's sampling priority into a carrier, for the process that a request
// goes to. Where no span is active, what ctx has brought from another process is handed on.
func Inject(ctx context.Context, c Carrier) {
	s := CurrentSpan(ctx)
	if s == nil {
		if s = fromContext(ctx); s == nil || !s.has(flagRemote) {
			return
		}
	}
	t := s.trace
	c.Set(traceIDKey, strconv.FormatUint(t.low, 10))
	c.Set(parentIDKey, strconv.FormatUint(s.id, 10))
	if !s.has(flagRemote) || t.remote.decided {
		c.Set(priorityKey, strconv.Itoa(int(t.priority.Load())))
	}
	if o := t.origin(); o != "" {
		c.Set(originKey, o)
	}
	if tags := t.propagatedTags(); tags != "" {
		c.Set(tagsKey, tags)
	}
}

func (t *trace) propagatedTags() string {
	var list []string
	if t.high != 0 {
		list = append(list, highKey+"="+string(appendHex16(nil, t.high)[1:]))
	}
	if m := t.mechanism(); m != "" {
		list = append(list, mechanismKey+"="+m)
	}
	for _, tag := range t.handedOn() {
		list = append(list, tag.key+"="+tag.text)
	}
	return strings.Join(list, ",")
}

// mechanism says who has decided that the trace is kept; "" where it is not, or where another process has.
func (t *trace) mechanism() string {
	switch {
	case t.priority.Load() <= 0 || t.decidedElsewhere():
		return ""
	case t.manual.Load():
		return "-4" // the program
	}
	return "-0" // nobody: by default
}
