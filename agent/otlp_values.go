package agent

import "math"

// The attributes of OTLP in protobuf: opentelemetry/proto/common/v1.

func (d *decoder) keyValue(all *attributes, b []byte) error {
	a, err := d.pair(b, 0)
	*all = append(*all, a)
	return first(err, d.charge(entryCost))
}

func (d *decoder) pair(b []byte, depth int) (a attribute, err error) {
	err = d.message(b, func(f field) (err error) {
		switch f.number {
		case 1:
			a.key, err = d.intern(f.bytes)
		case 2:
			a.value, err = d.anyValue(f.bytes, depth)
		}
		return err
	})
	return a, err
}

// anyValue reads a value; see decoder.value for the types.
func (d *decoder) anyValue(b []byte, depth int) (v any, err error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	err = d.message(b, func(f field) (err error) {
		switch f.number {
		case 1:
			v, err = asAny(d.intern(f.bytes))
		case 2:
			v = f.value != 0
		case 3:
			v = int64(f.value)
		case 4:
			v = math.Float64frombits(f.value)
		case 5:
			v, err = d.protoValues(f.bytes, depth+1)
		case 6:
			v, err = d.protoPairs(f.bytes, depth+1)
		case 7:
			v, err = append([]byte{}, f.bytes...), d.charge(2*len(f.bytes))
		}
		return err
	})
	return v, first(err, d.charge(valueCost))
}

func (d *decoder) protoValues(b []byte, depth int) (any, error) {
	all := []any{}
	err := d.message(b, func(f field) error {
		if f.number != 1 {
			return nil
		}
		v, err := d.anyValue(f.bytes, depth)
		all = append(all, v)
		return err
	})
	return all, err
}

func (d *decoder) protoPairs(b []byte, depth int) (any, error) {
	m := map[string]any{}
	err := d.message(b, func(f field) error {
		if f.number != 1 {
			return nil
		}
		a, err := d.pair(f.bytes, depth)
		return first(err, put(d, &m, a.key, a.value))
	})
	return m, first(err, d.charge(mapCost))
}
