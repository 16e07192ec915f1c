//go:build go1.21

// Package propagation reads and writes the headers that bring a trace from one process to another: Datadog's own, W3C
// Trace Context, W3C Baggage, and B3 in both its forms.
//
// It knows headers and ids; of spans, sampling and which span is active it knows nothing. What is malformed is as if it
// were not there: headers come from strangers.
package propagation

import "strings"

// Carrier is the header of a request, or of a message.
type Carrier interface {
	Get(key string) string
	Set(key, value string)
}

// Pair is a propagated tag, with its "_dd.p.", or an item of baggage.
type Pair struct{ Key, Value string }

// Context is what is known of a trace on its way between two processes.
type Context struct {
	High, Low uint64 // the trace's id; Low is 0 where no trace has come, or it is not to be continued
	Span      uint64 // the parent of what comes next; 0: unknown
	Priority  int    // the sampling priority, if Decided
	Decided   bool
	Origin    string
	Tags      []Pair // _dd.p.*, but for _dd.p.tid, which is High
	State     string // the members of tracestate that are not Datadog's
	Reported  uint64 // the last span before this one that Datadog was told of, if that is not Span itself; 0: unknown
	Local     bool   // Span is this process's own, and Datadog is told of it
	Baggage   []Pair
	Links     []Link // what has come as well, and is not continued

	state string // the whole of tracestate
}

// Link is another span, which is not the parent.
type Link struct {
	High, Low, Span uint64
	Sampled         bool
	State           string // the whole of its tracestate
	Reason, Style   string
}

// Style is a way to write all this.
type Style uint8

// The styles.
const (
	Datadog Style = iota + 1
	TraceContext
	Baggage
	B3Multi
	B3Single
)

// names are what the variables call them. "b3" is one header, as in Datadog's Python tracer and in OpenTelemetry; it is
// several in dd-trace-go, whose "b3 single header" is known here, too.
var names = map[string]Style{
	"datadog": Datadog, "tracecontext": TraceContext, "baggage": Baggage, "b3multi": B3Multi, "b3": B3Single, "b3 single header": B3Single,
}

func (s Style) String() string {
	return [...]string{"", "datadog", "tracecontext", "baggage", "b3multi", "b3"}[s]
}

// Standard returns the styles that are used where nothing is said.
func Standard() []Style { return []Style{Datadog, TraceContext, Baggage} }

// Known says which names there are.
const Known = "datadog, tracecontext, baggage, b3, b3multi or none"

// ParseStyles reads a list of names; bad are those that are none. "none" stands for no style.
func ParseStyles(text string) (styles []Style, bad []string) {
	seen := map[Style]bool{}
	none := false
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		name := strings.ToLower(part)
		style, ok := names[name]
		switch {
		case name == "none":
			none = true
		case !ok && part != "":
			bad = append(bad, part)
		case ok && !seen[style]:
			seen[style] = true
			styles = append(styles, style)
		}
	}
	if styles == nil && !none {
		styles = Standard()
	}
	return styles, bad
}

// Behavior is what is done with a trace that has come.
type Behavior uint8

// As DD_TRACE_PROPAGATION_BEHAVIOR_EXTRACT has them.
const (
	Continue Behavior = iota
	Restart           // begin a new trace that is linked to the one that came; baggage stays
	Ignore            // neither
)

// Options say how to extract.
type Options struct {
	Styles   []Style // in order of precedence
	First    bool    // look for one trace only
	Behavior Behavior
}

// Inject writes c in each of the styles.
func Inject(to Carrier, styles []Style, c *Context) {
	for _, style := range styles {
		switch {
		case style == Baggage:
			injectBaggage(to, c.Baggage)
		case c.Low == 0 || c.Span == 0 && style != Datadog: // no other style has a trace without a span
		case style == Datadog:
			injectDatadog(to, c)
		case style == TraceContext:
			injectW3C(to, c)
		case style == B3Multi:
			injectB3Multi(to, c)
		case style == B3Single:
			injectB3Single(to, c)
		}
	}
}

func (s Style) extract(from Carrier) (Context, bool) {
	switch s {
	case Datadog:
		return extractDatadog(from)
	case TraceContext:
		return extractW3C(from)
	case B3Multi:
		return extractB3Multi(from)
	case B3Single:
		return extractB3Single(from)
	}
	return Context{}, false
}

// Extract reads the first style that there is, and what others add to it, as Datadog's tracers do (dd-trace-go,
// ddtrace/tracer/textmap.go): of the same trace, W3C's span is the parent, as tracers between here and the last one of
// Datadog's may write nothing else, and other vendors' tracestate is kept; another trace becomes a link.
// It returns nil if there is nothing.
func Extract(from Carrier, o Options) *Context {
	if o.Behavior == Ignore {
		return nil
	}
	var c Context
	first := Style(0)
	for _, style := range o.Styles {
		if style == Baggage || first != 0 && o.First {
			continue
		}
		got, ok := style.extract(from)
		switch {
		case !ok:
		case first == 0:
			first, c = style, got
		case got.High != c.High || got.Low != c.Low:
			c.Links = append(c.Links, got.link("terminated_context", style))
		case style == TraceContext:
			c.add(&got, first)
		}
	}
	if first != 0 && o.Behavior == Restart {
		c = Context{Links: []Link{c.link("propagation_behavior_extract", first)}}
	}
	for _, style := range o.Styles {
		if style == Baggage {
			c.Baggage = extractBaggage(from)
		}
	}
	if first == 0 && c.Baggage == nil {
		return nil
	}
	return &c
}

// add takes over what W3C's headers say more about the same trace.
func (c *Context) add(w3c *Context, first Style) {
	c.State, c.state = w3c.State, w3c.state
	if w3c.Span == c.Span {
		return
	}
	switch {
	case w3c.Reported != 0:
		c.Reported = w3c.Reported
	case first == Datadog:
		c.Reported = c.Span
	}
	c.Span = w3c.Span
}

// Link returns a link to the span, without a reason.
func (c *Context) Link() Link {
	return Link{High: c.High, Low: c.Low, Span: c.Span, Sampled: c.Decided && c.Priority > 0, State: c.state}
}

func (c *Context) link(reason string, style Style) Link {
	l := c.Link()
	l.Reason, l.Style = reason, style.String()
	return l
}

// values returns what a carrier has under a key, in the form that a list has in one header, whose parts may come in
// several ones.
func values(from Carrier, key string) string {
	if several, ok := from.(interface{ Values(string) []string }); ok {
		if list := several.Values(key); len(list) > 1 {
			return strings.Join(list, ",")
		}
	}
	return from.Get(key)
}
