package agent

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
)

// The v0.4 payload is msgpack: an array of chunks, each an array of spans,
// each a map. A decoder trusts no length in it: everything grows with the
// bytes that are really there, and is charged against a limit as it grows,
// for a span of one byte ({}) takes hundreds in memory.

const (
	// maxDepth is how deep the values may nest that are skipped.
	maxDepth = 64
	// internLimit is the length up to which equal strings are kept once.
	internLimit = 64
	// readAhead is for how many elements of a list there is room before they
	// are read.
	readAhead = 64

	// What things take in memory, roughly and rather too much.
	spanCost  = 256 // a Span
	mapCost   = 320 // a map with its first group of entries
	entryCost = 48  // a further entry
	linkCost  = 96  // a Link
	eventCost = 64  // an Event
	valueCost = 32  // a value of any type
)

// errTooLarge is a payload that would take more memory than it may.
var errTooLarge = errors.New("the payload takes more memory than the agent's budget")

// chunk is part of a trace, with what it takes in memory.
type chunk struct {
	spans  []Span
	cost   int64
	opened os.FileInfo // the file that it was read from, nil if it was received
}

type decoder struct {
	rest    []byte
	left    int64 // bytes of memory that may still be taken
	strings map[string]string

	// table has the strings that are sent by their number, in v0.5 and v1.0,
	// and numbers, in v1.0 only, the other way round.
	table   []string
	numbers map[string]int
}

func newDecoder(payload []byte, limit int64) *decoder {
	return &decoder{rest: payload, left: limit, strings: map[string]string{}}
}

// decode reads a whole payload of v0.3 or v0.4 that may take up to limit bytes
// in memory.
func decode(payload []byte, limit int64) ([]chunk, error) {
	d := newDecoder(payload, limit)
	return d.payload(d.spans(d.span))
}

// payload reads an array of chunks, which is all that there is.
func (d *decoder) payload(read func() (chunk, error)) ([]chunk, error) {
	chunks, err := d.chunks(read)
	if err == nil && len(d.rest) > 0 {
		err = fmt.Errorf("%d bytes after the end of the payload", len(d.rest))
	}
	return chunks, err
}

func (d *decoder) chunks(read func() (chunk, error)) ([]chunk, error) {
	n, err := d.array()
	if err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	var chunks []chunk
	for i := range n {
		before := d.left
		c, err := read()
		if err != nil {
			return nil, fmt.Errorf("trace %d: %w", i, err)
		}
		if c.cost = before - d.left; len(c.spans) > 0 {
			if free := cap(c.spans) - len(c.spans); free > len(c.spans)/4 {
				c.spans = slices.Clone(c.spans) // room that nobody reckons with
			}
			chunks = append(chunks, c)
		}
	}
	return chunks, nil
}

// spans returns what reads an array of spans.
func (d *decoder) spans(read func(*Span) error) func() (chunk, error) {
	return func() (c chunk, err error) {
		n, err := d.array()
		if err != nil {
			return chunk{}, err
		}
		c.spans = make([]Span, 0, min(n, readAhead))
		for i := range n {
			if err := d.charge(spanCost); err != nil {
				return chunk{}, err
			}
			var s Span
			if err := read(&s); err != nil {
				return chunk{}, fmt.Errorf("span %d: %w", i, err)
			}
			// As the real agent: a span without ids belongs nowhere.
			if s.TraceID != 0 && s.SpanID != 0 {
				c.spans = append(c.spans, s)
			}
		}
		return c, nil
	}
}

func (d *decoder) span(s *Span) error {
	n, err := d.mapping()
	if err != nil {
		return err
	}
	for range n {
		key, err := d.string()
		if err != nil {
			return fmt.Errorf("a field's name: %w", err)
		}
		if err := d.field(s, key); err != nil {
			return fmt.Errorf("field %.40q: %w", key, err)
		}
	}
	return d.liftTags(s)
}

func (d *decoder) field(s *Span, key string) (err error) {
	switch key {
	case "trace_id":
		s.TraceID, err = d.id()
	case "span_id":
		s.SpanID, err = d.id()
	case "parent_id":
		s.ParentID, err = d.id()
	case "name":
		s.Name, err = d.string()
	case "service":
		s.Service, err = d.string()
	case "resource":
		s.Resource, err = d.string()
	case "type":
		s.Type, err = d.string()
	case "start":
		s.Start, err = d.integer()
	case "duration":
		s.Duration, err = d.integer()
	case "error":
		var n int64
		if n, err = d.integer(); n != 0 {
			s.Error = 1
		}
	case "meta":
		s.Meta, err = decodeMap(d, s.Meta, d.string, d.string)
	case "metrics":
		s.Metrics, err = decodeMap(d, s.Metrics, d.string, d.float)
		s.deleteInfinite()
	case "span_links":
		err = readList(d, &s.Links, linkCost, d.link)
	case "span_events":
		err = readList(d, &s.Events, eventCost, d.event)
	default: // meta_struct and whatever comes
		err = d.skip(0)
	}
	return err
}

// deleteInfinite takes out the numbers that no JSON can hold.
func (s *Span) deleteInfinite() {
	for k, v := range s.Metrics {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			delete(s.Metrics, k)
		}
	}
}

// readList appends the elements of an array to all.
func readList[E any](d *decoder, all *[]E, cost int, read func(*E) error) error {
	n, err := d.array()
	if err != nil {
		return err
	}
	*all = slices.Grow(*all, int(min(n, readAhead)))
	for i := range n {
		if err := d.charge(cost); err != nil {
			return err
		}
		var e E
		if err := read(&e); err != nil {
			return fmt.Errorf("%d: %w", i, err)
		}
		*all = append(*all, e)
	}
	return nil
}

// decodeMap reads a map of strings into m, which is nil unless a span has the
// field twice.
func decodeMap[V any](d *decoder, m map[string]V, text func() (string, error), value func() (V, error)) (map[string]V, error) {
	n, err := d.mapping()
	if err != nil || n == 0 {
		return m, err
	}
	if m == nil {
		if err := d.charge(mapCost); err != nil {
			return nil, err
		}
		m = map[string]V{}
	}
	for range n {
		if err := d.charge(entryCost); err != nil {
			return nil, err
		}
		key, err := text()
		if err != nil {
			return nil, err
		}
		v, err := value()
		if err != nil {
			return nil, fmt.Errorf("tag %.40q: %w", key, err)
		}
		m[key] = v
	}
	return m, nil
}

// charge takes n bytes from what may still be used.
func (d *decoder) charge(n int) error {
	if d.left -= int64(n); d.left < 0 {
		return errTooLarge
	}
	return nil
}
