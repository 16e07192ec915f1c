//go:build go1.21

// Package mongoinfo turns commands of MongoDB into the text that their spans
// show: JSON with the keys and the operators, and a question mark for each value
// that is data. It reads BSON by itself and knows no driver.
package mongoinfo

import (
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf8"
)

// What is shown of a command.
const (
	maxStatement = 4000 // bytes, more or less
	maxElements  = 10   // of an array
	maxDepth     = 20
)

// A Statement is the text of one command, while it is written.
type Statement struct{ text []byte }

// Begin starts a statement with a command, in the room of b. Of what is in it
// for the protocol's sake, such as the session, nothing is shown.
func Begin(b, command []byte) Statement {
	w := writer{b: append(b, '{')}
	w.elements(command, true, false, 0, nil)
	return Statement{w.b}
}

// Batch adds documents, one after the other in a section of the message of
// their own, as an array with the section's name.
func (s *Statement) Batch(name string, documents []byte) {
	s.Array(name, func(yield func([]byte) bool) {
		for more := true; more && len(documents) >= 5; {
			n := length(documents)
			if n == 0 {
				return
			}
			more = yield(documents[:n])
			documents = documents[n:]
		}
	})
}

// Array is Batch for documents wherever they are.
func (s *Statement) Array(name string, each func(yield func([]byte) bool)) {
	w := writer{b: s.text}
	if w.b[len(w.b)-1] != '{' {
		w.b = append(w.b, ',')
	}
	w.b = append(appendString(w.b, name), ':', '[')
	n := 0
	each(func(document []byte) bool {
		if n++; n > 1 {
			w.b = append(w.b, ',')
		}
		if n > maxElements || w.full() {
			w.b = append(w.b, `"..."`...)
			return false
		}
		w.document(document, false, 1)
		return true
	})
	s.text = append(w.b, ']')
}

// String ends the statement.
func (s *Statement) String() string { return string(append(s.text, '}')) }

// writer appends JSON.
type writer struct{ b []byte }

func (w *writer) full() bool { return len(w.b) > maxStatement }

// protocol tells the keys of a command that are not the program's.
func protocol(key string) bool {
	switch key {
	case "lsid", "$clusterTime", "txnNumber", "maxTimeMS":
		return true
	}
	return false
}

// shape tells the keys of a command whose values are no data but say what is
// done, so they are shown, as the Datadog agent does.
func shape(key string) bool {
	switch key {
	case "find", "sort", "projection", "skip", "batchSize", "$db", "getMore", "collection", "delete", "findAndModify", "insert",
		"ordered", "update", "aggregate":
		return true
	}
	return false
}

func (w *writer) document(doc []byte, keep bool, depth int) {
	w.b = append(w.b, '{')
	w.elements(doc, false, keep, depth, nil)
	w.b = append(w.b, '}')
}

// elements writes those of a document, with its braces left to the caller. Those
// of a command are shown or not by their keys. As an array has as many as are
// counted, and no keys.
func (w *writer) elements(doc []byte, command, keep bool, depth int, array *int) {
	n := length(doc)
	if n == 0 || depth > maxDepth {
		return
	}
	rest, first := doc[4:n-1], true
	for len(rest) > 0 {
		kind := rest[0]
		end := indexZero(rest[1:])
		if end < 0 {
			return
		}
		key := rest[1 : 1+end]
		rest = rest[end+2:]
		size := valueSize(kind, rest)
		if size < 0 || size > len(rest) {
			return
		}
		value := rest[:size]
		rest = rest[size:]
		if command && protocol(string(key)) {
			continue
		}
		if !first {
			w.b = append(w.b, ',')
		}
		if array != nil {
			*array++
		}
		if w.full() || array != nil && *array > maxElements {
			w.more(array == nil)
			return
		}
		if array == nil {
			w.b = append(appendString(w.b, string(key)), ':')
		}
		show := keep
		if command {
			show = first && kind != 0x03 && kind != 0x04 || shape(string(key)) // the first one's is the collection
		}
		first = false
		w.value(kind, value, show, depth)
	}
}

// more stands for what is left out, such that it is still JSON.
func (w *writer) more(named bool) {
	if named {
		w.b = append(w.b, `"...":`...)
	}
	w.b = append(w.b, `"..."`...)
}

func (w *writer) value(kind byte, v []byte, show bool, depth int) {
	switch kind {
	case 0x03:
		w.document(v, show, depth+1)
		return
	case 0x04:
		w.b = append(w.b, '[')
		w.elements(v, false, show, depth+1, new(int))
		w.b = append(w.b, ']')
		return
	}
	if show && w.scalar(kind, v) {
		return
	}
	w.b = append(w.b, `"?"`...)
}

// scalar writes a value of the kinds that say what a command does.
func (w *writer) scalar(kind byte, v []byte) bool {
	switch kind {
	case 0x01:
		f := math.Float64frombits(binary.LittleEndian.Uint64(v))
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return false
		}
		w.b = strconv.AppendFloat(w.b, f, 'g', -1, 64)
	case 0x02:
		if len(v) < 5 {
			return false
		}
		w.b = appendString(w.b, string(v[4:len(v)-1]))
	case 0x08:
		w.b = strconv.AppendBool(w.b, v[0] != 0)
	case 0x10:
		w.b = strconv.AppendInt(w.b, int64(int32(binary.LittleEndian.Uint32(v))), 10)
	case 0x12:
		w.b = strconv.AppendInt(w.b, int64(binary.LittleEndian.Uint64(v)), 10)
	default:
		return false
	}
	return true
}

// appendString appends a JSON string.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			switch {
			case c == '"' || c == '\\':
				b = append(b, '\\', c)
			case c < 0x20:
				b = append(b, '\\', 'u', '0', '0', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
			default:
				b = append(b, c)
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		b = utf8.AppendRune(b, r) // U+FFFD for what is no UTF-8
		i += n
	}
	return append(b, '"')
}
