//go:build go1.21

package msgpack

import (
	"encoding/binary"
	"errors"
	"math"
)

// ErrFormat is what a Reader says of bytes that are not what is asked for.
var ErrFormat = errors.New("not the MessagePack value that is expected")

// Reader reads values from the front of Rest. After an error, which stays in Err, every value is a zero one.
type Reader struct {
	Rest []byte
	Err  error
}

// take returns the next n bytes.
func (r *Reader) take(n uint64) []byte {
	if r.Err != nil || n > uint64(len(r.Rest)) {
		r.Fail()
		return nil
	}
	b := r.Rest[:n]
	r.Rest = r.Rest[n:]
	return b
}

// Fail says that what has been read was not what was expected.
func (r *Reader) Fail() {
	if r.Err == nil {
		r.Err = ErrFormat
	}
	r.Rest = nil
}

// big reads an unsigned number of n bytes.
func (r *Reader) big(n uint64) (v uint64) {
	for _, b := range r.take(n) {
		v = v<<8 | uint64(b)
	}
	return v
}

// kind reads the byte that says what follows; 0xc1, which says nothing, after an error.
func (r *Reader) kind() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0xc1
}

// length reads the number of a thing's parts, of which each takes at least min bytes. Up to small of them are said by
// the first byte, which is then base plus their number; otherwise it is one of the kinds, of which each says in how many
// bytes the number follows: 1, 2 or 4.
func (r *Reader) length(base, small byte, kinds [3]byte, min uint64) int {
	var n uint64
	switch k := r.kind(); {
	case k >= base && k <= base+small:
		n = uint64(k - base)
	case k == kinds[0] && k != 0:
		n = r.big(1)
	case k == kinds[1]:
		n = r.big(2)
	case k == kinds[2]:
		n = r.big(4)
	default:
		r.Fail()
	}
	if n*min > uint64(len(r.Rest)) { // so that nobody makes room for what can't be there
		r.Fail()
	}
	if r.Err != nil {
		return 0
	}
	return int(n)
}

// Array reads the header of an array and returns the number of its elements.
func (r *Reader) Array() int { return r.length(0x90, 15, [3]byte{0, 0xdc, 0xdd}, 1) }

// Map reads the header of a map and returns the number of its pairs.
func (r *Reader) Map() int { return r.length(0x80, 15, [3]byte{0, 0xde, 0xdf}, 2) }

// Bytes reads a string; the bytes are those that it was read from.
func (r *Reader) Bytes() []byte {
	n := r.length(0xa0, 31, [3]byte{0xd9, 0xda, 0xdb}, 1)
	return r.take(uint64(n))
}

// String reads a string.
func (r *Reader) String() string { return string(r.Bytes()) }

// Uint reads an unsigned integer.
func (r *Reader) Uint() uint64 { return uint64(r.Int()) }

// Int reads an integer. One above the largest int64 comes as that of the same bits.
func (r *Reader) Int() int64 {
	switch k := r.kind(); {
	case k < 0x80 || k >= 0xe0:
		return int64(int8(k))
	case k >= 0xcc && k <= 0xcf:
		return int64(r.big(1 << (k - 0xcc)))
	case k >= 0xd0 && k <= 0xd3:
		size := uint64(1) << (k - 0xd0)
		shift := 64 - 8*size
		return int64(r.big(size)<<shift) >> shift
	}
	r.Fail()
	return 0
}

// Float reads a float of 64 bits.
func (r *Reader) Float() float64 {
	if r.kind() != 0xcb {
		r.Fail()
	}
	b := r.take(8)
	if b == nil {
		return 0
	}
	return math.Float64frombits(binary.BigEndian.Uint64(b))
}

// Nil reads a nil if there is one.
func (r *Reader) Nil() bool {
	if len(r.Rest) == 0 || r.Rest[0] != Nil {
		return false
	}
	r.Rest = r.Rest[1:]
	return true
}

// Raw reads a value of any kind, as Skip does, and returns its bytes; none after an error.
func (r *Reader) Raw() []byte {
	b := r.Rest
	r.Skip()
	return b[:len(b)-len(r.Rest)]
}

// Skip reads a value of any kind that this package appends, and drops it. Arrays and maps may nest a hundred deep.
func (r *Reader) Skip() { r.skip(100) }

func (r *Reader) skip(depth int) {
	if len(r.Rest) == 0 || depth == 0 {
		r.Fail()
		return
	}
	switch k := r.Rest[0]; {
	case k >= 0x90 && k <= 0x9f || k == 0xdc || k == 0xdd:
		for n := r.Array(); n > 0 && r.Err == nil; n-- {
			r.skip(depth - 1)
		}
	case k >= 0x80 && k <= 0x8f || k == 0xde || k == 0xdf:
		for n := 2 * r.Map(); n > 0 && r.Err == nil; n-- {
			r.skip(depth - 1)
		}
	case k >= 0xa0 && k <= 0xbf || k >= 0xd9 && k <= 0xdb:
		r.Bytes()
	case k == 0xc0 || k == 0xc2 || k == 0xc3: // nil, false and true
		r.take(1)
	case k == 0xcb:
		r.Float()
	default:
		r.Int()
	}
}
