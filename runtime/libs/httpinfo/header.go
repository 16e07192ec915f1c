//go:build go1.21

package httpinfo

import "strings"

// Header is the header of a request that has come, as a carrier. Tracers ask for names in lower case.
type Header map[string][]string

// Get returns the value of a name; of a list that stands in several lines, all of it.
func (h Header) Get(name string) string {
	if len(h) == 0 {
		return ""
	}
	values := h[canonical(name)]
	switch {
	case len(values) == 0:
		return ""
	case len(values) > 1 && (name == "baggage" || name == "tracestate"):
		return strings.Join(values, ",")
	}
	return values[0]
}

// Set is not for a request that has come.
func (h Header) Set(name, value string) {}

// room is how many headers a tracer sets at most, in all styles.
const room = 12

// Sending is the header of a request that is sent, as a carrier. What is set in it costs no allocation beyond the map's.
type Sending struct {
	header map[string][]string
	names  [room]string
	values [room]string
	n      int
}

// Copy makes the carrier one of a copy of a header, which it returns.
func (s *Sending) Copy(header map[string][]string) map[string][]string {
	s.header = make(map[string][]string, len(header)+room/2)
	for name, values := range header {
		s.header[name] = values
	}
	return s.header
}

// Get returns what is set.
func (s *Sending) Get(name string) string { return Header(s.header).Get(name) }

// Set sets a header in place of all that there are of the name.
func (s *Sending) Set(name, value string) {
	name = canonical(name)
	if s.n == room {
		s.header[name] = []string{value}
		return
	}
	s.names[s.n], s.values[s.n] = name, value
	s.header[name] = s.values[s.n : s.n+1 : s.n+1]
	s.n++
}

func (s *Sending) has(name string) bool {
	for _, n := range s.names[:s.n] {
		if n == name {
			return true
		}
	}
	return false
}

// Tidy takes out what belongs to ids that are no longer there: a request that is sent on, or one that another tracer has
// got at, may have brought it.
func (s *Sending) Tidy() {
	s.follows("X-Datadog-Trace-Id", "X-Datadog-Origin")
	s.follows("X-Datadog-Trace-Id", "X-Datadog-Tags")
	s.follows("Traceparent", "Tracestate")
}

func (s *Sending) follows(first, then string) {
	if _, there := s.header[then]; there && s.has(first) && !s.has(then) {
		delete(s.header, then)
	}
}

// canonical is the name of a header as net/http has it in its maps. Those that tracers use cost no allocation.
func canonical(name string) string {
	switch name {
	case "x-datadog-trace-id":
		return "X-Datadog-Trace-Id"
	case "x-datadog-parent-id":
		return "X-Datadog-Parent-Id"
	case "x-datadog-sampling-priority":
		return "X-Datadog-Sampling-Priority"
	case "x-datadog-origin":
		return "X-Datadog-Origin"
	case "x-datadog-tags":
		return "X-Datadog-Tags"
	case "traceparent":
		return "Traceparent"
	case "tracestate":
		return "Tracestate"
	case "baggage":
		return "Baggage"
	case "b3":
		return "B3"
	case "x-b3-traceid":
		return "X-B3-Traceid"
	case "x-b3-spanid":
		return "X-B3-Spanid"
	case "x-b3-sampled":
		return "X-B3-Sampled"
	case "x-b3-flags":
		return "X-B3-Flags"
	}
	b := []byte(name)
	up := true
	for i, c := range b {
		switch {
		case up && c >= 'a' && c <= 'z':
			b[i] = c - 'a' + 'A'
		case !up && c >= 'A' && c <= 'Z':
			b[i] = c - 'A' + 'a'
		}
		up = c == '-'
	}
	return string(b)
}
