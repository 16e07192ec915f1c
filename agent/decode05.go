package agent

import "fmt"

// The v0.5 payload is an array of two: all strings, then the chunks as in v0.4,
// but for the spans, which are arrays of twelve values where strings are
// numbers (pkg/proto/pbgo/trace/decoder_v05.go in the real agent).

// numberCost is what a string's place in the table takes.
const numberCost = 16

func decode05(payload []byte, limit int64) ([]chunk, error) {
	d := newDecoder(payload, limit)
	if err := d.arrayOf(2); err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	if err := d.readTable(); err != nil {
		return nil, fmt.Errorf("strings: %w", err)
	}
	return d.payload(d.spans(d.span05))
}

// arrayOf reads the header of an array of that length.
func (d *decoder) arrayOf(want uint32) error {
	n, err := d.array()
	if err == nil && n != want {
		err = fmt.Errorf("an array of %d rather than %d", n, want)
	}
	return err
}

func (d *decoder) readTable() error {
	n, err := d.array()
	if err != nil {
		return err
	}
	for range n {
		if err := d.charge(numberCost); err != nil {
			return err
		}
		s, err := d.string()
		if err != nil {
			return err
		}
		d.table = append(d.table, s)
	}
	return nil
}

// byNumber reads a string that is sent by its number.
func (d *decoder) byNumber() (string, error) {
	n, err := d.id()
	if err != nil {
		return "", err
	}
	if n >= uint64(len(d.table)) {
		return "", fmt.Errorf("there is no string %d", n)
	}
	return d.table[n], nil
}

func (d *decoder) span05(s *Span) error {
	if err := d.arrayOf(12); err != nil {
		return err
	}
	var failed int64
	for _, read := range []func() error{
		into(&s.Service, d.byNumber), into(&s.Name, d.byNumber), into(&s.Resource, d.byNumber),
		into(&s.TraceID, d.id), into(&s.SpanID, d.id), into(&s.ParentID, d.id),
		into(&s.Start, d.integer), into(&s.Duration, d.integer), into(&failed, d.integer),
		func() (err error) { s.Meta, err = decodeMap(d, nil, d.byNumber, d.byNumber); return err },
		func() (err error) { s.Metrics, err = decodeMap(d, nil, d.byNumber, d.float); return err },
		into(&s.Type, d.byNumber),
	} {
		if err := read(); err != nil {
			return err
		}
	}
	if failed != 0 {
		s.Error = 1
	}
	s.deleteInfinite()
	return d.liftTags(s)
}

// into puts what is read into a variable.
func into[T any](v *T, read func() (T, error)) func() error {
	return func() (err error) {
		*v, err = read()
		return err
	}
}
