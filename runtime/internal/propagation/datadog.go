//go:build go1.21

package propagation

import (
	"strconv"
	"strings"
)

// Datadog's own headers, which all of its tracers understand.
const (
	TraceIDKey  = "x-datadog-trace-id" // the lower 64 bits, decimal
	ParentIDKey = "x-datadog-parent-id"
	PriorityKey = "x-datadog-sampling-priority"
	OriginKey   = "x-datadog-origin"
	TagsKey     = "x-datadog-tags"
)

// What stands in TagsKey.
const (
	tagPrefix    = "_dd.p."
	HighKey      = "_dd.p.tid" // the upper half of the trace's id, 16 hexadecimal digits
	MechanismKey = "_dd.p.dm"  // who has decided that the trace is kept
	RateKey      = "_dd.p.ksr" // by which rate
)

// maxTags is how long the value of TagsKey may be (dd-trace-go, defaultMaxTagsHeaderLen).
const maxTags = 512

// maxOrigin bounds what is handed on from strangers; an origin is a word.
const maxOrigin = 256

func injectDatadog(to Carrier, c *Context) {
	to.Set(TraceIDKey, strconv.FormatUint(c.Low, 10))
	to.Set(ParentIDKey, strconv.FormatUint(c.Span, 10))
	if c.Decided {
		to.Set(PriorityKey, strconv.Itoa(c.Priority))
	}
	if c.Origin != "" {
		to.Set(OriginKey, c.Origin)
	}
	if text := tagsText(c); text != "" {
		to.Set(TagsKey, text)
	}
}

// tagsText is "_dd.p.tid=640cfd8d00000000,_dd.p.dm=-4", without the tags that can't be written or are too much.
func tagsText(c *Context) string {
	var room [maxTags]byte
	b := room[:0]
	if c.High != 0 {
		b = appendHex(append(append(b, HighKey...), '='), c.High)
	}
	for _, t := range c.Tags {
		if len(b)+len(t.Key)+len(t.Value)+2 > maxTags || !isTagKey(t.Key) || !isTagValue(t.Value) {
			continue
		}
		if len(b) > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, t.Key...), '='), t.Value...)
	}
	return string(b)
}

func isTagKey(key string) bool {
	return strings.HasPrefix(key, tagPrefix) && len(key) > len(tagPrefix) && printable(key) && !strings.ContainsAny(key, " ,=")
}

func isTagValue(value string) bool {
	return value != "" && printable(value) && !strings.Contains(value, ",")
}

// printable tells whether a text may stand in a header: ASCII from the space to the tilde.
func printable(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

func extractDatadog(from Carrier) (c Context, ok bool) {
	text := from.Get(TraceIDKey)
	if text == "" {
		return c, false
	}
	id, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil || id == 0 {
		return c, false
	}
	c.Low = id
	if span, err := strconv.ParseUint(strings.TrimSpace(from.Get(ParentIDKey)), 10, 64); err == nil {
		c.Span = span
	}
	if p, err := strconv.ParseInt(strings.TrimSpace(from.Get(PriorityKey)), 10, 8); err == nil {
		c.Priority, c.Decided = int(p), true
	}
	if o := from.Get(OriginKey); len(o) <= maxOrigin && printable(o) {
		c.Origin = o
	}
	if tags := from.Get(TagsKey); len(tags) <= maxTags {
		c.takeTags(tags)
	}
	return c, true
}

func (c *Context) takeTags(text string) {
	for text != "" {
		var pair string
		pair, text, _ = strings.Cut(text, ",")
		key, value, ok := strings.Cut(pair, "=")
		switch {
		case !ok || !isTagKey(key) || !isTagValue(value):
		case key == HighKey:
			if high, ok := parseHex(value); ok && len(value) == 16 {
				c.High = high
			}
		default:
			c.setTag(key, value)
		}
	}
}

func (c *Context) setTag(key, value string) {
	for i := range c.Tags {
		if c.Tags[i].Key == key {
			c.Tags[i].Value = value
			return
		}
	}
	c.Tags = append(c.Tags, Pair{key, value})
}
