package agent

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/tinylib/msgp/msgp"
)

// The v1.0 payload is a map with small numbers for keys, of chunks that are
// such maps, of spans that are such maps. A string is sent once, and by its
// number from then on, counted from 1 as they come; 0 is the empty one
// (pkg/proto/pbgo/trace/idx in the real agent).

func decode1(payload []byte, limit int64) ([]chunk, error) {
	d := newDecoder(payload, limit)
	d.table, d.numbers = []string{""}, map[string]int{"": 0}
	var chunks []chunk
	err := d.fields(func(field uint64) (err error) {
		switch field {
		case 1: // strings, before any other
			err = d.strings1()
		case 11:
			chunks, err = d.chunks(d.chunk1)
		default: // who sends it: language, versions, host
			err = d.skip1(0)
		}
		return err
	})
	if err == nil && len(d.rest) > 0 {
		err = fmt.Errorf("%d bytes after the end of the payload", len(d.rest))
	}
	if err != nil {
		return nil, err
	}
	return chunks, nil
}

// fields reads a map with numbers for keys.
func (d *decoder) fields(read func(field uint64) error) error {
	n, err := d.mapping()
	if err != nil {
		return err
	}
	for range n {
		field, err := d.id()
		if err != nil {
			return fmt.Errorf("a field's number: %w", err)
		}
		if err := read(field); err != nil {
			return fmt.Errorf("field %d: %w", field, err)
		}
	}
	return nil
}

// strings1 reads the strings that are sent before all else.
func (d *decoder) strings1() error {
	n, err := d.array()
	if err != nil {
		return err
	}
	for range n {
		s, err := d.string()
		if err != nil {
			return err
		}
		if s == "" {
			continue
		}
		if err := d.charge(numberCost + entryCost); err != nil {
			return err
		}
		d.numbers[s] = len(d.table)
		d.table = append(d.table, s)
	}
	return nil
}

// text reads a string, in full or by its number.
func (d *decoder) text() (string, error) {
	if msgp.NextType(d.rest) != msgp.StrType {
		return d.byNumber()
	}
	s, err := d.string()
	if err != nil {
		return "", err
	}
	if _, ok := d.numbers[s]; !ok {
		if err := d.charge(numberCost + entryCost); err != nil {
			return "", err
		}
		d.numbers[s] = len(d.table)
		d.table = append(d.table, s)
	}
	return s, nil
}

// skip1 passes over one value of any kind. The strings in it count as others.
func (d *decoder) skip1(depth int) error {
	return d.skipWith(depth, func() error {
		_, err := d.text()
		return err
	})
}

// ofChunk is what is said once of a chunk.
type ofChunk struct {
	low, high   uint64
	priority    *int64
	origin      string
	mechanism   uint64
	chunkTags   map[string]string
	chunkValues map[string]float64
}

func (d *decoder) chunk1() (chunk, error) {
	var c chunk
	var of ofChunk
	err := d.fields(func(field uint64) (err error) {
		switch field {
		case 1:
			of.priority = new(int64)
			*of.priority, err = d.integer()
		case 2:
			of.origin, err = d.text()
		case 3:
			err = d.attributes(&of.chunkTags, &of.chunkValues)
		case 4:
			err = readList(d, &c.spans, spanCost, d.span1)
		case 6:
			of.high, of.low, err = d.traceID()
		case 7:
			of.mechanism, err = d.id()
		default: // 5 is that the tracer does not keep it
			err = d.skip1(0)
		}
		return err
	})
	if err != nil || of.low == 0 {
		return chunk{}, err
	}
	for i := 0; i < len(c.spans); {
		if c.spans[i].SpanID == 0 {
			c.spans = append(c.spans[:i], c.spans[i+1:]...)
			continue
		}
		c.spans[i].TraceID, c.spans[i].TraceIDHigh = of.low, of.high
		i++
	}
	if len(c.spans) > 0 {
		err = d.tag(c.spans, &of)
	}
	return c, err
}

// traceID reads 16 bytes. An id of 64 bits may come as 8.
func (d *decoder) traceID() (high, low uint64, err error) {
	var b []byte
	if b, d.rest, err = msgp.ReadBytesZC(d.rest); err != nil {
		return 0, 0, err
	}
	switch len(b) {
	case 16:
		return binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:]), nil
	case 8:
		return 0, binary.BigEndian.Uint64(b), nil
	}
	return 0, 0, fmt.Errorf("a trace id of %d bytes", len(b))
}

// tag says of the chunk's first span what older forms say there, unless it is
// said of one of them.
func (d *decoder) tag(spans []Span, of *ofChunk) error {
	texts, numbers := map[string]string{"_dd.origin": of.origin}, map[string]float64{}
	if of.mechanism != 0 {
		texts["_dd.p.dm"] = "-" + strconv.FormatUint(of.mechanism, 10)
	}
	if of.high != 0 {
		texts[highTag] = fmt.Sprintf("%016x", of.high)
	}
	if of.priority != nil {
		numbers["_sampling_priority_v1"] = float64(*of.priority)
	}
	for k, v := range of.chunkTags {
		texts[k] = v
	}
	for k, v := range of.chunkValues {
		numbers[k] = v
	}
	for i := range spans {
		for k := range spans[i].Meta {
			delete(texts, k)
		}
		for k := range spans[i].Metrics {
			delete(numbers, k)
		}
	}
	first := &spans[0]
	for k, v := range texts {
		if v == "" {
			continue
		}
		if err := put(d, &first.Meta, k, v); err != nil {
			return err
		}
	}
	for k, v := range numbers {
		if err := put(d, &first.Metrics, k, v); err != nil {
			return err
		}
	}
	return nil
}

// put sets a tag.
func put[V any](d *decoder, m *map[string]V, key string, v V) error {
	cost := entryCost
	if *m == nil {
		cost += mapCost
	}
	if err := d.charge(cost); err != nil {
		return err
	}
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = v
	return nil
}
