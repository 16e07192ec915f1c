package agent

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// The requests of OTLP/HTTP in protobuf: opentelemetry/proto/collector/trace/v1
// and trace/v1, read field by field, for generated code would take memory for
// whatever a payload claims before anyone could look.

func decodeOTLP(payload []byte, limit int64) (otlpPayload, error) {
	d := newDecoder(nil, limit)
	var p otlpPayload
	err := d.message(payload, func(f field) error {
		if f.number != 1 {
			return nil
		}
		return d.resourceSpans(&p, f.bytes)
	})
	if err != nil {
		return otlpPayload{}, err
	}
	return p, nil
}

// field is a field of a message: its number, and its value, as bytes or as a
// number.
type field struct {
	number protowire.Number
	bytes  []byte
	value  uint64
}

// message hands over the fields of a message.
func (d *decoder) message(b []byte, found func(field) error) error {
	for len(b) > 0 {
		number, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return fmt.Errorf("protobuf: %w", protowire.ParseError(n))
		}
		b = b[n:]
		f := field{number: number}
		switch typ {
		case protowire.VarintType:
			f.value, n = protowire.ConsumeVarint(b)
		case protowire.Fixed64Type:
			f.value, n = protowire.ConsumeFixed64(b)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(b)
			f.value = uint64(v)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(b)
		default:
			n = protowire.ConsumeFieldValue(number, typ, b)
			f.number = 0 // groups, which there are none of
		}
		if n < 0 {
			return fmt.Errorf("protobuf: field %d: %w", number, protowire.ParseError(n))
		}
		b = b[n:]
		if err := found(f); err != nil {
			return err
		}
	}
	return nil
}

// resourceSpans reads what one resource has sent. The resource may stand
// behind its spans.
func (d *decoder) resourceSpans(p *otlpPayload, b []byte) error {
	var resource attributes
	var scopes [][]byte
	err := d.message(b, func(f field) error {
		switch f.number {
		case 1:
			return d.message(f.bytes, func(f field) error {
				if f.number != 1 {
					return nil
				}
				return d.keyValue(&resource, f.bytes)
			})
		case 2:
			scopes = append(scopes, f.bytes)
			return d.charge(linkCost)
		}
		return nil
	})
	for _, scope := range scopes {
		if err == nil {
			err = d.scopeSpans(p, &resource, scope)
		}
	}
	return err
}

func (d *decoder) scopeSpans(p *otlpPayload, resource *attributes, b []byte) error {
	o := otlpSpan{resource: resource, scope: &attributes{}}
	var spans [][]byte
	err := d.message(b, func(f field) error {
		switch f.number {
		case 1:
			return d.scope(&o, f.bytes)
		case 2:
			spans = append(spans, f.bytes)
			return d.charge(linkCost)
		}
		return nil
	})
	for _, span := range spans {
		if err != nil {
			return err
		}
		one := o
		if err = d.protoSpan(&one, span); err == nil {
			err = d.keepOTLP(p, &one)
		}
	}
	return err
}

func (d *decoder) scope(o *otlpSpan, b []byte) error {
	return d.message(b, func(f field) (err error) {
		switch f.number {
		case 1:
			o.library, err = d.intern(f.bytes)
		case 2:
			o.version, err = d.intern(f.bytes)
		case 3:
			err = d.keyValue(o.scope, f.bytes)
		}
		return err
	})
}

func (d *decoder) protoSpan(o *otlpSpan, b []byte) error {
	return d.message(b, func(f field) (err error) {
		switch f.number {
		case 1:
			o.trace = f.bytes
		case 2:
			o.id = f.bytes
		case 3:
			o.state, err = d.intern(f.bytes)
		case 4:
			o.parent = f.bytes
		case 5:
			o.name, err = d.intern(f.bytes)
		case 6:
			o.kind = f.value
		case 7:
			o.start = f.value
		case 8:
			o.end = f.value
		case 9:
			err = d.keyValue(&o.attributes, f.bytes)
		case 11:
			err = d.protoEvent(o, f.bytes)
		case 13:
			err = d.protoLink(o, f.bytes)
		case 15:
			err = d.message(f.bytes, func(f field) (err error) {
				switch f.number {
				case 2:
					o.message, err = d.intern(f.bytes)
				case 3:
					o.status = f.value
				}
				return err
			})
		}
		return err
	})
}

func (d *decoder) protoEvent(o *otlpSpan, b []byte) error {
	var e Event
	var tags attributes
	err := d.message(b, func(f field) (err error) {
		switch f.number {
		case 1:
			e.Time = int64(f.value)
		case 2:
			e.Name, err = d.intern(f.bytes)
		case 3:
			err = d.keyValue(&tags, f.bytes)
		}
		return err
	})
	for _, a := range tags {
		if err == nil {
			err = put(d, &e.Attributes, a.key, jsonable(a.value))
		}
	}
	o.events = append(o.events, e)
	return first(err, d.charge(eventCost))
}

func (d *decoder) protoLink(o *otlpSpan, b []byte) error {
	var l Link
	var tags attributes
	err := d.message(b, func(f field) (err error) {
		switch f.number {
		case 1:
			if len(f.bytes) == 16 {
				l.TraceID = TraceID{bigEndian(f.bytes[:8]), bigEndian(f.bytes[8:])}
			}
		case 2:
			if len(f.bytes) == 8 {
				l.SpanID = bigEndian(f.bytes)
			}
		case 3:
			l.Tracestate, err = d.intern(f.bytes)
		case 4:
			err = d.keyValue(&tags, f.bytes)
		case 6:
			l.Flags = uint32(f.value)
		}
		return err
	})
	for _, a := range tags {
		if err == nil {
			text := textOf(a.value)
			err = first(d.charge(len(text)), put(d, &l.Attributes, a.key, text))
		}
	}
	o.links = append(o.links, l)
	return first(err, d.charge(linkCost))
}
