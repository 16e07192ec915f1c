//go:build go1.21

package propagation

import (
	"strconv"
	"strings"
)

// W3C's headers (https://www.w3.org/TR/trace-context/).
const (
	parentKey = "traceparent"
	stateKey  = "tracestate"
)

// Limits of tracestate: of W3C's, the number of members; of dd-trace-go's (tracestateDDMaxSize), the length of ours.
const (
	maxMembers  = 32
	maxDDMember = 256
	maxState    = 8192 // what strangers may have us hand on
)

// injectW3C writes "00-TRACE-SPAN-FLAGS" and tracestate.
func injectW3C(to Carrier, c *Context) {
	b := make([]byte, 0, 55)
	b = append(b, "00-"...)
	b = appendHex(appendHex(b, c.High), c.Low)
	b = appendHex(append(b, '-'), c.Span)
	if c.Decided && c.Priority > 0 {
		b = append(b, "-01"...)
	} else {
		b = append(b, "-00"...)
	}
	to.Set(parentKey, string(b))
	if state := c.stateText(); state != "" {
		to.Set(stateKey, state)
	}
}

// stateText is "dd=s:2;o:rum;p:00f067aa0ba902b7;t.dm:-4,vendor=value": Datadog's own member stands first, as the one that
// has changed last.
func (c *Context) stateText() string {
	b := make([]byte, 0, 128)
	var room [16]byte
	field := func(prefix, key, value string) {
		switch {
		case len(b) == 0:
			b = append(b, "dd="...)
		case len(b)+len(prefix)+len(key)+len(value)+2 > maxDDMember:
			return
		default:
			b = append(b, ';')
		}
		b = append(append(append(append(b, prefix...), key...), ':'), value...)
	}
	if c.Decided {
		field("", "s", strconv.Itoa(c.Priority))
	}
	if c.Origin != "" {
		field("", "o", replace(c.Origin, " ,;~"))
	}
	switch {
	case c.Local:
		field("", "p", string(appendHex(room[:0], c.Span)))
	case c.Reported != 0:
		field("", "p", string(appendHex(room[:0], c.Reported)))
	}
	for _, t := range c.Tags {
		if strings.HasPrefix(t.Key, tagPrefix) {
			field("t.", replaceKey(t.Key[len(tagPrefix):]), replace(t.Value, ",;~"))
		}
	}
	return joinMembers(b, c.State)
}

// joinMembers appends other vendors' members, without the last ones where they are too many.
func joinMembers(b []byte, others string) string {
	n := maxMembers
	if len(b) > 0 {
		n--
	}
	for ; others != "" && n > 0; n-- {
		var member string
		member, others, _ = strings.Cut(others, ",")
		if len(b) > 0 {
			b = append(b, ',')
		}
		b = append(b, member...)
	}
	return string(b)
}

// replace writes a value as tracestate can have it: "=" becomes "~", and what is not allowed "_".
func replace(value, forbidden string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '=':
			return '~'
		case r < ' ' || r > '~' || strings.ContainsRune(forbidden, r):
			return '_'
		}
		return r
	}, value)
}

func replaceKey(key string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || strings.ContainsRune(",;:=", r) {
			return '_'
		}
		return r
	}, key)
}

func extractW3C(from Carrier) (c Context, ok bool) {
	parent := values(from, parentKey)
	if parent == "" || !c.takeParent(strings.TrimSpace(parent)) {
		return c, false
	}
	if state := values(from, stateKey); state != "" && len(state) <= maxState {
		c.takeState(state)
	}
	return c, true
}

// takeParent reads VERSION-TRACE-SPAN-FLAGS. Later versions may have more behind it.
func (c *Context) takeParent(text string) bool {
	if len(text) < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-' {
		return false
	}
	version, ok := parseHex(text[:2])
	if !ok || version == 0xff || len(text) > 55 && (version == 0 || text[55] != '-') {
		return false
	}
	var flags uint64
	var oks [4]bool
	c.High, oks[0] = parseHex(text[3:19])
	c.Low, oks[1] = parseHex(text[19:35])
	c.Span, oks[2] = parseHex(text[36:52])
	flags, oks[3] = parseHex(text[53:55])
	c.Priority, c.Decided = int(flags&1), true
	return oks == [4]bool{true, true, true, true} && c.Low != 0 && c.Span != 0
}

// takeState reads Datadog's member of tracestate, and keeps the others.
func (c *Context) takeState(text string) {
	text = strings.ReplaceAll(text, "\t", " ")
	if !printable(text) {
		return
	}
	c.state = strings.TrimSpace(text)
	var others []string
	for text != "" {
		var member string
		member, text, _ = strings.Cut(text, ",")
		member = strings.TrimSpace(member)
		key, value, ok := strings.Cut(member, "=")
		switch {
		case !ok || key == "" || value == "":
		case key != "dd":
			others = append(others, member)
		case len(member) <= maxDDMember:
			c.takeMember(value)
		}
	}
	c.State = strings.Join(others, ",")
}

// takeMember reads "s:2;o:rum;p:00f067aa0ba902b7;t.dm:-4".
func (c *Context) takeMember(text string) {
	foreign := false // a tracer that is not Datadog's has decided otherwise
	for text != "" {
		var field string
		field, text, _ = strings.Cut(text, ";")
		key, value, ok := strings.Cut(field, ":")
		switch {
		case !ok || value == "":
		case key == "s":
			foreign = c.takePriority(value)
		case key == "o":
			c.Origin = strings.ReplaceAll(value, "~", "=")
		case key == "p":
			if id, ok := parseHex(value); ok && len(value) == 16 {
				c.Reported = id
			}
		case strings.HasPrefix(key, "t.") && key != "t.tid": // traceparent has that
			if key := tagKey(key[2:]); isTagKey(key) {
				c.setTag(key, strings.ReplaceAll(value, "~", "="))
			}
		}
	}
	if !foreign {
		return
	}
	c.Tags = without(c.Tags, MechanismKey)
	if c.Priority > 0 {
		c.setTag(MechanismKey, "-0")
	}
}

// tagKey is the key of a tag that tracestate has without the prefix.
func tagKey(short string) string {
	switch short {
	case MechanismKey[len(tagPrefix):]:
		return MechanismKey
	case RateKey[len(tagPrefix):]:
		return RateKey
	}
	return tagPrefix + short
}

// takePriority takes the priority in tracestate unless it contradicts the flag in traceparent, which every tracer on the
// way may have changed: then the flag counts, and who had decided does not.
func (c *Context) takePriority(text string) (foreign bool) {
	p, err := strconv.ParseInt(text, 10, 8)
	if err != nil {
		return false
	}
	if (p > 0) != (c.Priority > 0) {
		return true
	}
	c.Priority = int(p)
	return false
}

func without(list []Pair, key string) (rest []Pair) {
	for _, p := range list {
		if p.Key != key {
			rest = append(rest, p)
		}
	}
	return rest
}
