//go:build go1.21

package tracer

import (
	"reflect"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/config"
	"github.com/ddinstrument/ddinstrument/runtime/internal/propagation"
)

// A command that a traced program starts finds that program's active span in its environment: TRACEPARENT, TRACESTATE and
// BAGGAGE, as OpenTelemetry's specification of environment variables as carriers has it, and as os/exec's integration
// writes them. Spans that would begin a trace of their own are then children of that span.
//
// This is for commands, which work for whoever has started them. A daemon has been started by somebody, too, but what it
// does is nobody's: so its spans stay its own once it has served a request or taken a message, once the process that has
// started it is gone, and in any case after an hour, lest one trace goes on for ever.

const launchTime = time.Hour

// launch is the span of the process that has started this one.
type launch struct {
	span    *Span
	parent  int          // the process that has started this one
	checked atomic.Int64 // when it was last found to be still there, as now has it
	over    atomic.Bool  // nobody joins any more
}

// serving is set once this process has served a request or taken a message.
var serving atomic.Bool

// newLaunch reads the environment; nil if it says nothing, or DD_TRACE_PROPAGATION_STYLE_EXTRACT is none.
func newLaunch(c *config.Config) (l *launch) {
	if _, ok := syscall.Getenv("TRACEPARENT"); !ok {
		return nil
	}
	protect("the environment", func() {
		if r := extract(launchCarrier{}, c); r != nil && r.trace.low != 0 {
			l = &launch{span: &r.span, parent: syscall.Getppid()}
		}
	})
	return l
}

// launchCarrier is this process's environment.
type launchCarrier struct{}

var launchNames = map[string]string{"traceparent": "TRACEPARENT", "tracestate": "TRACESTATE", "baggage": "BAGGAGE"}

// Get returns the value of a key; what comes in other styles than W3C's has no variable.
func (launchCarrier) Get(key string) string {
	value, _ := syscall.Getenv(launchNames[key])
	return value
}

// Set does nothing: the environment is only read.
func (launchCarrier) Set(string, string) {}

var _ propagation.Carrier = launchCarrier{}

// launcher returns the span that one without another parent is a child of, nil if it begins a trace.
func (set *settings) launcher(site *Site) *Span {
	l := set.launched
	if l == nil || site.Root || site.Entry || l.over.Load() {
		return nil
	}
	if at := now(); serving.Load() || at > int64(launchTime) || !l.waits(at) {
		l.over.Store(true)
		return nil
	}
	return l.span
}

// waits tells whether the process that has started this one is still there. Its death gives this one another parent.
func (l *launch) waits(at int64) bool {
	if last := l.checked.Load(); last != 0 && at-last < int64(10*time.Millisecond) {
		return true
	}
	l.checked.Store(at)
	return syscall.Getppid() == l.parent
}

// serves takes down that this process serves requests.
func serves() {
	if !serving.Load() {
		serving.Store(true)
	}
}

// servesRequest is serves for a function that is handed a request: one of net/http's that came to a server says how it was
// addressed. Package net/http is out of reach here.
func servesRequest(r any) {
	set := current.Load()
	if set == nil || set.launched == nil || serving.Load() {
		return
	}
	v := reflect.ValueOf(r)
	if v.Kind() != reflect.Pointer || v.Type().String() != "*http.Request" || v.IsNil() {
		return
	}
	if uri := v.Elem().FieldByName("RequestURI"); uri.IsValid() && uri.Len() > 0 {
		serves()
	}
}
