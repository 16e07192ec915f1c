//go:build go1.21

package mongoinfo

import (
	"bytes"
	"encoding/binary"
)

// length returns how long the document at the beginning of b is, 0 if there is
// none.
func length(b []byte) int {
	if len(b) < 5 {
		return 0
	}
	n := int64(binary.LittleEndian.Uint32(b))
	if n < 5 || n > int64(len(b)) {
		return 0
	}
	return int(n)
}

func indexZero(b []byte) int { return bytes.IndexByte(b, 0) }

// prefixed is the size of what begins with its length, of which extra bytes are
// not counted there.
func prefixed(b []byte, extra int64) int {
	if len(b) < 4 {
		return -1
	}
	n := int64(binary.LittleEndian.Uint32(b)) + extra
	if n > int64(len(b)) {
		return -1
	}
	return int(n)
}

// valueSize returns how many bytes a value of a kind takes at the beginning of
// b, -1 if that can't be said.
func valueSize(kind byte, b []byte) int {
	switch kind {
	case 0x01, 0x09, 0x11, 0x12: // double, date, timestamp, int64
		return 8
	case 0x02, 0x0d, 0x0e: // string, code, symbol
		return prefixed(b, 4)
	case 0x03, 0x04: // document, array
		if n := length(b); n > 0 {
			return n
		}
		return -1
	case 0x05: // binary
		return prefixed(b, 5)
	case 0x06, 0x0a, 0xff, 0x7f: // undefined, null, the least and the greatest key
		return 0
	case 0x07: // object id
		return 12
	case 0x08: // bool
		return 1
	case 0x0b: // regular expression
		i := indexZero(b)
		if i < 0 {
			return -1
		}
		if j := indexZero(b[i+1:]); j >= 0 {
			return i + j + 2
		}
		return -1
	case 0x0c: // pointer
		return prefixed(b, 16)
	case 0x0f: // code with scope
		return prefixed(b, 0)
	case 0x10: // int32
		return 4
	case 0x13: // decimal128
		return 16
	}
	return -1
}
