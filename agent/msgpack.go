package agent

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/tinylib/msgp/msgp"
)

// The values of msgpack, read leniently as the real agent reads them: nil is
// the zero value of anything, a number may have any of the number types, text
// may come as binary.

// null consumes a nil, if that is what comes next.
func (d *decoder) null() bool {
	if !msgp.IsNil(d.rest) {
		return false
	}
	d.rest = d.rest[1:]
	return true
}

// array reads an array's header. The length is only what the payload claims.
func (d *decoder) array() (n uint32, err error) {
	if d.null() {
		return 0, nil
	}
	n, d.rest, err = msgp.ReadArrayHeaderBytes(d.rest)
	return n, err
}

// mapping reads a map's header; see array.
func (d *decoder) mapping() (n uint32, err error) {
	if d.null() {
		return 0, nil
	}
	n, d.rest, err = msgp.ReadMapHeaderBytes(d.rest)
	return n, err
}

func (d *decoder) string() (string, error) {
	if d.null() {
		return "", nil
	}
	var b []byte
	var err error
	if msgp.NextType(d.rest) == msgp.BinType {
		b, d.rest, err = msgp.ReadBytesZC(d.rest)
	} else {
		b, d.rest, err = msgp.ReadStringZC(d.rest)
	}
	if err != nil {
		return "", err
	}
	return d.intern(b)
}

// intern copies a text out of the payload, which says the same names and tag
// keys over and over.
func (d *decoder) intern(b []byte) (string, error) {
	if s, ok := d.strings[string(b)]; ok {
		return s, nil
	}
	if err := d.charge(len(b)); err != nil {
		return "", err
	}
	// As the real agent: what is no UTF-8 is made so, for it would be in JSON.
	s := strings.ToValidUTF8(string(b), "\uFFFD")
	if len(b) <= internLimit {
		if err := d.charge(entryCost); err != nil {
			return "", err
		}
		d.strings[string(b)] = s
	}
	return s, nil
}

// id reads an identifier. Tracers without unsigned numbers send it signed.
func (d *decoder) id() (n uint64, err error) {
	if d.null() {
		return 0, nil
	}
	if msgp.NextType(d.rest) == msgp.IntType {
		var i int64
		i, d.rest, err = msgp.ReadInt64Bytes(d.rest)
		return uint64(i), err
	}
	n, d.rest, err = msgp.ReadUint64Bytes(d.rest)
	return n, err
}

func (d *decoder) integer() (int64, error) {
	switch msgp.NextType(d.rest) {
	case msgp.Float32Type, msgp.Float64Type:
		f, err := d.float()
		// The conversion of what does not fit is not defined.
		if math.IsNaN(f) || math.Abs(f) >= math.MaxInt64 {
			return 0, errors.Join(err, fmt.Errorf("%v is no integer of 64 bits", f))
		}
		return int64(f), err
	case msgp.UintType:
		n, rest, err := msgp.ReadUint64Bytes(d.rest)
		if err == nil && n > math.MaxInt64 {
			err = fmt.Errorf("%d does not fit 64 bits with a sign", n)
		}
		d.rest = rest
		return int64(n), err
	case msgp.NilType:
		d.null()
		return 0, nil
	}
	n, rest, err := msgp.ReadInt64Bytes(d.rest)
	d.rest = rest
	return n, err
}

func (d *decoder) float() (float64, error) {
	switch msgp.NextType(d.rest) {
	case msgp.IntType:
		n, rest, err := msgp.ReadInt64Bytes(d.rest)
		d.rest = rest
		return float64(n), err
	case msgp.UintType:
		n, rest, err := msgp.ReadUint64Bytes(d.rest)
		d.rest = rest
		return float64(n), err
	case msgp.Float32Type:
		f, rest, err := msgp.ReadFloat32Bytes(d.rest)
		d.rest = rest
		return float64(f), err
	case msgp.NilType:
		d.null()
		return 0, nil
	}
	f, rest, err := msgp.ReadFloat64Bytes(d.rest)
	d.rest = rest
	return f, err
}

// skip passes over one value of any kind. msgp.Skip would do, but follows
// nesting 100,000 levels down.
func (d *decoder) skip(depth int) error { return d.skipWith(depth, nil) }

// skipWith is skip with a way to pass over a string, unless it is nil.
func (d *decoder) skipWith(depth int, text func() error) (err error) {
	if depth > maxDepth {
		return errTooDeep
	}
	var n uint64
	switch kind := msgp.NextType(d.rest); {
	case kind == msgp.StrType && text != nil:
		err = text()
	case kind == msgp.ArrayType:
		var size uint32
		size, err = d.array()
		n = uint64(size)
	case kind == msgp.MapType:
		var size uint32
		size, err = d.mapping()
		n = 2 * uint64(size)
	default:
		d.rest, err = msgp.Skip(d.rest)
	}
	for ; err == nil && n > 0; n-- {
		err = d.skipWith(depth+1, text)
	}
	return err
}

func (d *decoder) boolean() (v bool, err error) {
	if d.null() {
		return false, nil
	}
	v, d.rest, err = msgp.ReadBoolBytes(d.rest)
	return v, err
}
