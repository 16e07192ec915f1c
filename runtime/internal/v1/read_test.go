//go:build go1.21

package v1

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

// reader reads a payload back into what prints well: maps by field, and attributes by key.
type reader struct {
	msgpack.Reader
	strings []string
	known   map[string]bool
}

type (
	fields     map[uint64]any
	attributes map[string]any
)

func readPayload(b []byte) (fields, error) {
	r := reader{msgpack.Reader{Rest: b}, []string{""}, map[string]bool{}}
	p := r.fields(func(field uint64) any {
		switch field {
		case 10:
			return r.attributes()
		case 11:
			return list(&r, r.chunk)
		}
		return r.text()
	})
	if r.Err == nil && len(r.Rest) > 0 {
		r.Err = errors.New("something is left")
	}
	return p, r.Err
}

func (r *reader) fields(read func(field uint64) any) fields {
	f := fields{}
	for n := r.Map(); n > 0 && r.Err == nil; n-- {
		key := r.Uint()
		if _, ok := f[key]; ok {
			r.Err = errors.New("a field stands twice")
		}
		f[key] = read(key)
	}
	return f
}

func list(r *reader, read func() any) (l []any) {
	for n := r.Array(); n > 0 && r.Err == nil; n-- {
		l = append(l, read())
	}
	return l
}

func (r *reader) chunk() any {
	return r.fields(func(field uint64) any {
		switch field {
		case 1:
			return r.Int()
		case 2:
			return r.text()
		case 3:
			return r.attributes()
		case 4:
			return list(r, r.span)
		case 5:
			return r.bool()
		case 6:
			return r.bin()
		case 7:
			return r.Uint()
		}
		return r.unknown()
	})
}

func (r *reader) span() any {
	return r.fields(func(field uint64) any {
		switch field {
		case 1, 2, 3, 10, 13, 14, 15:
			return r.text()
		case 4, 5, 6, 7, 16:
			return r.Uint()
		case 8:
			return r.bool()
		case 9:
			return r.attributes()
		case 11:
			return list(r, r.link)
		case 12:
			return list(r, r.event)
		}
		return r.unknown()
	})
}

func (r *reader) link() any {
	return r.fields(func(field uint64) any {
		switch field {
		case 1:
			return r.bin()
		case 2, 5:
			return r.Uint()
		case 3:
			return r.attributes()
		case 4:
			return r.text()
		}
		return r.unknown()
	})
}

func (r *reader) event() any {
	return r.fields(func(field uint64) any {
		switch field {
		case 1:
			return r.Uint()
		case 2:
			return r.text()
		case 3:
			return r.attributes()
		}
		return r.unknown()
	})
}

// attributes are an array of three elements for each: the key, the value's type, the value.
func (r *reader) attributes() attributes {
	a := attributes{}
	n := r.Array()
	if n%3 != 0 {
		r.Err = errors.New("attributes are of three parts")
	}
	for ; n > 0 && r.Err == nil; n -= 3 {
		key := r.text()
		a[key] = r.value()
	}
	return a
}

func (r *reader) value() any {
	switch r.Uint() {
	case 1:
		return r.text()
	case 2:
		return r.bool()
	case 3:
		b := r.some(9)
		if r.Err != nil || b[0] != 0xcb {
			return r.unknown()
		}
		return math.Float64frombits(binary.BigEndian.Uint64(b[1:]))
	case 4:
		return r.Int()
	case 6:
		l := []any{}
		for n := r.Array(); n > 0 && r.Err == nil; n -= 2 {
			l = append(l, r.value())
		}
		return l
	}
	return r.unknown()
}

// text reads a string, or the index of one that has come before. One that comes in full twice gets no second index, as
// with the agent; it is told, unless the table is full.
func (r *reader) text() string {
	if len(r.Rest) > 0 && (r.Rest[0]&0xe0 == 0xa0 || r.Rest[0] >= 0xd9 && r.Rest[0] <= 0xdb) {
		s := r.String()
		if !r.known[s] {
			r.known[s] = true
			r.strings = append(r.strings, s)
		} else if len(r.strings) <= mostStrings {
			r.Err = errors.New("a string comes in full again: " + s)
		}
		return s
	}
	i := r.Uint()
	if i >= uint64(len(r.strings)) {
		r.Err = errors.New("an index is of no string")
		return ""
	}
	return r.strings[i]
}

func (r *reader) bool() any {
	b := r.some(1)
	if r.Err != nil || b[0]&^1 != 0xc2 {
		return r.unknown()
	}
	return b[0] == 0xc3
}

func (r *reader) bin() any {
	head := r.some(2)
	if r.Err != nil || head[0] != 0xc4 {
		return r.unknown()
	}
	return string(r.some(int(head[1])))
}

func (r *reader) some(n int) []byte {
	if r.Err != nil || n > len(r.Rest) {
		r.unknown()
		return nil
	}
	b := r.Rest[:n]
	r.Rest = r.Rest[n:]
	return b
}

func (r *reader) unknown() any {
	if r.Err == nil {
		r.Err = errors.New("what is it?")
	}
	return nil
}
