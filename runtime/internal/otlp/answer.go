//go:build go1.21

package otlp

import (
	"encoding/binary"
	"unicode/utf8"
)

// ContentType is the one of requests, and of answers.
const ContentType = "application/x-protobuf"

// Final tells whether a request that is answered with this status is done with: it has been taken, or would fare no
// better if it was made again (https://opentelemetry.io/docs/specs/otlp/#failures-1).
func Final(status int) bool {
	switch status {
	case 429, 502, 503, 504:
		return false
	}
	return true
}

// maxMessage is how much of a receiver's message is passed on.
const maxMessage = 300

// Rejected reads the body of an answer with status 200: how many spans the receiver has turned down for good, and what it
// has to say about them, or about the rest: an ExportTraceServiceResponse
// (opentelemetry/proto/collector/trace/v1/trace_service.proto). Of what is no such thing it says 0 and "".
func Rejected(body []byte) (spans int64, message string) {
	const partialSuccess, rejectedSpans, errorMessage = 1, 1, 2
	fields(body, func(field int, _ uint64, inner []byte) {
		if field != partialSuccess || inner == nil {
			return
		}
		fields(inner, func(field int, number uint64, b []byte) {
			switch {
			case field == rejectedSpans && b == nil && int64(number) > 0:
				spans = int64(number)
			case field == errorMessage && b != nil:
				message = clip(b)
			}
		})
	})
	return spans, message
}

// Reason reads the body of any other answer, a google.rpc.Status, and returns its message, "" if there is none.
func Reason(body []byte) (message string) {
	const messageField = 2
	fields(body, func(field int, _ uint64, b []byte) {
		if field == messageField && b != nil {
			message = clip(b)
		}
	})
	return message
}

func clip(b []byte) string {
	if !utf8.Valid(b) {
		return ""
	}
	if len(b) > maxMessage {
		n := maxMessage
		for !utf8.RuneStart(b[n]) {
			n--
		}
		b = b[:n]
	}
	return string(b)
}

// fields hands over the fields of a message up to its end, or to where it is none: a number, or bytes, not nil then. It
// returns what it has not read.
func fields(b []byte, found func(field int, number uint64, value []byte)) (rest []byte) {
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 || tag>>3 == 0 || tag>>3 >= 1<<29 {
			return b
		}
		rest = b[n:]
		var number uint64
		var value []byte
		switch kind := tag & 7; {
		case kind == varint:
			number, n = binary.Uvarint(rest)
		case kind == fixed64 && len(rest) >= 8:
			number, n = binary.LittleEndian.Uint64(rest), 8
		case kind == fixed32 && len(rest) >= 4:
			number, n = uint64(binary.LittleEndian.Uint32(rest)), 4
		case kind == bytes:
			var size uint64
			if size, n = binary.Uvarint(rest); n > 0 && size <= uint64(len(rest)-n) {
				value = rest[n : n+int(size) : n+int(size)]
				n += int(size)
			} else {
				n = 0
			}
		default:
			n = 0
		}
		if n <= 0 {
			return b
		}
		found(int(tag>>3), number, value)
		b = rest[n:]
	}
	return nil
}
