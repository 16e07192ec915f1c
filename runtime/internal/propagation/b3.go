//go:build go1.21

package propagation

import "strings"

// B3's headers (https://github.com/openzipkin/b3-propagation). A debug trace is one that the program wants kept.
const (
	b3TraceID = "x-b3-traceid"
	b3SpanID  = "x-b3-spanid"
	b3Sampled = "x-b3-sampled"
	b3Flags   = "x-b3-flags"
	b3Key     = "b3"
)

func injectB3Multi(to Carrier, c *Context) {
	to.Set(b3TraceID, string(appendB3ID(nil, c)))
	to.Set(b3SpanID, string(appendHex(nil, c.Span)))
	switch {
	case !c.Decided:
	case c.Priority > 1: // implies that it is sampled
		to.Set(b3Flags, "1")
	case c.Priority == 1:
		to.Set(b3Sampled, "1")
	default:
		to.Set(b3Sampled, "0")
	}
}

func injectB3Single(to Carrier, c *Context) {
	b := append(appendB3ID(nil, c), '-')
	b = appendHex(b, c.Span)
	switch {
	case !c.Decided:
	case c.Priority > 1:
		b = append(b, "-d"...)
	case c.Priority == 1:
		b = append(b, "-1"...)
	default:
		b = append(b, "-0"...)
	}
	to.Set(b3Key, string(b))
}

// appendB3ID appends the trace's id, in its short form if that will do.
func appendB3ID(b []byte, c *Context) []byte {
	if c.High != 0 {
		b = appendHex(b, c.High)
	}
	return appendHex(b, c.Low)
}

func extractB3Multi(from Carrier) (c Context, ok bool) {
	id := from.Get(b3TraceID)
	if id == "" || !c.takeB3IDs(id, from.Get(b3SpanID)) {
		return c, false
	}
	c.takeB3State(from.Get(b3Sampled))
	if from.Get(b3Flags) == "1" {
		c.takeB3State("d")
	}
	return c, true
}

// extractB3Single reads TRACE-SPAN[-STATE[-PARENT]]. A state alone says nothing of a trace.
func extractB3Single(from Carrier) (c Context, ok bool) {
	id, rest, ok := strings.Cut(strings.TrimSpace(from.Get(b3Key)), "-")
	if !ok {
		return c, false
	}
	span, rest, _ := strings.Cut(rest, "-")
	if !c.takeB3IDs(id, span) {
		return c, false
	}
	state, _, _ := strings.Cut(rest, "-")
	c.takeB3State(state)
	return c, true
}

// takeB3IDs wants both ids. A trace's may have up to 32 digits.
func (c *Context) takeB3IDs(trace, span string) (ok bool) {
	if n := len(trace) - 16; n > 0 {
		if c.High, ok = parseHex(trace[:n]); !ok {
			return false
		}
		trace = trace[n:]
	}
	if c.Low, ok = parseHex(trace); !ok || c.Low == 0 {
		return false
	}
	c.Span, ok = parseHex(span)
	return ok && c.Span != 0
}

func (c *Context) takeB3State(state string) {
	switch strings.ToLower(state) {
	case "0", "false":
		c.Priority, c.Decided = 0, true
	case "1", "true":
		c.Priority, c.Decided = 1, true
	case "d":
		c.Priority, c.Decided = 2, true
	}
}
