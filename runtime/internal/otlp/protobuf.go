//go:build go1.21

package otlp

import (
	"encoding/binary"
	"math"
	"math/bits"
	"unicode/utf8"
)

// What an export request needs of Protocol Buffers (https://protobuf.dev/programming-guides/encoding): a field is a tag,
// which is its number and one of these kinds, and a value.
const (
	varint  = 0
	fixed64 = 1
	bytes   = 2 // a length and so many bytes: strings, and messages within messages
	fixed32 = 5
)

// text is a string, in either form.
type text interface{ string | []byte }

func appendTag(b []byte, field, kind int) []byte {
	return binary.AppendUvarint(b, uint64(field<<3|kind))
}

// sizeOf says how many bytes a number takes.
func sizeOf(n int) int { return (bits.Len64(uint64(n)|1) + 6) / 7 }

// field is the size of a field of n bytes. Its number is at most 15.
func field(n int) int { return 1 + sizeOf(n) + n }

func appendLength(b []byte, field, n int) []byte {
	return binary.AppendUvarint(appendTag(b, field, bytes), uint64(n))
}

func appendString[T text](b []byte, field int, s T) []byte {
	return append(appendLength(b, field, len(s)), s...)
}

func appendVarint(b []byte, field int, v uint64) []byte {
	return binary.AppendUvarint(appendTag(b, field, varint), v)
}

func appendFixed64(b []byte, field int, v uint64) []byte {
	return binary.LittleEndian.AppendUint64(appendTag(b, field, fixed64), v)
}

func appendFixed32(b []byte, field int, v uint32) []byte {
	return binary.LittleEndian.AppendUint32(appendTag(b, field, fixed32), v)
}

// appendTraceID and appendSpanID append the ids as bytes, the most significant one first.
func appendTraceID(b []byte, field int, high, low uint64) []byte {
	b = binary.BigEndian.AppendUint64(appendLength(b, field, 16), high)
	return binary.BigEndian.AppendUint64(b, low)
}

func appendSpanID(b []byte, field int, id uint64) []byte {
	return binary.BigEndian.AppendUint64(appendLength(b, field, 8), id)
}

// begin begins a message whose size is not known yet; end, with what begin has returned, ends it.
func begin(b []byte, field int) (_ []byte, at int) {
	b = appendTag(b, field, bytes)
	return append(b, 0, 0), len(b) // two bytes of length: most spans have 128 to 16383 bytes
}

func end(b []byte, at int) []byte {
	n := len(b) - at - 2
	var length [binary.MaxVarintLen64]byte
	size := binary.PutUvarint(length[:], uint64(n))
	if size != 2 {
		for i := 2; i < size; i++ {
			b = append(b, 0)
		}
		copy(b[at+size:], b[at+2:at+2+n])
		b = b[:at+size+n]
	}
	copy(b[at:], length[:size])
	return b
}

// The fields of KeyValue and of AnyValue
// (https://github.com/open-telemetry/opentelemetry-proto, opentelemetry/proto/common/v1/common.proto).
const (
	keyField   = 1
	valueField = 2

	stringValue = 1
	boolValue   = 2
	intValue    = 3
	doubleValue = 4
	arrayValue  = 5
)

// appendText appends an attribute that is a string, empty or not.
func appendText[K, V text](b []byte, in int, key K, value V) []byte {
	n := field(len(value))
	b = appendLength(b, in, field(len(key))+field(n))
	b = appendString(b, keyField, key)
	return appendString(appendLength(b, valueField, n), stringValue, value)
}

// appendDouble appends an attribute that is a floating-point number.
func appendDouble[K text](b []byte, in int, key K, value float64) []byte {
	const n = 1 + 8
	b = appendLength(b, in, field(len(key))+field(n))
	b = appendString(b, keyField, key)
	return appendFixed64(appendLength(b, valueField, n), doubleValue, math.Float64bits(value))
}

// valid returns s as the UTF-8 that a string has to be: a receiver turns down the whole request for one that is not.
func valid(s []byte) []byte {
	if utf8.Valid(s) {
		return s
	}
	return []byte(string([]rune(string(s))))
}
