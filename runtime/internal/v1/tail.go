//go:build go1.21

package v1

import (
	"bytes"
	"hash/maphash"
)

// maxTails is how many tails of spans are known at a time.
const maxTails = 256

// tail is the tail of a span and, once it has been encoded with nothing but strings that had stood in the payload before,
// where that is: the next span with this tail gets a copy.
type tail struct {
	bytes    []byte
	at, size int // size 0: it has not been encoded like that yet
	fields   int
	said     said
}

// tail appends the fields of the span's tail and returns their number.
func (e *Encoder) tail(b []byte) (_ []byte, fields int, err error) {
	t := &e.tails[maphash.Bytes(e.strings.seed, e.span.Tail)%maxTails]
	known := bytes.Equal(t.bytes, e.span.Tail)
	if known && t.size > 0 {
		e.apply(&t.said)
		return append(b, b[t.at:t.at+t.size]...), t.fields, nil
	}
	at, strings := len(b), e.strings.fresh
	b, fields, said, err := e.fresh(b)
	if err != nil {
		return b, fields, err
	}
	e.apply(&said)
	*t = tail{bytes: e.span.Tail}
	if e.strings.fresh == strings {
		*t = tail{bytes: e.span.Tail, at: at, size: len(b) - at, fields: fields, said: said}
	}
	return b, fields, nil
}
